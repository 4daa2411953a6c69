"""Corrects a file of failed rows, as a person with a spreadsheet does.

    correct_rows.py INPUT RESULT FAILED CORRECT OUT [DELIMITER [SECRET...]]

FAILED must contain exactly the rows of INPUT whose Status in RESULT is no
success, and later rows of their users, with INPUT's cells and the reason. Only the cells of the columns SECRET
must be empty, and _Note must say so. OUT gets these rows with the cells that the
same rows of CORRECT have; the columns that begin with "_" stay.
"""
import csv
import sys

from columns import open_csv

OWN = ["_Row", "_Status", "_ErrorName", "_Field", "_ErrorMessage", "_Note"]
SUCCESSES = {"Updated", "Unchanged", "WouldUpdate", "Match", "Valid"}


def read(path, delimiter):
    csv.field_size_limit(1 << 30)
    with open_csv(path) as file:
        return [row for row in csv.reader(file, delimiter=delimiter,
                                          strict=True) if row]


def expect(found, wanted, what):
    if found != wanted:
        sys.exit(f"{what}: {found!r} instead of {wanted!r}")


def find_failed(results):
    users = set()
    for row in results:
        success = row["Status"] in SUCCESSES
        if not success:
            users.add(row["Id"])
        if row["Id"] in users:
            yield row


def main():
    paths, rest = sys.argv[1:6], sys.argv[6:]
    delimiter, secrets = (rest[0] if rest else ","), rest[1:]
    names, *rows = read(paths[0], delimiter)
    with open_csv(paths[1]) as file:
        results = list(find_failed(csv.DictReader(file, strict=True)))
    header, *failed = read(paths[2], delimiter)
    correct = read(paths[3], delimiter)[1:]
    header[0] = header[0].removeprefix("\ufeff")
    own = [i for i, name in enumerate(names) if name not in OWN]
    expect(header, [names[i] for i in own] + OWN, "header")
    expect(len(failed), len(results), "rows")
    for row, result in zip(failed, results):
        number = int(result["Row"])
        wanted = [rows[number - 1][i] for i in own]
        left_out = False
        for i, name in enumerate(header[:len(own)]):
            if name in secrets and wanted[i]:
                wanted[i], left_out = "", True
        expect(row[:len(own)], wanted, f"row {number}")
        expect(row[len(own):-1],
               [result[name] for name in ("Row", "Status", "ErrorName",
                                          "Field", "ErrorMessage")],
               f"reason of row {number}")
        expect(result["Note"] in row[-1], True, f"note of row {number}")
        expect("this row was applied" in row[-1], result["Status"] in SUCCESSES,
               f"note of row {number}")
        expect("left out" in row[-1],
               left_out and result["Status"] not in SUCCESSES, f"note of row {number}")
        row[:len(own)] = [correct[number - 1][i] for i in own]
    with open(paths[4], "w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([header, *failed])


if __name__ == "__main__":
    main()
