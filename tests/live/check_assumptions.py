#!/usr/bin/python3
"""Tests what docs/ASSUMPTIONS.md assumes of a service, on one disposable user.

README.md beside this file explains the use. The table is printed to standard
output, everything else to standard error. Exit status: 0 nothing differs; 1 an
assumption differs, or the tests were stopped; 2 nothing was written; 3 the user
is not restored; 128 + N ended by signal N.
"""
import argparse
import datetime
import os
import pathlib
import re
import shlex
import signal
import sys
import time
import traceback
import urllib.parse

import probes
from documents import Unreadable, is_empty
from original import NotRestored, Original, restore
from services import SERVICES, NoResponse
from tokens import Refused, Tokens

HERE = pathlib.Path(__file__).resolve()
LIST = HERE.parents[2] / "docs" / "ASSUMPTIONS.md"
TRIES = 3  # of a probe whose findings differ


class Interrupted(BaseException):
    """The argument is the number of a signal."""


def say(text):
    try:
        print("live test: " + text, file=sys.stderr, flush=True)
    except OSError:
        pass  # the terminal is gone, but the user must be restored


# ---- the list of assumptions -------------------------------------------------


def read_list():
    """Rows of docs/ASSUMPTIONS.md: (name, services, assumption, expected); for
    those without a probe, `expected` is None and the reason is the fourth."""
    rows, tested = [], True
    for line in LIST.read_text().splitlines():
        if line.startswith("## "):
            tested = not line.startswith("## Not tested")
        match = re.match(r"\| `([a-z-]+)` \|(.*)\|$", line)
        if match:
            cells = [cell.strip() for cell in match[2].split(" | ")]
            rows.append((match[1], cells[0].split(), *cells[1:3], tested))
    return rows


def rows_of(service, only):
    words = {"rest": ["rest", "advertising"], "soap-v13": ["soap", "advertising"],
             "partner-center": ["partner-center"]}[service] + ["all"]
    rows = [row for row in read_list() if set(words) & set(row[1])]
    if only is None:
        return rows
    names = only.split(",")
    unknown = set(names) - {row[0] for row in rows if row[4]}
    if unknown:
        raise Refused("--only: there is no test for %s of %s"
                      % (", ".join(sorted(unknown)), service))
    return [row for row in rows if row[0] in names]


# ---- the command line --------------------------------------------------------


def parse_arguments():
    parser = argparse.ArgumentParser(
        description="Tests the assumptions of docs/ASSUMPTIONS.md on one "
        "disposable user, and restores the user.", allow_abbrev=False)
    add = parser.add_argument
    add("--api", choices=sorted(SERVICES), default="rest")
    add("--user", metavar="ID", help="the user that is changed")
    add("--disposable", action="store_true",
        help="this user may be changed: nobody else needs them")
    add("--tenant", metavar="GUID", help="the user's tenant (partner-center)")
    add("--sibling", metavar="ID", help="another user of the same person; only "
        "read, but the service changes them along")
    add("--production", action="store_true",
        help="permit another address than the sandbox")
    add("--endpoint", metavar="URL", help="the service's address")
    add("--only", metavar="NAME,...", help="only these assumptions; those about "
        "all calls judge the calls that were made")
    add("--pause", type=float, metavar="S",
        help="seconds before each call (1; 0 on this machine)")
    add("--timeout", type=float, default=60, metavar="S",
        help="seconds to wait for a response (60)")
    add("--settle", type=float, default=60, metavar="S",
        help="seconds after which a read must show an update (60)")
    add("--original", metavar="FILE", default="live-original.json",
        help="where the user is saved (live-original.json)")
    add("--restore", metavar="FILE",
        help="only restore the user that this file contains")
    add("--overwrite", action="store_true",
        help="with --restore: also what others have changed since")
    return parser.parse_args()


def environment_of(service, endpoint):
    url = urllib.parse.urlsplit(endpoint)
    if url.hostname in ("127.0.0.1", "::1", "localhost"):
        return "this machine"
    if url.scheme != "https":
        raise Refused("--endpoint must begin with https://")
    for name, host in service.hosts.items():
        if url.hostname == urllib.parse.urlsplit(host).hostname:
            return name
    return "another host"


