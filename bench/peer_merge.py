"""What both Python peers do with a row and a user.

COLUMNS contains the columns and their paths in the User. An empty cell keeps
the current value, and the word delete_value clears it.
"""

import csv
import gzip

COLUMNS = {
    "FirstName": ("Name", "FirstName"),
    "LastName": ("Name", "LastName"),
    "JobTitle": ("JobTitle",),
    "Email": ("ContactInfo", "Email"),
    "Phone1": ("ContactInfo", "Phone1"),
    "Mobile": ("ContactInfo", "Mobile"),
    "Line1": ("ContactInfo", "Address", "Line1"),
    "City": ("ContactInfo", "Address", "City"),
    "PostalCode": ("ContactInfo", "Address", "PostalCode"),
    "CountryCode": ("ContactInfo", "Address", "CountryCode"),
    "Lcid": ("Lcid",),
}

HEADERS = {"Authorization": "Bearer x", "DeveloperToken": "y"}

RESULT_HEADER = ["Row", "Id", "Status", "LastModifiedTime"]


def read_rows(path):
    """Yields the rows of a .csv.gz as dictionaries, numbered from 1."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from enumerate(csv.DictReader(file), start=1)


def merge(user, row):
    """Sets the values of a row in the user."""
    for column, path in COLUMNS.items():
        value = row[column]
        if not value:
            continue
        parent = user
        for name in path[:-1]:
            parent = parent.setdefault(name, {})
        parent[path[-1]] = None if value == "delete_value" else value
