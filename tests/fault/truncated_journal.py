"""Resumes a run from its journal, truncated after and inside each record.

    truncated_journal.py CONTROL FIRST STEP COMMAND...

CONTROL is the simulator's control address. The current directory contains
journal, of a run that was killed near its end, and whole.csv and whole.users,
the result and the users of an undisturbed run. Each STEP-th truncation is
tried, starting with FIRST. An update whose outcome the journal lacks is tried
both as applied and as not applied. COMMAND resumes the run; OUTPUT is its last
argument. Prints the number of truncations, then a message for each difference;
the exit status is then 1.
"""
import http.client
import json
import os
import subprocess
import sys

import user_json
from columns_of_user import SERVICE
from expect_same import read_result, read_users

PREFIX = len("00000000 H 00000000 ")  # checksum, type and size of a record


def records(data):
    """Yields the end, the type and the text of each record."""
    at = 0
    while at < len(data):
        end = at + PREFIX + int(data[at + 11:at + 19]) + 1
        yield end, data[at + 9:at + 10], data[at + PREFIX:end].decode()
        at = end


def truncations(data):
    """Yields (size, users with an outcome, users with an open update)."""
    done, opened = set(), {}
    at = 0
    for end, kind, text in records(data):
        yield (at + end) // 2, set(done), set(opened.values())
        if kind == b"I":
            spans, key = text.split(" ")[:2]
            opened[spans.split(",")[0].split("-")[0]] = key.split(":")[1]
        elif kind == b"R":
            row = text.split("\n", 1)[1].split(" ", 1)[0]
            if row in opened:
                done.add(opened.pop(row))
        at = end
        yield at, set(done), set(opened.values())


class Service:
    def __init__(self, control):
        host = control.removeprefix("http://").rstrip("/")
        self.connection = http.client.HTTPConnection(host)

    def call(self, method, path, body=None):
        self.connection.request(method, "/" + path, body)
        response = self.connection.getresponse()
        text = response.read().decode()
        if response.status >= 300:
            sys.exit(f"{method} {path}: {response.status} {text}")
        return text


class Trial:
    def __init__(self, control, command):
        self.service = Service(control)
        self.command = command
        self.output = command[-1]
        self.whole = read_result("whole.csv")
        with open("whole.users", encoding="utf-8", newline="\n") as file:
            self.after = {user_json.parse(line)[SERVICE.key]: line
                          for line in file}
        self.users = read_users("whole.users")
        self.updated = {row["Id"] for row in self.whole
                        if row["Status"] == "Updated"}
        first = min(self.after)
        self.range = f"users?first={first}&count={len(self.after)}"

    def run(self, data, applied):
        """Resumes with this journal after these updates were applied;
        returns the difference, or None."""
        self.service.call("DELETE", "users")
        self.service.call("DELETE", "record")
        for user in applied:
            self.service.call("PUT", "users/" + user,
                              self.after[user].encode())
        with open(self.output + ".journal", "wb") as file:
            file.write(data)
        os.chmod(self.output + ".journal", 0o600)
        open(self.output + ".part", "w", encoding="utf-8").close()
        done = subprocess.run(self.command, stderr=subprocess.PIPE,
                              encoding="utf-8", check=False)
        if done.returncode not in (0, 1):
            return f"exit status {done.returncode}: {done.stderr}"
        return self.check(applied)

    def check(self, applied):
        result = read_result(self.output)
        for one, other in zip(self.whole, result):
            if one != other:
                return f"{other} instead of {one}"
        if len(result) != len(self.whole):
            return f"{len(result)} result rows"
        users = self.service.call("GET", self.range).splitlines()
        for wanted, line in zip(self.users, users):
            user = user_json.without_maintained(user_json.parse(line))
            if not user_json.same(wanted, user):
                return f"{user} instead of {wanted}"
        counts = self.service.call("GET", "applied?summary=1").splitlines()
        counts = {one["id"]: one["applied"] for one in map(json.loads, counts)}
        if counts != dict.fromkeys(self.updated - set(applied), 1):
            return f"applied: {counts}"
        if os.path.exists(self.output + ".journal"):
            return "the journal is still there"
        os.unlink(self.output)
        return None


def main():
    control, first, step, *command = sys.argv[1:]
    with open("journal", "rb") as file:
        data = file.read()
    trial = Trial(control, command)
    wrong, count = [], 0
    for end, done, opened in list(truncations(data))[int(first)::int(step)]:
        for applied in {frozenset(done), frozenset(done | opened)}:
            count += 1
            found = trial.run(data[:end], applied)
            if found:
                wrong.append(f"truncated at {end}, {sorted(opened)} "
                             f"{'not ' * (applied == done)}applied: {found}")
    print(count)
    for message in wrong[:5]:
        print(message[:1000])
    sys.exit(bool(wrong))


main()