def choose_endpoint(options, service):
    """Returns the address and the name of its environment."""
    endpoint = options.endpoint or service.hosts.get(
        "production" if options.production else "sandbox")
    if not endpoint:
        raise Refused("Partner Center has no sandbox address: its sandbox "
                      "accounts use the production address. Add --production "
                      "if this is such an account")
    environment = environment_of(service, endpoint)
    if environment in ("production", "another host") and not options.production:
        raise Refused("the address is not that of the sandbox; add "
                      "--production if it may be used")
    return endpoint.rstrip("/"), environment


def check_usage(options, service):
    if not options.disposable or not options.user:
        raise Refused("it writes to a user about 20 times, and then restores "
                      "the user. Name a user whom nobody else needs: "
                      "--user ID --disposable")
    if service.has_tenants != bool(options.tenant):
        raise Refused("--tenant is required for partner-center"
                      if service.has_tenants else
                      "--tenant is for partner-center only")
    if os.path.lexists(options.original):
        raise Refused("an earlier run did not restore its user: %s exists. "
                      "Restore them first: %s"
                      % (options.original, restore_command(options.original)))


def restore_command(name):
    return shlex.join(["python3", str(HERE), "--restore",
                       os.path.abspath(name)])


def connect(options, facts):
    kind = SERVICES[facts["api"]]
    pause = options.pause
    if pause is None:
        pause = 0 if facts["environment"] == "this machine" else 1
    service = kind(facts["endpoint"], facts["user"],
                   Tokens(kind, facts["environment"]), options.timeout, pause)
    service.customer = facts["tenant"]
    return service


# ---- the probes --------------------------------------------------------------


def run_probe(function, lab):
    """Returns result and seen by name. Other programs may change the user
    meanwhile, so a finding counts as different only if it always is."""
    tries, reason = [], "the probe was not reached"
    for _ in range(TRIES):
        found = {}
        tries.append(found)
        try:
            for name, holds, seen in function(lab):
                found[name] = (holds, seen)
        except (probes.NotTested, NoResponse) as error:
            reason = "no response: %s" % error if isinstance(
                error, NoResponse) else str(error)
        if all(holds is not False for holds, _ in found.values()):
            break
    return {name: judge([found[name] for found in tries if name in found],
                        reason) for name in function.names}


def judge(findings, reason):
    if not findings:
        return "not tested", reason
    differ = [seen for holds, seen in findings if holds is False]
    holds, seen = findings[-1]
    if len(differ) == len(findings):
        return "differs", seen
    if differ:
        return "not tested", "%s in %d of %d tries: other programs may have " \
            "changed the user" % (differ[0], len(differ), len(findings))
    return "not tested" if holds is None else "holds", seen


def run_probes(lab, wanted, results):
    functions = [function for function in probes.PROBES
                 if wanted & set(function.names)]
    for number, function in enumerate(functions, 1):
        say("%d of %d: %s" % (number, len(functions), ", ".join(
            name for name in function.names if name in wanted)))
        results.update(run_probe(function, lab))


def print_table(service, environment, rows, results, seconds):
    print("%s, %s, %s: %d calls in %.0f s\n" % (
        service.title, environment,
        datetime.datetime.now(datetime.timezone.utc).strftime(
            "%Y-%m-%d %H:%M UTC"), len(service.log), seconds))
    print("| assumption | expected | seen | result |\n|---|---|---|---|")
    for name, _, assumption, expected, tested in rows:
        result, seen = results.get(
            name, ("not tested", "the run was stopped" if tested else expected))
        print("| %s: %s | %s | %s | %s |" % (
            name, assumption, expected if tested else "", seen, result))
    kinds = [results.get(row[0], ("not tested",))[0] for row in rows]
    print("\n%s" % ", ".join("%d %s" % (
        kinds.count(kind), "differ" if kind == "differs" else
        "hold" if kind == "holds" else kind)
        for kind in ("holds", "differs", "not tested")), flush=True)
    return "differs" in kinds


