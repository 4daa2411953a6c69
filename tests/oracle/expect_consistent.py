"""The result of a run must be consistent with that of a second run.

    expect_consistent.py DIRECTORY...

Each directory contains in.csv; first.csv, the result of a run with faults; and
out.csv, the result of a later run without faults. Prints a message for each row
whose first Status contradicts the second one; the exit status is then 1.
"""
import csv
import os
import sys

CONSISTENT = {  # Status of the first run: possible Status of the second one
    "Updated": {"Unchanged"},
    "Unchanged": {"Unchanged"},
    "Failed": {"Updated", "Failed"},
    "Conflict": {"Updated"},
    "Unknown": {"Updated", "Unchanged"},
}


def read(directory, name):
    path = os.path.join(directory, name)
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def main():
    wrong = []
    for directory in sys.argv[1:]:
        rows, reported = read(directory, "in.csv"), read(directory, "first.csv")
        found = read(directory, "out.csv")
        if len(reported) != len(rows):
            wrong.append(f"{directory}: {len(reported)} results of"
                         f" {len(rows)} rows")
        for row, first, second in zip(rows, reported, found):
            changes = any(text for name, text in row.items() if name != "Id")
            if changes and second["Status"] not in CONSISTENT[first["Status"]]:
                wrong.append(f"{directory}: row {first['Row']}:"
                             f" {first['Status']}, but then {second['Status']}")
    for message in wrong[:20]:
        print(message)
    sys.exit(bool(wrong))


main()
