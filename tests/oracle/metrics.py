"""Reads a file of metrics strictly, and prints its samples.

metrics.py FILE: prints "NAME LABELS VALUE" for each sample, without the prefix
bauser_batch_ and the label run. Prometheus, text format 0.0.4: each metric has
its HELP and its TYPE before its samples, and no sample occurs twice.
"""
import re
import sys

NAME = r"[a-z_]+"
LABEL = r'([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"'


def main():
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        text = file.read()
    assert text.endswith("\n"), "no line end at the end"
    helped, typed, seen = set(), set(), set()
    for line in text[:-1].split("\n"):
        found = re.fullmatch(rf"# (HELP|TYPE) (bauser_batch_{NAME}) (.+)", line)
        if found:
            known = helped if found[1] == "HELP" else typed
            assert found[2] not in known, line
            assert found[1] == "HELP" or found[3] == "gauge", line
            known.add(found[2])
            continue
        found = re.fullmatch(
            rf"(bauser_batch_{NAME})\{{({LABEL}(?:,{LABEL})*)\}} "
            r"(\d+(?:\.\d+)?)", line)
        assert found, f"no sample: {line}"
        assert found[1] in helped and found[1] in typed, line
        assert not found[1].endswith(("_total", "_count", "_sum")), line
        assert (found[1], found[2]) not in seen, f"twice: {line}"
        seen.add((found[1], found[2]))
        labels = dict(re.findall(LABEL, found[2]))
        labels.pop("run")
        print(found[1].removeprefix("bauser_batch_"),
              *labels.values(), found[found.lastindex])


main()
