"""What a first run said of its rows must be true, by what a second one found.

    expect_told.py FOLDER...

In each folder: in.csv, first.csv, the result of a run that had its troubles,
and out.csv, that of one after it that had none. Exit status 1 with a message
for each row of which the first one did not tell the truth.
"""
import csv
import os
import sys

TRUE = {  # a second run's Status for a first one's, where a row changes a user
    "Updated": {"Unchanged"},
    "Unchanged": {"Unchanged"},
    "Failed": {"Updated", "Failed"},
    "Conflict": {"Updated"},
    "Unknown": {"Updated", "Unchanged"},
}


def read(folder, name):
    path = os.path.join(folder, name)
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def main():
    wrong = []
    for folder in sys.argv[1:]:
        rows, told = read(folder, "in.csv"), read(folder, "first.csv")
        found = read(folder, "out.csv")
        if len(told) != len(rows):
            wrong.append(f"{folder}: {len(told)} results of {len(rows)} rows")
        for row, first, second in zip(rows, told, found):
            changes = any(text for name, text in row.items() if name != "Id")
            if changes and second["Status"] not in TRUE[first["Status"]]:
                wrong.append(f"{folder}: row {first['Row']}: {first['Status']},"
                             f" but then {second['Status']}")
    for message in wrong[:20]:
        print(message)
    sys.exit(bool(wrong))


main()
