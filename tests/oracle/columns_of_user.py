"""The columns of a user of each service, and the valid cells of each column.

They are written from the services' references and the manual, not from the
program, so that both do not have the same bug. The environment variable API
selects the service.
"""
import base64
import os
import re

LCIDS = """EnglishUS GermanGermany FrenchFrance SpanishSpain JapaneseJapan
PortugueseBrazil EnglishUK ItalianItaly SwedishSweden DutchNetherlands
FrenchCanada DanishDenmark""".split()  # those that the tests use
EMAIL_FORMATS = ["Html", "Text"]
QUESTIONS = """None FavoritePetsName FavoriteMovie Anniversary FatherMiddleName
SpouseMiddleName FirstChildMiddleName HighSchoolName FavoriteTeacherName
FavoriteSportsTeam""".split()
LIFE_CYCLES = ["Pending", "Active", "Inactive", "Deleted"]

CLEAR = "delete_value"


class Refused(Exception):
    """An invalid cell; the argument is the ErrorName of its row."""


def utf16_units(text):
    return len(text.encode("utf-16-le")) // 2


def parse_text(shortest, longest):
    def parse(text):
        if longest and utf16_units(text) > longest:
            raise Refused("ValueTooLong")
        if utf16_units(text) < shortest:
            raise Refused("ValueTooShort")
        return text

    return parse


NULL_WORDS = ["NULL", "null", "nan", "NaN", "N/A", "undefined"]


def suspicious(parse, look):
    """Refuses first what looks damaged."""
    def parse_it(text):
        if (re.fullmatch(r"#\S+[!?]|#N/A|#NV", text) or text in NULL_WORDS or
                "\ufffd" in text or look(text)):
            raise Refused("SuspiciousValue")
        return parse(text)

    return parse_it


def parse_value(shortest, longest):
    return suspicious(parse_text(shortest, longest), lambda text: False)


def parse_address(longest):
    return suspicious(parse_text(0, longest),
                      lambda text: re.search(r"[\s\u200b;,<>]", text))


def parse_phone(longest):
    return suspicious(parse_text(0, longest), lambda text: re.search(
        r"[^\S ]|^'|^[0-9][0-9.,]*[eE]\+?[0-9]+$", text))


def parse_flag(text):
    word = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in word:
        raise Refused("InvalidBoolean")
    return word[text.lower()]


def parse_word(words):
    by_lower = {word.lower(): word for word in words}

    def parse(text):
        if text.lower() not in by_lower:
            raise Refused("InvalidValue")
        return by_lower[text.lower()]

    return parse


def parse_country(text):
    if not re.fullmatch("[A-Za-z]{2}", text):
        raise Refused("InvalidValue")
    return text.upper()


def parse_long(text):
    if not re.fullmatch("-?[0-9]+", text) or abs(int(text)) >= 1 << 63:
        raise Refused("InvalidNumber")
    return str(int(text))


def parse_base64(text):
    try:
        base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused("InvalidBase64") from None
    return text


def parse_time(text):
    """Returns the time as Microsoft Advertising spells it."""
    found = re.fullmatch(r"(.*T\d\d:\d\d:\d\d)(?:\.(\d+))?Z?", text)
    if not found:
        raise Refused("InvalidTime")
    fraction = (found[2] or "").rstrip("0").ljust(3, "0")
    return f"{found[1]}.{fraction}"


def parse_any(text):
    return text


class Column:
    def __init__(self, path, parse, guard=False, empty=None, clearable=True):
        self.path = path.split(".")
        self.parse = parse
        self.guard = guard
        self.empty = empty  # the value that clears the member
        self.clearable = clearable


ADDRESS, CONTACT = "ContactInfo.Address.", "ContactInfo."

