"""Users as JSON and as XML documents, kept exactly as the service sent them.

Members are named by paths such as ContactInfo.Address.City. A value is a text,
None (null), or ABSENT.
"""
import json
import unicodedata
from xml.dom import minidom
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

class Absent:
    def __bool__(self):
        return False


ABSENT = Absent()


def is_empty(value):
    return value in (None, ABSENT, "")


def is_same(a, b):
    return a == b or is_empty(a) and is_empty(b)


def is_similar(a, b):
    """The same but for case, blanks and punctuation?"""
    def plain(text):
        if is_empty(text):
            return ""
        return "".join(c for c in unicodedata.normalize("NFKC", str(text))
                       if c.isalnum()).casefold()
    return plain(a) == plain(b)


class Unreadable(Exception):
    """A body that is not the JSON or XML of a service."""


# ---- JSON --------------------------------------------------------------------


class Number(str):
    """A number as it was written: 1.50 stays 1.50."""


def unique(pairs):
    names = dict(pairs)
    if len(names) != len(pairs):
        raise Unreadable("a duplicate member")
    return names


def parse_json(data):
    try:
        return json.loads(data.decode("utf-8-sig"), parse_int=Number,
                          parse_float=Number, object_pairs_hook=unique)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Unreadable("not JSON") from None


def print_json(value):
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{%s}" % ",".join("%s:%s" % (json.dumps(name), print_json(part))
                                 for name, part in value.items())
    if isinstance(value, list):
        return "[%s]" % ",".join(map(print_json, value))
    return json.dumps(value)


class JsonUser:
    def __init__(self, root):
        self.root = root

    @classmethod
    def parse(cls, text):
        return cls(parse_json(text.encode()))

    def text(self):
        return print_json(self.root)

    def copy(self):
        return self.parse(self.text())

    def find(self, path):
        """The object that contains the member, or None; and its last name."""
        *parents, name = path.split(".")
        at = self.root
        for parent in parents:
            at = at.get(parent) if isinstance(at, dict) else None
        return at if isinstance(at, dict) else None, name

    def has_parent(self, path):
        return self.find(path)[0] is not None

    def get(self, path):
        parent, name = self.find(path)
        return ABSENT if parent is None else parent.get(name, ABSENT)

    def put(self, path, value):
        parent, name = self.find(path)
        if value is ABSENT:
            parent.pop(name, None)
        else:
            parent[name] = value

    def flat(self):
        """All values that are not empty, by path."""
        found = {}

        def walk(value, path):
            if isinstance(value, dict):
                for name, part in value.items():
                    walk(part, path + [name])
            elif value not in (None, ""):
                found[".".join(path)] = print_json(value)

        walk(self.root, [])
        return found


# ---- XML ---------------------------------------------------------------------

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XMLNS = "http://www.w3.org/2000/xmlns/"

# Elements must be in the order of the schema.
ORDER = [
    "ContactInfo CustomerId Id JobTitle LastModifiedByUserId LastModifiedTime "
    "Lcid Name Password SecretAnswer SecretQuestion UserLifeCycleStatus "
    "TimeStamp UserName ForwardCompatibilityMap AuthenticationToken".split(),
    "Address ContactByPhone ContactByPostalMail Email EmailFormat Fax "
    "HomePhone Id Mobile Phone1 Phone2".split(),
    "City CountryCode Id Line1 Line2 Line3 Line4 PostalCode StateOrProvince "
    "TimeStamp BusinessName".split()]


def parse_xml(data):
    if b"<!DOCTYPE" in data:
        raise Unreadable("a DOCTYPE")
    try:
        return minidom.parseString(data)
    except (expat.ExpatError, UnicodeDecodeError, ValueError):
        raise Unreadable("not XML") from None


def children(element, name=None, space=None):
    return [node for node in element.childNodes
            if node.nodeType == node.ELEMENT_NODE
            and name in (None, node.localName)
            and space in (None, node.namespaceURI)]


def text_of(element):
    return "".join(node.data for node in element.childNodes
                   if node.nodeType in (node.TEXT_NODE, node.CDATA_SECTION_NODE))


def is_nil(element):
    return element.getAttributeNS(XSI, "nil").strip() in ("true", "1")


def print_xml(node):
    """What a parser would normalize is written as a character reference, unlike
    toxml(). Comments are left out."""
    if node.nodeType in (node.TEXT_NODE, node.CDATA_SECTION_NODE):
        return escape(node.data, {"\r": "&#13;"})
    if node.nodeType != node.ELEMENT_NODE:
        return ""
    attributes = "".join(" %s=%s" % (name, quoteattr(value))
                         for name, value in node.attributes.items())
    return "<%s%s>%s</%s>" % (node.tagName, attributes,
                              "".join(map(print_xml, node.childNodes)),
                              node.tagName)


class XmlUser:
    space = "https://bingads.microsoft.com/Customer/v13/Entities"

    def __init__(self, element):
        """Declares the namespaces of the element's parents on the element, so
        that it means the same elsewhere."""
        self.element = element
        parent = element.parentNode
        while parent is not None and parent.nodeType == parent.ELEMENT_NODE:
            for name, value in parent.attributes.items():
                if name.split(":")[0] == "xmlns" \
                        and not element.hasAttribute(name):
                    element.setAttributeNS(XMLNS, name, value)
            parent = parent.parentNode

    @classmethod
    def parse(cls, text):
        return cls(parse_xml(text.encode()).documentElement)

    def text(self):
        return print_xml(self.element)

    def copy(self):
        return self.parse(self.text())

    def find(self, path):
        """The element that contains the member, or None; and its last name."""
        *parents, name = path.split(".")
        at = self.element
        for parent in parents:
            found = children(at, parent, self.space)
            if not found or is_nil(found[0]):
                return None, name
            at = found[0]
        return at, name

    def has_parent(self, path):
        return self.find(path)[0] is not None

    def get(self, path):
        parent, name = self.find(path)
        found = children(parent, name, self.space) if parent else []
        if not found:
            return ABSENT
        return None if is_nil(found[0]) else text_of(found[0])

    def put(self, path, value):
        parent, name = self.find(path)
        found = children(parent, name, self.space)
        if value is ABSENT:
            for element in found:
                parent.removeChild(element)
            return
        element = found[0] if found else self.insert(parent, name)
        while element.firstChild:
            element.removeChild(element.firstChild)
        if element.hasAttributeNS(XSI, "nil"):
            element.removeAttributeNS(XSI, "nil")
        if value is None:
            element.setAttributeNS(XMLNS, "xmlns:nil", XSI)
            element.setAttributeNS(XSI, "nil:nil", "true")
        else:
            document = element.ownerDocument
            element.appendChild(document.createTextNode(value))

    def insert(self, parent, name):
        order = next(names for names in ORDER if name in names)
        element = parent.ownerDocument.createElementNS(self.space, name)
        element.setAttributeNS(XMLNS, "xmlns", self.space)
        later = [node for node in children(parent)
                 if node.namespaceURI != self.space or node.localName not in
                 order or order.index(node.localName) > order.index(name)]
        return parent.insertBefore(element, later[0] if later else None)

    def flat(self):
        found = {}

        def walk(element, path):
            parts = children(element)
            for part in parts:
                walk(part, path + [part.localName])
            if not parts and not is_nil(element) and text_of(element):
                found.setdefault(".".join(path), []).append(text_of(element))

        walk(self.element, [])
        return found
