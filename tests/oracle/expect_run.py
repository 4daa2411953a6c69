"""Computes from the input what a run must have done, and compares.

    expect_run.py MODE WINDOW INPUT RESULT

The current directory contains before.users and after.users, the users stored in
the simulator, one on each line. It also contains applied.users and calls.record,
the simulator's records of updates and calls. Prints a message for each
difference; the exit status is then 1.

The mode "resumed" means several runs. An update of an earlier run may be
Unchanged in the last result, but must have been sent exactly once. The mode
"killed" means a run that was killed and resumed: only the number of calls may
differ.
"""
import copy
import csv
import sys

import last_modified
import user_json
from columns_of_user import (CLEAR, COLUMNS, SERVICE, Refused, column_name,
                             parse_time)

MODES = {  # Status if a value differs, and if none does
    "apply": ("Updated", "Unchanged"),
    "resumed": ("Updated", "Unchanged"),
    "killed": ("Updated", "Unchanged"),
    "dry-run": ("WouldUpdate", "Unchanged"),
    "reconcile": ("Drift", "Match"),
}


class Row:
    """A row of the input with the values of its cells; None clears a value."""

    def __init__(self, number, record):
        self.number = number
        self.cells = {}
        self.refused = {}  # ErrorNames by column
        for header, text in record.items():
            name = column_name(header)
            if header == "Id":
                self.id = text
            elif name and text.strip():
                self.add_cell(name, text)
        self.error, self.field = self.first_error()
        # The user is fetched before a value is refused: it may have the value.
        self.is_doubtful = self.error not in (None, "NotClearable")

    def first_error(self):
        """Returns an ErrorName and its column, or None twice."""
        columns = [name for name in COLUMNS if name in self.refused]
        final = [name for name in columns
                 if self.refused[name] == "NotClearable"]
        for name in final + columns:
            return self.refused[name], name
        return None, None

    def add_cell(self, name, text):
        column = COLUMNS[name]
        try:
            if text == CLEAR and not column.clearable:
                raise Refused("NotClearable")
            value = None if text == CLEAR else column.parse(text)
        except Refused as refused:
            self.refused[name] = str(refused)
            return
        self.cells[name] = None if value == column.empty else value


class Group:
    """The rows of one user that are merged into one update."""

    def __init__(self, row):
        self.first = row.number
        self.all_rows = [row]

    @property
    def rows(self):
        return [row for row in self.all_rows if not row.error]

    def cells(self):
        merged = {}
        for row in self.rows:
            merged.update(row.cells)
        return merged

    def overruled(self, row):
        """Returns the columns that later rows overrule, with the last row."""
        expected = {}
        for later in self.rows:
            if later.number <= row.number:
                continue
            for name, value in later.cells.items():
                if name in row.cells and not COLUMNS[name].guard:
                    expected[name] = (later.number, value != row.cells[name])
        return {name: number for name, (number, differs) in expected.items()
                if differs}


def read_rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [Row(number, record) for number, record
                in enumerate(csv.DictReader(file, strict=True), 1)]