# ---- the user ----------------------------------------------------------------


def give_back(service, original, options):
    """Restores the user, and removes the file. Reports what others changed."""
    say("restoring the user")
    kept, others = restore(service, original, max(options.settle, 5),
                           options.overwrite)
    for path in others:
        if re.fullmatch("[A-Za-z0-9.]{1,80}", path):
            say("%s is not as before: another program, or the service itself, "
                "has changed it" % path)
    if kept:
        raise NotRestored("another program has changed %s, and it was kept. "
                          "Remove the file to keep it, or add --overwrite"
                          % ", ".join(kept))
    original.remove()
    say("the user is restored")


def restore_only(options):
    def parse(facts):
        return SERVICES[facts["api"]].document.parse(facts["original"])

    original = Original.load(options.restore, parse)
    give_back(connect(options, original.facts), original, options)
    return 0


def on_signal(number, frame):
    # A second signal ends the script at once.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_DFL)
    raise Interrupted(number)


def check_user(service, user):
    """What is not the whole user must never be sent back."""
    if str(user.get(service.id_path)).casefold() != service.user_id.casefold():
        raise Refused("the service returns another user")
    if service.sends_whole_user and is_empty(service.version(user)[0]):
        raise Refused("the sign-in may not see the whole user: there is no "
                      "TimeStamp")
    if any(re.search("^\\*+$", text.strip('"'))
           for texts in user.flat().values()
           for text in ([texts] if isinstance(texts, str) else texts)):
        raise Refused("the sign-in may not see the whole user: the service "
                      "returns asterisks")


def test_user(options):
    kind = SERVICES[options.api]
    check_usage(options, kind)
    endpoint, environment = choose_endpoint(options, kind)
    facts = {"api": options.api, "endpoint": endpoint, "user": options.user,
             "environment": environment, "tenant": options.tenant}
    rows = rows_of(options.api, options.only)
    service = connect(options, facts)
    response = service.get()
    user = service.user(response)
    if not user:
        raise Refused("the user cannot be read: %s" % service.error(response))
    check_user(service, user)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    original = Original.save(options.original, facts, user)
    say("the user is saved. If this script is killed, restore them by\n    "
        + restore_command(options.original))
    return probe_and_restore(options, service, original, rows)


def probe_and_restore(options, service, original, rows):
    lab = probes.Lab(service, original, options.settle, options.sibling)
    begun, results, status = time.monotonic(), dict(service.tokens.results), 0
    try:
        try:
            run_probes(lab, {row[0] for row in rows if row[4]}, results)
        except Interrupted as interrupted:
            status = 128 + interrupted.args[0]
        except (probes.Stopped, OSError) as error:
            status = 1
            say("the tests were stopped: %s" % (
                error.strerror if isinstance(error, OSError) else error))
        finally:
            give_back(service, original, options)
    finally:
        differs = print_table(service, original.facts["environment"], rows,
                              results, time.monotonic() - begun)
    return status or int(differs)


def main():
    options = parse_arguments()
    name = options.restore or options.original
    try:
        return restore_only(options) if options.restore else test_user(options)
    except Refused as error:
        say("nothing was written: %s" % error)
        return 2
    except (NotRestored, Interrupted) as error:
        reason = "ended by a signal" if isinstance(error, Interrupted) else error
        say("the user is not restored: %s\n    %s" % (
            reason, restore_command(name)))
        return 3
    except (NoResponse, Unreadable, OSError) as error:
        say("%s: %s" % (type(error).__name__,
                        getattr(error, "strerror", None) or error))
        return 3 if os.path.exists(name) else 2
    except Exception as error:  # its text may contain a value of the user
        place = traceback.extract_tb(error.__traceback__)[-1]
        say("%s in %s, line %d" % (type(error).__name__, place.name,
                                   place.lineno))
        return 3 if os.path.exists(name) else 1


if __name__ == "__main__":
    sys.exit(main())
