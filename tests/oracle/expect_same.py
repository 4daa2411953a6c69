"""A run that was killed and resumed must have the outcome of one that was not.

The current directory contains three files of each run. Of the run that was not
killed: whole.csv, its result; whole.users, the users after it; and whole.counts,
the simulator's counts of updates. Of the other run: killed.csv, killed.users and
killed.counts. Prints a message for each difference; the exit status is then 1.
"""
import csv
import sys

import user_json

# These columns may differ. expect_run.py checks Note.
OTHER = ["Attempts", "TrackingId", "LastModifiedTime", "Note"]


def read_result(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    for row in rows:
        for name in OTHER:
            del row[name]
    return rows


def read_users(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return [user_json.without_maintained(user_json.parse(line))
                for line in file]


def read_lines(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return list(file)


def compare(what, whole, killed, same):
    wrong = []
    if len(whole) != len(killed):
        wrong.append(f"{len(killed)} {what} instead of {len(whole)}")
    for one, other in zip(whole, killed):
        if not same(one, other):
            wrong.append(f"{what}:\n  {one}\n  {other}")
    return wrong


def main():
    wrong = compare("results", read_result("whole.csv"),
                    read_result("killed.csv"), dict.__eq__)
    wrong += compare("users", read_users("whole.users"),
                     read_users("killed.users"), user_json.same)
    wrong += compare("counts of updates", read_lines("whole.counts"),
                     read_lines("killed.counts"), str.__eq__)
    for message in wrong[:20]:
        print(message)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
