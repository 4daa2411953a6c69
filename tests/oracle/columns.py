"""Prints columns of a CSV file, plain or gzip: columns.py FILE NAME...

Prints one line for each row, with "|" between the cells. Line ends in a cell
become "\\n".
"""
import csv
import sys


def open_csv(path):
    with open(path, "rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    opener = open
    if compressed:
        import gzip  # which takes longer than all the rest
        opener = gzip.open
    return opener(path, "rt", encoding="utf-8", newline="")


def main():
    path, names = sys.argv[1], sys.argv[2:]
    csv.field_size_limit(1 << 30)
    with open_csv(path) as file:
        for row in csv.DictReader(file, strict=True):
            if None in row or None in row.values():
                sys.exit(f"{path}: a row with another number of cells: {row}")
            print("|".join(row[name] for name in names).replace("\n", "\\n"))


if __name__ == "__main__":
    main()
