"""Compares the outcome of each fault with the table of tests/fault.

    expect_table.py TABLE USER

The current directory contains before.user, the user before the runs. For each
line of the table that was tried, a directory with its number contains the files
of its runs. The first run has the fault. There can be a second one without it,
which follows the advice of the first. Prints a message for each difference, and
exits with status 1, or prints the number of lines.
"""
import csv
import json
import os
import re
import sys

import last_modified
import user_json
from columns_of_user import COLUMNS, SERVICE

NAMES = ("kind members call when times exit Status ErrorName Retryable"
         " GetUser UpdateUser Token applied").split()
TITLE = COLUMNS[SERVICE.title].path
FRONT = 1  # rows before the faulty user's


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def read_table(path):
    """Yields (number, line) for each line that is not a comment."""
    for number, text in enumerate(read(path).split("\n"), 1):
        fields = text.split()
        if not fields or fields[0].startswith("#"):
            continue
        if len(fields) not in (len(NAMES), len(NAMES) + 1):
            sys.exit(f"{path}:{number}: {len(fields)} fields")
        if os.path.exists(str(number)):
            yield number, dict(zip(NAMES, fields))


def is_in(expected, found):
    """True if the number is in a range such as 2 or 1-20."""
    low, _, high = expected.partition("-")
    return int(low) <= found <= int(high or low)


class Check:
    def __init__(self, number, line, user):
        self.line, self.user = line, user
        self.directory = str(number)
        self.wrong = []

    def expect(self, what, found, expected):
        if found != expected:
            self.wrong.append(f"{what} is {found!r} instead of {expected!r}")

    def path(self, name):
        return os.path.join(self.directory, name)

    def status_of(self, run):
        return read(self.path(run + ".status")).strip()

    def rows_of(self, name):
        with open(self.path(name), encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, strict=True))

    def user_of(self, run):
        return user_json.parse(read(self.path(run + ".user")))

    def calls_of(self, run):
        return list(map(json.loads, read(self.path(run + ".record"))
                        .splitlines()))

    def all_calls(self):
        """Returns the calls for the faulty user in both runs."""
        last = os.path.exists(self.path("second.record"))
        return [call for call in self.calls_of("second" if last else "first")
                if call["id"] == self.user]

    def applied(self, run, user):
        return sum(call["applied"] for call in self.calls_of(run)
                   if call["id"] == user)

    def check_counts(self):
        calls = self.calls_of("first")
        for name in ("GetUser", "UpdateUser", "Token"):
            found = sum(call["call"] == name and
                        call["id"] in (self.user, None) for call in calls)
            if not is_in(self.line[name], found):
                self.expect(name + " calls", found, self.line[name])
        self.expect("applied", self.applied("first", self.user),
                    int(self.line["applied"]))

    def check_user(self, run):
        """Only the title may have changed, and only by an update."""
        expected = user_json.parse(read("before.user"))
        stored = self.user_of(run)
        interfered = self.line["kind"] == "interfere"
        if not self.applied(run, self.user) and not interfered:
            if not user_json.same(stored, expected):
                self.wrong.append(f"the user is {stored}, was {expected}")
            return
        user_json.put(expected, TITLE, "Baker")
        if not user_json.same(*map(user_json.without_maintained,
                                   (stored, expected))):
            self.wrong.append(f"the user is {stored}, not {expected}")

    def check_result(self, run, name):
        """Checks the rows of the other users; returns the faulty user's."""
        rows = self.rows_of(name)
        self.expect("rows", len(rows), 4)
        faulty = rows.pop(FRONT)
        for row in rows:
            self.expect(f"Status of {row['Id']}", row["Status"], "Updated")
            self.expect(f"applied to {row['Id']}",
                        self.applied(run, row["Id"]), 1)
        if faulty["Status"] in ("Updated", "Unchanged"):
            self.expect("LastModifiedTime", faulty["LastModifiedTime"],
                        last_modified.expected(faulty, self.user_of(run),
                                             self.all_calls()))
        return faulty

    def check_first(self):
        self.expect("exit status", self.status_of("first"), self.line["exit"])
        self.check_counts()
        self.check_user("first")
        if self.line["exit"] in "45":
            self.expect("a result", os.path.exists(self.path("first.csv")),
                        False)
            last_line = read(self.path("first.err")).strip().split("\n")[-1]
            if not re.match("bauser-batch: to resume: .* --resume", last_line):
                self.expect("the last line", last_line,
                            "the command that resumes the run")
            return
        faulty = self.check_result("first", "first.csv")
        for name in ("Status", "ErrorName", "Retryable"):
            self.expect(name, faulty[name] or "-", self.line[name])

    def check_second(self):
        """In the end the user must be updated once."""
        self.check_result("second", "out.csv")
        self.check_user("second")
        self.expect("then exit status", self.status_of("second"), "0")
        self.expect("then applied", self.applied("second", self.user), 1)

    def run(self):
        self.check_first()
        if os.path.exists(self.path("second.status")):
            self.check_second()
        return self.wrong


def main():
    table, user = sys.argv[1:]
    failed, lines = 0, list(read_table(table))
    for number, line in lines:
        try:
            wrong = Check(number, line, user).run()
        except (OSError, ValueError, KeyError, IndexError) as error:
            wrong = [repr(error)]
        if wrong:
            failed += 1
            print(f"line {number}: {' '.join(line.values())}")
            print(*(f"    {what}" for what in wrong), sep="\n")
    if failed:
        sys.exit(1)
    print(f"table: {len(lines)} faults as expected")


main()
