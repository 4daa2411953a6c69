"""The columns of a user of each service, and what a cell of each may hold.

Written from the services' references and the manual, not from the program: an
independent second opinion. The environment's API names the service.
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
    """A cell that fails its row; its argument is the error's name."""


def utf16_units(text):
    return len(text.encode("utf-16-le")) // 2


def take_text(shortest, longest):
    def take(text):
        if longest and utf16_units(text) > longest:
            raise Refused("ValueTooLong")
        if utf16_units(text) < shortest:
            raise Refused("ValueTooShort")
        return text

    return take


def take_flag(text):
    word = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in word:
        raise Refused("InvalidBoolean")
    return word[text.lower()]


def take_word(words):
    by_lower = {word.lower(): word for word in words}

    def take(text):
        if text.lower() not in by_lower:
            raise Refused("InvalidValue")
        return by_lower[text.lower()]

    return take


def take_country(text):
    if not re.fullmatch("[A-Za-z]{2}", text):
        raise Refused("InvalidValue")
    return text.upper()


def take_long(text):
    if not re.fullmatch("-?[0-9]+", text) or abs(int(text)) >= 1 << 63:
        raise Refused("InvalidNumber")
    return str(int(text))


def take_base64(text):
    try:
        base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused("InvalidBase64") from None
    return text


def take_time(text):
    """The same instant in one spelling, that of Microsoft Advertising."""
    found = re.fullmatch(r"(.*T\d\d:\d\d:\d\d)(?:\.(\d+))?Z?", text)
    if not found:
        raise Refused("InvalidTime")
    fraction = (found[2] or "").rstrip("0").ljust(3, "0")
    return f"{found[1]}.{fraction}"


def take_any(text):
    return text


class Column:
    def __init__(self, path, take, guard=False, empty=None, clearable=True):
        self.path = path.split(".")
        self.take = take
        self.guard = guard
        self.empty = empty  # what is sent to clear it
        self.clearable = clearable


ADDRESS, CONTACT = "ContactInfo.Address.", "ContactInfo."

# In the service's order, which is that of "Changed" in a result.
ADVERTISING = {
    "City": Column(ADDRESS + "City", take_text(0, 35)),
    "CountryCode": Column(ADDRESS + "CountryCode", take_country),
    "AddressId": Column(ADDRESS + "Id", take_long, guard=True),
    "Line1": Column(ADDRESS + "Line1", take_text(0, 35)),
    "Line2": Column(ADDRESS + "Line2", take_text(0, 35)),
    "Line3": Column(ADDRESS + "Line3", take_text(0, 35)),
    "Line4": Column(ADDRESS + "Line4", take_text(0, 35)),
    "PostalCode": Column(ADDRESS + "PostalCode", take_text(0, 10)),
    "StateOrProvince": Column(ADDRESS + "StateOrProvince", take_text(0, 0)),
    "AddressTimeStamp": Column(ADDRESS + "TimeStamp", take_base64, guard=True),
    "ContactByPhone": Column(CONTACT + "ContactByPhone", take_flag),
    "ContactByPostalMail": Column(CONTACT + "ContactByPostalMail", take_flag),
    "Email": Column(CONTACT + "Email", take_text(0, 100)),
    "EmailFormat": Column(CONTACT + "EmailFormat", take_word(EMAIL_FORMATS)),
    "Fax": Column(CONTACT + "Fax", take_text(0, 100)),
    "HomePhone": Column(CONTACT + "HomePhone", take_text(0, 100)),
    "ContactInfoId": Column(CONTACT + "Id", take_long, guard=True),
    "Mobile": Column(CONTACT + "Mobile", take_text(0, 100)),
    "Phone1": Column(CONTACT + "Phone1", take_text(0, 100)),
    "Phone2": Column(CONTACT + "Phone2", take_text(0, 100)),
    "CustomerId": Column("CustomerId", take_long, guard=True),
    "JobTitle": Column("JobTitle", take_text(0, 50)),
    "LastModifiedByUserId": Column("LastModifiedByUserId", take_long,
                                   guard=True),
    "LastModifiedTime": Column("LastModifiedTime", take_time, guard=True),
    "Lcid": Column("Lcid", take_word(LCIDS)),
    "FirstName": Column("Name.FirstName", take_text(0, 100)),
    "LastName": Column("Name.LastName", take_text(0, 100)),
    "MiddleInitial": Column("Name.MiddleInitial", take_text(0, 1)),
    "SecretAnswer": Column("SecretAnswer", take_text(5, 64)),
    "SecretQuestion": Column("SecretQuestion", take_word(QUESTIONS),
                             empty="None"),
    "UserLifeCycleStatus": Column("UserLifeCycleStatus",
                                  take_word(LIFE_CYCLES), guard=True),
    "TimeStamp": Column("TimeStamp", take_base64, guard=True),
    "UserName": Column("UserName", take_any, guard=True),
}

PARTNER = {
    "displayName": Column("displayName", take_text(0, 256), clearable=False),
    "firstName": Column("firstName", take_text(0, 64)),
    "lastName": Column("lastName", take_text(0, 64)),
    "userPrincipalName": Column("userPrincipalName", take_text(0, 113),
                                clearable=False),
    "usageLocation": Column("usageLocation", take_country, clearable=False),
    "phoneNumber": Column("phoneNumber", take_text(0, 64)),
    "immutableId": Column("immutableId", take_text(0, 256)),
    "userDomainType": Column("userDomainType", take_any, guard=True),
    "state": Column("state", take_any, guard=True),
    "lastDirectorySyncTime": Column("lastDirectorySyncTime", take_time,
                                    guard=True),
    "softDeletionTime": Column("softDeletionTime", take_time, guard=True),
    "etag": Column("attributes.etag", take_any, guard=True),
}


class Service:
    """What the services differ in, beside their columns."""

    def __init__(self, columns, key, title, same_key, respelt, kept,
                 sends_whole=True):
        self.columns = columns
        self.key = key  # the member with the Id
        self.title = title  # the column that services.sh has as TITLE
        self.same_key = same_key  # makes one Id of its spellings
        self.respelt = respelt  # makes another spelling of an Id
        self.kept = kept  # what the service itself sets at each update
        self.sends_whole = sends_whole  # or just what changes


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
    """The column that a header names, in either way and any letter case."""
    for name, column in COLUMNS.items():
        if header.lower() in (name.lower(), ".".join(column.path).lower()):
            return name
    return None
