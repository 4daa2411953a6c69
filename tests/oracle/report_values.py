"""Compares the values in a report with those that --diff has written.

report_values.py REPORT.html DIFF.csv [FIRST]

The report must show the values of the first three rows of each column, and no
others. FIRST: the rows before this one are not recorded.
"""

import csv
import html.parser
import sys


class Reader(html.parser.HTMLParser):
    """The examples of each column: row, Id, and two values."""

    def __init__(self):
        super().__init__()
        self.columns = {}
        self.column = self.cells = None
        self.text = ""

    def handle_starttag(self, tag, attributes):
        name = dict(attributes).get("class", "")
        if tag == "tr" and name.startswith("value"):
            self.cells = []
        if tag in ("th", "span", "bdi", "small"):
            self.text = ""

    def handle_endtag(self, tag):
        if tag == "th":
            self.column = self.text
        elif self.cells is not None and tag in ("span", "bdi", "small") and \
                len(self.cells) < 4:
            self.cells.append("" if tag == "small" else self.text)
        elif self.cells is not None and tag == "tr":
            self.columns.setdefault(self.column, []).append(self.cells)
            self.cells = None

    def handle_data(self, data):
        self.text += data


def main():
    reader = Reader()
    with open(sys.argv[1], encoding="utf-8") as file:
        reader.feed(file.read())
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    wanted = {}
    with open(sys.argv[2], encoding="utf-8", newline="") as file:
        for row, user, column, *values in list(csv.reader(file))[1:]:
            rows = wanted.setdefault(column, [])
            if int(row) >= first and len(rows) < 3:
                rows.append([f"row {row}", user, *values])
    wanted = {column: rows for column, rows in wanted.items() if rows}
    if reader.columns == wanted:
        return 0
    print(f"shown:  {reader.columns}\nwanted: {wanted}")
    return 1


sys.exit(main())
