"""Parses an envelope: its elements in order, and which of them are unknown.

The files vNN.elements list the elements of an UpdateUser that has all of them,
one on each line, indented below its parent. The prefixes are those below.
"""
import os
from xml.parsers import expat

DIRECTORY = os.path.dirname(os.path.abspath(__file__))
VERSIONS = ("v11", "v12", "v13")
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
USER = ("s:Envelope", "s:Body", "c:UpdateUserRequest", "c:User")


def prefixes(version):
    customer = "https://bingads.microsoft.com/Customer/" + version
    return {
        "http://schemas.xmlsoap.org/soap/envelope/": "s",
        customer: "c",
        customer + "/Entities": "e",
        "http://schemas.datacontract.org/2004/07/System.Collections.Generic":
            "g",
    }


def known_elements(version):
    """Returns the paths in vNN.elements."""
    known, path = set(), ()
    with open(f"{DIRECTORY}/{version}.elements", encoding="utf-8") as file:
        for line in file:
            name = line.split()[0]
            path = path[:line.index(name) // 2] + (name,)
            known.add(path)
    return known


KNOWN = {version: known_elements(version) for version in VERSIONS}


class Element:
    """path: the names from the root to the element. unknown: it is in the User,
    but not an element of the version."""

    def __init__(self, path, attributes, unknown):
        self.path = path
        self.attributes = attributes
        self.unknown = unknown
        self.text = ""

    def is_nil(self):
        return self.attributes.get(INSTANCE + " nil") in ("true", "1")

    def __str__(self):
        shown = "".join(f' {name}="{value}"'
                        for name, value in self.attributes.items()
                        if not name.startswith(INSTANCE + " "))
        return "  " * (len(self.path) - 1) + self.path[-1] + shown


class Envelope:
    """elements: all except those in unknown ones. Raises expat.ExpatError if
    body, which is bytes, is not well-formed XML."""

    def __init__(self, version, body):
        self.elements = []
        self.has_doctype = False
        self._known = KNOWN[version]
        self._prefixes = prefixes(version)
        self._body = body
        self._path = ()
        self._hidden = 0  # depth in an unknown element
        self._cuts = []   # start and end of the unknown elements
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.DefaultHandler = lambda _: self._end_cut()
        self._parser.Parse(body, True)

    def without_unknown(self):
        """Returns the body without the unknown elements."""
        kept, at = b"", 0
        for begin, end in self._cuts:
            kept += self._body[at:begin]
            at = end
        return kept + self._body[at:]

    def _name(self, name):
        namespace, _, local = name.rpartition(" ")
        prefix = self._prefixes.get(namespace)
        return f"{prefix}:{local}" if prefix else f"{{{namespace}}}{local}"

    def _start(self, name, attributes):
        self._end_cut()
        self._path += (self._name(name),)
        if self._hidden:
            self._hidden += 1
            return
        element = Element(self._path, attributes, self._is_unknown())
        self.elements.append(element)
        if element.unknown:
            self._hidden = 1
            self._cuts.append([self._parser.CurrentByteIndex, None])

    def _doctype(self, *_):
        self.has_doctype = True

    def _is_unknown(self):
        return (self._path not in self._known and
                self._path[-1].startswith("e:") and
                self._path[:len(USER)] == USER and
                self._path[:-1] in self._known)

    def _end(self, _):
        self._end_cut()
        self._path = self._path[:-1]
        if self._hidden:
            self._hidden -= 1

    def _characters(self, text):
        self._end_cut()
        if self._path == self.elements[-1].path:
            self.elements[-1].text += text

    def _end_cut(self):
        """expat reports only where the next event begins, so the end of an unknown
        element is the start of what follows it."""
        if self._cuts and not self._cuts[-1][1] and not self._hidden:
            self._cuts[-1][1] = self._parser.CurrentByteIndex
