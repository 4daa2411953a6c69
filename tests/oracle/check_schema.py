"""Validates each line of a file against a JSON Schema: check_schema.py SCHEMA
FILE."""
import json
import sys

import jsonschema


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    with open(sys.argv[2], encoding="utf-8") as file:
        for line in file:
            for error in validator.iter_errors(json.loads(line)):
                sys.exit(f"{sys.argv[2]}: {error.json_path}: {error.message}")


main()
