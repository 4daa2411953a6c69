"""Are all envelopes in simulators' records, on standard input, valid?

Each must be valid by the XML Schema of its version, but for elements that the
version's list does not know: a user may have some, and they are carried, behind
those that are known. What XML Schema can't say is checked here. Exit status 1
with a message for each envelope that is not right.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from xml.parsers import expat

from envelope import FOLDER, KNOWN, USER, Envelope

SHOWN = 3  # wrong envelopes, at most
HEADER = ("s:Envelope", "s:Header")
BODY = ("s:Envelope", "s:Body")
NEVER_NIL = (BODY + ("c:GetUserRequest", "c:UserId"), USER,
             USER + ("e:Id",), USER + ("e:TimeStamp",))


def read_record():
    """version -> number of the line -> body."""
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
    """Unknown elements stand behind the known ones of their parent, and are
    unknown to the other versions, too."""
    begun = set()  # parents of which an unknown one has been seen
    for element in envelope.elements:
        parent, name = element.path[:-1], element.path[-1]
        if element.unknown:
            begun.add(parent)
            if any(element.path in known for known in KNOWN.values()):
                yield f"{name} is an element of another version"
        elif parent in begun and name.startswith("e:"):
            yield f"{name} stands behind an element that is unknown"


def check_rest(envelope):
    """What else a schema can't say, or must not: it is the service's."""
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


def check_schema(version, folder):
    """name -> what xmllint says, of the files in folder that are not valid."""
    names = os.listdir(folder)
    found = subprocess.run(
        ["xargs", "-0r", "xmllint", "--nonet", "--noout", "--schema",
         f"{FOLDER}/{version}/envelope.xsd"],
        input="\0".join(names), cwd=folder, capture_output=True, text=True,
        check=False)
    said = {name: [] for name in names}
    for line in found.stderr.splitlines():
        name, *_ = re.split("[: ]", line)
        if line == f"{name} validates":
            said.pop(name)
        elif name in said:
            said[name].append(line)
    if any(not lines for lines in said.values()):
        sys.exit(f"xmllint has failed: {found.stderr}")
    return said


def check(version, bodies):
    """number -> what is wrong with the envelope of that line."""
    wrong = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, body in bodies.items():
            try:
                envelope = Envelope(version, body.encode())
            except expat.ExpatError as error:
                wrong[number] = [str(error)]
                continue
            wrong[number] = [*check_unknown(envelope), *check_rest(envelope)]
            with open(f"{folder}/{number}", "wb") as file:
                file.write(envelope.without_unknown())
        for name, lines in check_schema(version, folder).items():
            wrong[int(name)] += lines
    return {number: lines for number, lines in wrong.items() if lines}


def main():
    count = 0
    for version, bodies in read_record().items():
        wrong = check(version, bodies)
        count += len(wrong)
        for number, lines in list(wrong.items())[:SHOWN]:
            print(f"line {number} has no envelope of {version}:")
            print(*lines, bodies[number], sep="\n")
    sys.exit(f"{count} envelopes are wrong" if count else 0)


if __name__ == "__main__":
    main()