# In the order of the service, which is the order in the column Changed.
ADVERTISING = {
    "City": Column(ADDRESS + "City", parse_value(0, 35)),
    "CountryCode": Column(ADDRESS + "CountryCode", parse_country),
    "AddressId": Column(ADDRESS + "Id", parse_long, guard=True),
    "Line1": Column(ADDRESS + "Line1", parse_value(0, 35)),
    "Line2": Column(ADDRESS + "Line2", parse_value(0, 35)),
    "Line3": Column(ADDRESS + "Line3", parse_value(0, 35)),
    "Line4": Column(ADDRESS + "Line4", parse_value(0, 35)),
    "PostalCode": Column(ADDRESS + "PostalCode", parse_value(0, 10)),
    "StateOrProvince": Column(ADDRESS + "StateOrProvince", parse_value(0, 0)),
    "AddressTimeStamp": Column(ADDRESS + "TimeStamp", parse_base64, guard=True),
    "ContactByPhone": Column(CONTACT + "ContactByPhone", parse_flag),
    "ContactByPostalMail": Column(CONTACT + "ContactByPostalMail", parse_flag),
    "Email": Column(CONTACT + "Email", parse_address(100)),
    "EmailFormat": Column(CONTACT + "EmailFormat", parse_word(EMAIL_FORMATS)),
    "Fax": Column(CONTACT + "Fax", parse_phone(100)),
    "HomePhone": Column(CONTACT + "HomePhone", parse_phone(100)),
    "ContactInfoId": Column(CONTACT + "Id", parse_long, guard=True),
    "Mobile": Column(CONTACT + "Mobile", parse_phone(100)),
    "Phone1": Column(CONTACT + "Phone1", parse_phone(100)),
    "Phone2": Column(CONTACT + "Phone2", parse_phone(100)),
    "CustomerId": Column("CustomerId", parse_long, guard=True),
    "JobTitle": Column("JobTitle", parse_value(0, 50)),
    "LastModifiedByUserId": Column("LastModifiedByUserId", parse_long,
                                   guard=True),
    "LastModifiedTime": Column("LastModifiedTime", parse_time, guard=True),
    "Lcid": Column("Lcid", parse_word(LCIDS)),
    "FirstName": Column("Name.FirstName", parse_value(0, 100)),
    "LastName": Column("Name.LastName", parse_value(0, 100)),
    "MiddleInitial": Column("Name.MiddleInitial", parse_value(0, 1)),
    "SecretAnswer": Column("SecretAnswer", parse_value(5, 64)),
    "SecretQuestion": Column("SecretQuestion", parse_word(QUESTIONS),
                             empty="None"),
    "UserLifeCycleStatus": Column("UserLifeCycleStatus",
                                  parse_word(LIFE_CYCLES), guard=True),
    "TimeStamp": Column("TimeStamp", parse_base64, guard=True),
    "UserName": Column("UserName", parse_any, guard=True),
}

PARTNER = {
    "displayName": Column("displayName", parse_value(0, 256), clearable=False),
    "firstName": Column("firstName", parse_value(0, 64)),
    "lastName": Column("lastName", parse_value(0, 64)),
    "userPrincipalName": Column("userPrincipalName", parse_address(113),
                                clearable=False),
    "usageLocation": Column("usageLocation", parse_country, clearable=False),
    "phoneNumber": Column("phoneNumber", parse_phone(64)),
    "immutableId": Column("immutableId", parse_value(0, 256)),
    "userDomainType": Column("userDomainType", parse_any, guard=True),
    "state": Column("state", parse_any, guard=True),
    "lastDirectorySyncTime": Column("lastDirectorySyncTime", parse_time,
                                    guard=True),
    "softDeletionTime": Column("softDeletionTime", parse_time, guard=True),
    "etag": Column("attributes.etag", parse_any, guard=True),
}


class Service:
    """The differences between the services."""

    def __init__(self, columns, key, title, same_key, other_spelling,
                 maintained, sends_whole=True):
        self.columns = columns
        self.key = key  # the member with the Id
        self.title = title  # the column TITLE of services.sh
        self.same_key = same_key  # normalizes the spelling of an Id
        self.other_spelling = other_spelling  # respells an Id
        self.maintained = maintained  # paths that the service sets itself
        self.sends_whole = sends_whole  # else only the changes


MICROSOFT_ADVERTISING = Service(
    ADVERTISING, "Id", "JobTitle", lambda text: text.lstrip("0"),
    lambda text: "0" + text,
    ["TimeStamp", "LastModifiedTime", "LastModifiedByUserId", "ContactInfo.Id",
     ADDRESS + "Id", ADDRESS + "TimeStamp"])
PARTNER_CENTER = Service(
    PARTNER, "id", "lastName", str.lower, str.upper, ["attributes.etag"],
    sends_whole=False)

SERVICE = (PARTNER_CENTER if os.environ.get("API") == "partner-center"
           else MICROSOFT_ADVERTISING)
COLUMNS = SERVICE.columns


def column_name(header):
    """Returns the column with that name or path, in any letter case."""
    for name, column in COLUMNS.items():
        if header.lower() in (name.lower(), ".".join(column.path).lower()):
            return name
    return None
