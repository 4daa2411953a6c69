"""Resumes a run from its journal, cut off at each record and within each.

    truncated_journal.py CONTROL FIRST STEP COMMAND...

CONTROL is the simulator's control address. In the present directory: journal, of a
run that was killed near its end; whole.csv and whole.users, the result and the
users of one that was left alone. Each STEP-th cut is tried, from FIRST on. What
an intent without an outcome has led to is tried both ways. COMMAND resumes, with
OUTPUT its last argument. Prints the number of cuts, then a line for each thing
that is wrong; exit status 1 where there is any.
"""
import http.client
import json
import os
import subprocess
import sys

import user_json
from columns_of_user import SERVICE
from expect_same import read_result, read_users

HEAD = len("00000000 H 00000000 ")


def records(data):
    """Where each record ends, its type and its text."""
    at = 0
    while at < len(data):
        end = at + HEAD + int(data[at + 11:at + 19]) + 1
        yield end, data[at + 9:at + 10], data[at + HEAD:end].decode()
        at = end


def cuts(data):
    """(bytes, users with an outcome, users whose update's outcome is open)"""
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
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {text}")
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
        """What is wrong where the journal is so and these were applied."""
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
    for end, done, opened in list(cuts(data))[int(first)::int(step)]:
        for applied in {frozenset(done), frozenset(done | opened)}:
            count += 1
            found = trial.run(data[:end], applied)
            if found:
                wrong.append(f"cut at {end}, {sorted(opened)} "
                             f"{'not ' * (applied == done)}applied: {found}")
    print(count)
    for message in wrong[:5]:
        print(message[:1000])
    sys.exit(bool(wrong))


main()
