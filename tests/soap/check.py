"""Validates the envelopes in a record of the simulator on standard input.

Each must be valid by the XML Schema of its version. Elements that the version's
list does not contain are removed before: a user can have such elements, which
must follow the known ones. Rules that XML Schema cannot express are checked here.
Prints a message for each invalid envelope; the exit status is then 1.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from xml.parsers import expat

from envelope import DIRECTORY, KNOWN, USER, Envelope

SHOWN = 3  # maximum of invalid envelopes that are printed
HEADER = ("s:Envelope", "s:Header")
BODY = ("s:Envelope", "s:Body")
NEVER_NIL = (USER, USER + ("e:Id",), USER + ("e:TimeStamp",))


def read_record():
    """Returns the bodies by version and line number."""
    bodies = {version: {} for version in KNOWN}
    for number, line in enumerate(sys.stdin, 1):
        call = json.loads(line)
        version = call["service"].removeprefix("soap-")
        if version in bodies:
            if "body" not in call:
                sys.exit(f"call {call['n']} was recorded without its body")
            bodies[version][number] = call["body"]
    return bodies


def check_unknown(envelope):
    """Unknown elements must follow the known ones of their parent, and must
    not be known in another version."""
    begun = set()  # parents with an unknown element
    for element in envelope.elements:
        parent, name = element.path[:-1], element.path[-1]
        if element.unknown:
            begun.add(parent)
            if any(element.path in known for known in KNOWN.values()):
                yield f"{name} is an element of another version"
        elif parent in begun and name.startswith("e:"):
            yield f"{name} follows an unknown element"


def check_rest(envelope):
    """Checks the rules that the schemas do not contain."""
    action = request = ""
    for element in envelope.elements:
        path = element.path
        if path == HEADER + ("c:Action",):
            action = element.text
        if path[:-1] == BODY:
            request = path[-1]
        if element.is_nil() and (path in NEVER_NIL or path[:-1] == HEADER):
            yield f"{path[-1]} must not be nil"
    if envelope.has_doctype:
        yield "SOAP 1.1 has no DOCTYPE"
    if request != f"c:{action}Request":
        yield f"the action {action} comes with {request}"


def check_schema(version, directory):
    """Returns xmllint's messages by name, for the invalid files in directory."""
    names = os.listdir(directory)
    found = subprocess.run(
        ["xargs", "-0r", "xmllint", "--nonet", "--noout", "--schema",
         f"{DIRECTORY}/{version}/envelope.xsd"],
        input="\0".join(names), cwd=directory, capture_output=True, text=True,
        check=False)
    messages = {name: [] for name in names}
    for line in found.stderr.splitlines():
        name, *_ = re.split("[: ]", line)
        if line == f"{name} validates":
            messages.pop(name)
        elif name in messages:
            messages[name].append(line)
    if any(not lines for lines in messages.values()):
        sys.exit(f"xmllint failed: {found.stderr}")
    return messages


def check(version, bodies):
    """Returns the messages by line number, for the invalid envelopes."""
    invalid = {}
    with tempfile.TemporaryDirectory() as directory:
        for number, body in bodies.items():
            try:
                envelope = Envelope(version, body.encode())
            except expat.ExpatError as error:
                invalid[number] = [str(error)]
                continue
            invalid[number] = [*check_unknown(envelope), *check_rest(envelope)]
            with open(f"{directory}/{number}", "wb") as file:
                file.write(envelope.without_unknown())
        for name, lines in check_schema(version, directory).items():
            invalid[int(name)] += lines
    return {number: lines for number, lines in invalid.items() if lines}


def main():
    count = 0
    for version, bodies in read_record().items():
        invalid = check(version, bodies)
        count += len(invalid)
        for number, lines in list(invalid.items())[:SHOWN]:
            print(f"line {number} is not a valid envelope of {version}:")
            print(*lines, bodies[number], sep="\n")
    sys.exit(f"{count} envelopes are invalid" if count else 0)


if __name__ == "__main__":
    main()
