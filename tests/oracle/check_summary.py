"""Compares a summary with the results that it describes.

check_summary.py SUMMARY STATUS: the summary was written by a run that ended with
that exit status. Its counts must be those of its result file. Appends the
summary to the file ".summaries", for check_schema.py.
"""
import collections
import csv
import hashlib
import json
import os
import sys

from columns import open_csv

SUCCESS = {"Updated", "WouldUpdate", "Unchanged", "Match", "Drift", "Valid",
           "Exported"}


def name_of(row):
    if row["ErrorName"]:
        return row["ErrorName"]
    if row["ErrorCode"]:
        return "error " + row["ErrorCode"]
    return "HTTP status " + row["HttpStatus"]


def count(path, listed):
    """Result rows by status; errors with their count and first row. listed: the
    rows are users."""
    statuses, errors = collections.Counter(), {}
    with open_csv(path) as file:
        for row in csv.DictReader(file, strict=True):
            if listed:
                statuses["Listed"] += 1
                continue
            exported = "_Status" in row
            status = row["_Status" if exported else "Status"]
            statuses[status] += 1
            if exported or status in SUCCESS:
                continue
            key = (name_of(row)[:64], row["Field"] or None)
            rows, first = errors.get(key, (0, 1 << 62))
            errors[key] = rows + 1, min(first, int(row["Row"]))
    return statuses, errors


def main():
    path, status = sys.argv[1], int(sys.argv[2])
    csv.field_size_limit(1 << 30)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    summary = json.loads(text)
    expected = {"exit status": status, "file mode": "0600"}
    found = {"exit status": summary["exit"]["status"],
             "file mode": f"{os.stat(path).st_mode & 0o7777:04o}"}
    result = summary["output"]["file"]
    if result:
        listed = summary["mode"] == "list"
        statuses, errors = count(result, listed)
        rows = summary["rows"]
        by_status = rows["by_status"]
        if listed:  # customers, which are not in the file
            statuses["Failed"] = by_status["Failed"]
        expected |= {"rows": sum(statuses.values()),
                     "by status": {s: statuses[s] for s in by_status}}
        found |= {"rows": rows["done"], "by status": by_status}
        if summary["mode"] not in ("export", "list") and len(errors) < 64:
            expected["errors"] = errors
            found["errors"] = {(e["name"], e["column"]):
                               (e["rows"], e["first_row"])
                               for e in summary["errors"]}
    if summary["output"]["complete"]:
        with open(result, "rb") as file:
            expected["SHA-256"] = hashlib.sha256(file.read()).hexdigest()
        found["SHA-256"] = summary["output"]["sha256"]
    for what, value in expected.items():
        if found[what] != value:
            sys.exit(f"{path}: {what}: {found[what]} instead of {value}")
    with open(".summaries", "a", encoding="utf-8") as file:
        print(json.dumps(summary), file=file)


main()
