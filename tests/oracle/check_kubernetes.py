"""Checks the samples for Kubernetes, as far as files can be checked.

check_kubernetes.py DIRECTORY: prints the words of the commands of job.yaml and
merge.yaml, one on each line after "shard" or "merge", the script that starts a
shard, after "script", and the completions. What only a cluster has, such as
directories for secrets, is left out.
"""
import sys

import yaml

PLANNED = {0: None, 1: "FailIndex", 2: "FailJob", 3: "FailJob", 4: "FailJob",
           5: "Count", 6: "Count", 7: "FailIndex", 10: "FailIndex",
           137: "Count", 143: "Count"}


def load(path):
    with open(path, encoding="utf-8") as file:
        job = yaml.safe_load(file)
    if (job["apiVersion"], job["kind"]) != ("batch/v1", "Job"):
        sys.exit(f"{path} is no Job")
    pod = job["spec"]["template"]["spec"]
    if pod["restartPolicy"] != "Never":  # podFailurePolicy needs it
        sys.exit(f"{path}: restartPolicy")
    return job["spec"], pod, pod["containers"][0]


def action(rules, status):
    """What the policy does after an exit status; the first rule counts."""
    for rule in rules:
        codes = rule.get("onExitCodes")
        if codes and ((status in codes["values"]) ==
                      (codes["operator"] == "In")):
            return rule["action"]
    return None


def check_job(spec, pod, container):
    rules = spec["podFailurePolicy"]["rules"]
    for rule in rules:
        codes = rule.get("onExitCodes", {"values": []})
        if codes["values"] != sorted(set(codes["values"])):
            sys.exit("exit codes must be in order")
        if codes.get("containerName", container["name"]) != container["name"]:
            sys.exit("a rule is for another container")
    for status, wanted in PLANNED.items():
        if action(rules, status) != wanted:
            sys.exit(f"exit status {status}: {action(rules, status)}")
    args = dict(arg.removeprefix("--").split("=") for arg in container["args"]
                if "=" in arg)
    if args["shard"] != f"auto/{spec['completions']}":
        sys.exit(f"--shard {args['shard']} of {spec['completions']}")
    # Each shard uses its part of --rate, also before it has started.
    if spec["parallelism"] != spec["completions"]:
        sys.exit("not all shards run at once")
    if spec["completionMode"] != "Indexed":
        sys.exit("completionMode")
    if int(args["drain"]) >= pod["terminationGracePeriodSeconds"]:
        sys.exit("the pod is killed while it drains")
    mounts = {mount["name"] for mount in container["volumeMounts"]}
    if mounts != {volume["name"] for volume in pod["volumes"]}:
        sys.exit("volumes and volumeMounts differ")


def main():
    spec, pod, container = load(f"{sys.argv[1]}/job.yaml")
    check_job(spec, pod, container)
    print("completions", spec["completions"])
    for line in container["command"][2].splitlines():
        print("script", line)
    for word in container["args"]:
        if not word.startswith("--trust-secret-modes="):
            print("shard", word)
    for word in load(f"{sys.argv[1]}/merge.yaml")[2]["args"]:
        print("merge", word)


main()