def read_result(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def read_users(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        users = map(user_json.parse, file)
        return {user[SERVICE.key]: user for user in users}


def read_by_user(path):
    """Reads a record of the simulator; returns its lines by the user's Id."""
    lines = {}
    with open(path, encoding="utf-8", newline="\n") as file:
        for line in map(user_json.parse, file):
            lines.setdefault(line["id"], []).append(line)
    return lines


def make_groups(rows, window):
    """Returns the groups of each user, in order."""
    groups = {}
    for row in rows:
        if row.error and not row.is_doubtful:
            continue
        of_user = groups.setdefault(SERVICE.same_key(row.id), [])
        if of_user and row.number - of_user[-1].first <= window:
            of_user[-1].all_rows.append(row)
        else:
            of_user.append(Group(row))
    return groups


def is_empty(column, value):
    return value is None or value == "" or value == column.empty


def differs(column, stored, value):
    if is_empty(column, stored) or is_empty(column, value):
        return not (is_empty(column, stored) and is_empty(column, value))
    if column.parse is parse_time:
        stored = parse_time(stored)
    return not user_json.same(stored, value)


class Check:
    def __init__(self, mode):
        self.update, self.same = MODES[mode]
        self.mode = mode
        self.wrong = []
        self.before = read_users("before.users")
        self.after = read_users("after.users")
        self.applied = read_by_user("applied.users")
        self.calls = read_by_user("calls.record")

    def expect(self, what, found, expected):
        if found != expected:
            self.wrong.append(f"{what}: {found!r} instead of {expected!r}")

    def check_row(self, row, result, expected):
        name_of_row = f"row {row.number}"
        self.expect(name_of_row + " Row", result["Row"], str(row.number))
        self.expect(name_of_row + " Id", result["Id"], row.id)
        for name, value in expected.items():
            self.expect(f"{name_of_row} {name}", result[name], value)

    def check_note(self, group, row, result):
        expected = group.overruled(row)
        note = result["Note"]
        if result["Status"] == "Updated":
            note = note.replace(last_modified.READ_BACK, "")
        for name, value in row.cells.items():
            if isinstance(value, str) and value.startswith(" "):
                remark = f"{name} begins with a space"
                if name not in expected and remark not in note:
                    self.expect(f"row {row.number} Note", note, remark)
                note = note.replace(remark, "").strip("; ")
        if bool(expected) != bool(note):
            self.expect(f"row {row.number} Note", note, str(expected))
        for name, number in expected.items():
            if name not in note or f"row {number}" not in note:
                self.expect(f"row {row.number} Note", note, str(expected))

    def changes_of(self, user, cells):
        guards = self.mode == "reconcile"
        return [name for name, column in COLUMNS.items() if name in cells
                and (guards or not column.guard)
                and differs(column, user_json.get(user, column.path),
                            cells[name])]

    def outcome(self, user, cells):
        """Returns Status, Field and the changes, and applies them to user."""
        if user is None:
            return "Failed", "", []
        if self.mode != "reconcile":
            for name, column in COLUMNS.items():
                if column.guard and name in cells and differs(
                        column, user_json.get(user, column.path),
                        cells[name]):
                    return "Conflict", name, []
        changes = self.changes_of(user, cells)
        for name in changes:
            column = COLUMNS[name]
            value = column.empty if cells[name] is None else cells[name]
            if self.update == "Updated":
                user_json.put(user, column.path, value)
        return self.update if changes else self.same, "", changes

    def expected(self, result, status, field, changes):
        """Returns the expected cells of a group's rows."""
        if self.mode not in ("resumed", "killed"):
            return {"Status": status, "Field": field,
                    "Changed": ";".join(changes),
                    "Attempts": "2" if status == "Updated" else "1"}
        if self.mode == "resumed" and \
                (status, result["Status"]) == ("Updated", "Unchanged"):
            status, changes = "Unchanged", []
        return {"Status": status, "Field": field, "Changed": ";".join(changes)}

    def check_refused(self, group, results):
        """Checks the rows that are refused after the user was fetched."""
        for row in group.all_rows:
            if not row.error:
                continue
            expected = {"Status": "Failed", "ErrorName": row.error,
                        "Field": row.field, "Changed": "", "Retryable": "no"}
            if self.mode not in ("resumed", "killed"):
                expected["Attempts"] = "1"
                expected["HttpStatus"] = "200"
            self.check_row(row, results[row.number - 1], expected)

    def check_user(self, key, groups, results):
        user = copy.deepcopy(self.before.get(key))
        sent = [line["user"] for line in self.applied.pop(key, [])]
        updates = 0
        for group in groups:
            status, field, changes = self.outcome(user, group.cells())
            if user is not None:
                self.check_refused(group, results)
            for row in group.rows if user is not None else group.all_rows:
                result = results[row.number - 1]
                self.check_row(row, result, self.expected(
                    result, status, field, changes))
                self.check_note(group, row, result)
            if status != "Updated":
                continue
            if not sent:
                self.wrong.append(f"{key}: {changes} was not sent")
                continue
            self.check_sent(key, updates, sent.pop(0),
                            self.update_of(user, changes))
            updates += 1
        if sent:
            self.wrong.append(f"{key}: {len(sent)} updates too many")
        self.check_after(key, updates, user)
        rows = [row for group in groups for row in group.rows]
        if rows:
            self.check_time(key, rows[-1], results)

    def check_time(self, key, row, results):
        """LastModifiedTime of the last row must be that of the service."""
        result = results[row.number - 1]
        self.expect(f"row {row.number} LastModifiedTime",
                    result["LastModifiedTime"],
                    last_modified.expected(result, self.after.get(key),
                                         self.calls.get(key, [])))

    def update_of(self, user, changes):
        """Returns the body of the update: the whole user, or the changes."""
        if SERVICE.sends_whole:
            return user
        update = {"attributes": {"objectType": "CustomerUser"}}
        for name in changes:
            path = COLUMNS[name].path
            user_json.put(update, path, user_json.get(user, path))
        return update

    def check_sent(self, key, updates, sent, user):
        if updates:  # the previous one changed the maintained members
            sent, user = map(user_json.without_maintained, (sent, user))
        if not user_json.same(sent, user):
            self.wrong.append(f"{key}: sent {sent} instead of {user}")

    def check_after(self, key, updates, user):
        after = self.after.get(key)
        if updates:
            after, user = map(user_json.without_maintained, (after, user))
        if user is not None and not user_json.same(after, user):
            self.wrong.append(f"{key}: is {after} instead of {user}")

    def run(self, window, input_path, result_path):
        rows, results = read_rows(input_path), read_result(result_path)
        self.expect("result rows", len(results), len(rows))
        if self.wrong:
            return
        for row in rows:
            if row.error and not row.is_doubtful:
                self.check_row(row, results[row.number - 1], {
                    "Status": "Failed", "ErrorName": row.error,
                    "Field": row.field, "Attempts": "0", "Changed": "",
                    "Retryable": "no", "HttpStatus": ""})
        groups = make_groups(rows, window)
        for key, of_user in groups.items():
            self.check_user(key, of_user, results)
        for key in self.before.keys() - groups.keys():
            self.check_after(key, 0, self.before[key])
        if self.applied:
            self.wrong.append(f"unexpected updates of {list(self.applied)}")


def main():
    mode, window, input_path, result_path = sys.argv[1:]
    check = Check(mode)
    check.run(int(window), input_path, result_path)
    for message in check.wrong[:20]:
        print(message)
    sys.exit(bool(check.wrong))


main()
