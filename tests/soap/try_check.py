"""Tests check.py: it must accept all valid envelopes and refuse all others.

Prints a message for each wrong verdict; the exit status is then 1.
"""
import re
import sys

import check
from envelope import DIRECTORY, INSTANCE, VERSIONS, prefixes

VALUES = {
    "c:ApplicationToken": "application", "c:AuthenticationToken": "access",
    "c:DeveloperToken": "developer", "c:Password": "secret",
    "c:UserName": "ann@contoso.example",
    "e:City": "Köln", "e:CountryCode": "DE", "e:Id": "9223372036854775807",
    "e:Line1": "1 &lt; 2 &amp;", "e:Line2": "", "e:Line3": "x" * 35,
    "e:Line4": "\t", "e:PostalCode": "50667", "e:StateOrProvince": "NRW",
    "e:TimeStamp": "AAECAwQFBgc=", "e:BusinessName": "B",
    "e:ContactByPhone": "true", "e:ContactByPostalMail": "0",
    "e:Email": "a@b.example", "e:EmailFormat": "Html", "e:Fax": "1",
    "e:HomePhone": "2", "e:Mobile": "3", "e:Phone1": "4", "e:Phone2": "5",
    "e:CustomerAppScope": "Advertiser", "e:CustomerId": "42",
    "e:JobTitle": "Chef", "e:LastModifiedByUserId": "-1",
    "e:LastModifiedTime": "2024-02-29T23:59:59.9999999",
    "e:Lcid": "EnglishUS", "e:FirstName": "Ann", "e:LastName": "Lee",
    "e:MiddleInitial": "É", "e:Password": "secret",
    "e:SecretAnswer": "12345", "e:SecretQuestion": "None",
    "e:UserLifeCycleStatus": "Active", "e:UserName": "ann@contoso.example",
    "e:IsMigratedToMicrosoftAccount": "false", "e:AuthenticationToken": "t",
    "g:key": "k", "g:value": "v", "c:Action": "UpdateUser",
}
ALL = "v11 v12 v13"


def update(version):
    """Returns an UpdateUser with every element of the version, one on each line."""
    with open(f"{DIRECTORY}/{version}.elements", encoding="utf-8") as file:
        lines = file.read().splitlines()
    text, closing = "", []
    for line in lines:
        tag = line.strip()
        name = tag.split()[0]
        while len(closing) > line.index(tag) // 2:
            text += closing.pop()
        text += f"<{tag}>"
        if name in VALUES:
            text += f"{VALUES[name]}</{name}>\n"
        else:
            text += "\n"
            closing.append(f"</{name}>\n")
    spaces = "".join(f' xmlns:{prefix}="{namespace}"'
                     for namespace, prefix in prefixes(version).items())
    text = text.replace("<s:Envelope>",
                        f'<s:Envelope{spaces} xmlns:i="{INSTANCE}">')
    return text + "".join(reversed(closing))


def get(version):
    return re.sub(r"<c:UpdateUserRequest>.*</c:UpdateUserRequest>",
                  "<c:GetUserRequest><c:UserId>7</c:UserId></c:GetUserRequest>",
                  update(version).replace(">UpdateUser<", ">GetUser<"),
                  flags=re.DOTALL)


def users_info(version):
    return get(version).replace(">GetUser<", ">GetUsersInfo<").replace(
        "<c:GetUserRequest><c:UserId>7</c:UserId></c:GetUserRequest>",
        USERS_INFO)


def element(name):
    """Returns a pattern for an element on its own line."""
    return rf"<{name}\b.*</{name}>\n"


def block(name):
    return rf"(?s:<{name}>.*</{name}>\n)"


def changed(text, pattern, new):
    result, count = re.subn(pattern, new, text, count=1)
    if not count:
        sys.exit(f"nothing to change: {pattern}")
    return result


def swap(one, other):
    return f"({element(one)})({element(other)})", r"\2\1"


def value(name, text):
    return f"<{name}>.*</{name}>", f"<{name}>{text}</{name}>"


def nil(name, word="true"):
    return f"<{name}>.*</{name}>", f'<{name} i:nil="{word}"/>'


def without(name):
    return element(name), ""


def before(name, text):
    return f"(<{name}>)", rf"{text}\1"


def next_to(neighbour, name, new):
    """Replaces the element with that name that follows this neighbour."""
    return f"({element(neighbour)}){element(name)}", rf"\1{new}"


def append(parent, text):
    """Appends text to the content of parent."""
    return f"(</{parent}>)", rf"{text}\1"


UNKNOWN = ('<e:Odd i:type="g:x"><e:City>no city</e:City>&amp; <e:X/>'
           '</e:Odd><e:Odd a=">"/> <e:id/>')
FOREIGN = '<o:Odd xmlns:o="urn:o" i:type="g:x">1E3<o:X/></o:Odd><Odd xmlns=""/>'

# Changes to an UpdateUser with every element that keep it valid.
VALID = [
    (ALL, r"(?s:<e:ContactInfo>.*</e:ContactInfo>\n)", ""),
    (ALL, *nil("e:City")),
    (ALL, *nil("e:Lcid")),
    (ALL, "<(e:City|e:Lcid)>", r'<\1 i:nil="false">'),
    (ALL, r"(?s:<e:Name>.*</e:Name>)", '<e:Name i:nil="1"/>'),
    (ALL, *without("e:SecretQuestion")),
    (ALL, *value("e:City", "<![CDATA[<Köln>]]>")),
    (ALL, *value("e:City", "<!-- no city -->")),
    (ALL, *value("e:City", "K\nö\n")),
    (ALL, *value("e:ContactByPhone", "1")),
    (ALL, r"<s:Envelope", '<?xml version="1.0" encoding="utf-8"?><s:Envelope'),
    (ALL, *append("e:Address", UNKNOWN + FOREIGN)),
    (ALL, *append("e:ContactInfo", FOREIGN + UNKNOWN)),
    (ALL, *append("e:Name", UNKNOWN + FOREIGN)),
    (ALL, *append("c:User", UNKNOWN + "\n" + UNKNOWN)),
    ("v11", *without("c:ApplicationToken")),
    ("v11", *without("c:Password")),
    ("v11", *without("c:UserName")),
    ("v12 v13", block("g:KeyValuePairOfstringstring"), ""),
    ("v12 v13", *nil("g:value")),
]

# Changes that make it invalid, with a pattern for the message.
REFUSED = [
    # the order
    (ALL, *swap("e:City", "e:CountryCode"), "not expected"),
    (ALL, *swap("e:Id", "e:JobTitle"), "not expected"),
    (ALL, *swap("e:TimeStamp", "e:UserName"), "not expected"),
    (ALL, *swap("e:FirstName", "e:LastName"), "not expected"),
    (ALL, *swap("c:AuthenticationToken", "c:DeveloperToken"), "not expected"),
    (ALL, f"({element('c:Action')})(?s:(.*))(</s:Header>)", r"\2\1\3",
     "not expected"),
    (ALL, f"({block('s:Header')})({block('s:Body')})", r"\2\1", "not expected"),
    (ALL, f"({element('e:City')})", r"\1\1", "not expected"),
    ("v12 v13", *swap("g:key", "g:value"), "not expected"),
    # missing elements
    (ALL, block("s:Header"), "", "Expected is"),
    (ALL, block("s:Body"), "", "Missing child"),
    (ALL, block("c:User"), "", "Missing child"),
    (ALL, block("c:UpdateUserRequest"), "", "Missing child"),
    (ALL, *without("c:Action"), "Expected is"),
    (ALL, r' mustUnderstand="1"', "", "mustUnderstand"),
    (ALL, *without("c:AuthenticationToken"), "Expected is"),
    (ALL, *without("c:DeveloperToken"), "c:DeveloperToken|DeveloperToken"),
    (ALL, *next_to("e:CustomerId", "e:Id", ""), "Expected is"),
    (ALL, *next_to("e:UserLifeCycleStatus", "e:TimeStamp", ""), "Expected is"),
    # elements of another version
    ("v11", *append("e:Address", "<e:BusinessName/>"), "another version"),
    ("v11", *append("c:User", "<e:ForwardCompatibilityMap/>"),
     "another version"),
    ("v11 v12", *append("c:User", "<e:AuthenticationToken/>"),
     "another version"),
    ("v12 v13", *before("e:CustomerId", "<e:CustomerAppScope/>"),
     "another version"),
    ("v12 v13", *append("c:User", "<e:IsMigratedToMicrosoftAccount/>"),
     "another version"),
    ("v12 v13", *before("c:AuthenticationToken", "<c:ApplicationToken/>"),
     "not expected"),
    ("v12 v13", *append("s:Header", "<c:Password/><c:UserName/>"),
     "not expected"),
    # nil
    (ALL, *nil("e:SecretQuestion"), "nillable|nil"),
    (ALL, *nil("e:SecretQuestion", "false"), "nillable|nil"),
    ("v11", *nil("e:IsMigratedToMicrosoftAccount"), "nillable|nil"),
    (ALL, *next_to("e:CustomerId", "e:Id", '<e:Id i:nil="true"/>'),
     "e:Id must not be nil"),
    (ALL, *next_to("e:UserLifeCycleStatus", "e:TimeStamp",
                   '<e:TimeStamp i:nil="1"/>'), "e:TimeStamp must not be nil"),
    (ALL, *nil("c:DeveloperToken"), "c:DeveloperToken must not be nil"),
    (ALL, block("c:User"), '<c:User i:nil="true"/>', "c:User must not be nil"),
    (ALL, "<e:City>", '<e:City i:nil="true">', "nil"),
    ("v12 v13", r"(?s:<g:KeyV.*</g:KeyValuePairOfstringstring>)",
     '<g:KeyValuePairOfstringstring i:nil="true"/>', "nil"),
    # namespaces
    (ALL, r"Customer/v1.\"", 'Customer/v10"', "Expected is"),
    (ALL, r"/Entities\"", '/entities"', "not expected"),
    (ALL, r"schemas.xmlsoap.org/soap/envelope/",
     "www.w3.org/2003/05/soap-envelope", "No matching global"),
    (ALL, r"<e:City>.*</e:City>", "<c:City>Köln</c:City>", "not expected"),
    (ALL, r"<c:Action(.*)</c:Action>", r"<s:Action\1</s:Action>",
     "not expected"),
    (ALL, ' mustUnderstand="1"', ' s:mustUnderstand="1"', "mustUnderstand"),
    ("v12 v13", r"System.Collections.Generic", "System.Collections",
     "not expected"),
    # order of unknown elements
    (ALL, *before("e:City", "<e:Odd/>"), "follows an unknown"),
    (ALL, *before("e:UserName", "<e:Odd/>"), "follows an unknown"),
    (ALL, *before("e:City", FOREIGN), "not expected"),
    (ALL, *append("s:Header", FOREIGN), "not expected"),
    (ALL, *append("c:UpdateUserRequest", "<e:Odd/>"), "not expected"),
    (ALL, *append("e:Address", "text"), "text|Character content"),
    # values
    (ALL, *value("e:City", "x" * 36), "maxLength"),
    (ALL, *value("e:CountryCode", "DEU"), "maxLength"),
    (ALL, *value("e:Line4", "x" * 36), "maxLength"),
    (ALL, *value("e:PostalCode", "x" * 11), "maxLength"),
    (ALL, *value("e:Email", "x" * 101), "maxLength"),
    (ALL, *value("e:JobTitle", "x" * 51), "maxLength"),
    (ALL, *value("e:MiddleInitial", "ab"), "maxLength"),
    (ALL, *value("e:SecretAnswer", "1234"), "minLength"),
    (ALL, *value("e:SecretAnswer", "x" * 65), "maxLength"),
    (ALL, *value("c:DeveloperToken", ""), "minLength"),
    ("v12 v13", *value("e:BusinessName", "x" * 101), "maxLength"),
    (ALL, *value("e:Lcid", "English"), "enumeration"),
    (ALL, *value("e:Lcid", ""), "enumeration"),
    (ALL, *value("e:EmailFormat", "html"), "enumeration"),
    (ALL, *value("e:SecretQuestion", "Nothing"), "enumeration"),
    (ALL, *value("e:UserLifeCycleStatus", "Gone"), "enumeration"),
    ("v11", *value("e:CustomerAppScope", "Publisher"), "enumeration"),
    (ALL, *value("e:ContactByPhone", "yes"), "xs:boolean"),
    (ALL, *value("e:ContactByPostalMail", "2"), "xs:boolean"),
    ("v11", *value("e:IsMigratedToMicrosoftAccount", "no"), "xs:boolean"),
    (ALL, *value("e:CustomerId", "9.1E+18"), "xs:long"),
    (ALL, *value("e:CustomerId", "9223372036854775808"), "xs:long"),
    (ALL, *next_to("e:CountryCode", "e:Id", "<e:Id>x</e:Id>"), "xs:long"),
    (ALL, *next_to("e:HomePhone", "e:Id", "<e:Id>x</e:Id>"), "xs:long"),
    (ALL, *next_to("e:CustomerId", "e:Id", "<e:Id>x</e:Id>"), "xs:long"),
    (ALL, *value("e:LastModifiedByUserId", "x"), "xs:long"),
    (ALL, *value("e:LastModifiedTime", "2023-02-29T00:00:00"), "xs:dateTime"),
    (ALL, *value("e:TimeStamp", "AAECAwQFBgc"), "xs:base64Binary"),
    (ALL, *next_to("e:UserLifeCycleStatus", "e:TimeStamp",
                   "<e:TimeStamp>AAA</e:TimeStamp>"), "xs:base64Binary"),
    (ALL, "<e:City>", '<e:City a="b">', "not allowed"),
    # the request
    (ALL, ">UpdateUser<", ">GetUser<", "comes with"),
    (ALL, ">UpdateUser<", ">FindUser<", "enumeration"),
    (ALL, "</c:UpdateUserRequest>", "</c:UpdateUserRequest><c:GetUserRequest>"
     "<c:UserId>1</c:UserId></c:GetUserRequest>", "not expected"),
    (ALL, r"<s:Envelope", "<!DOCTYPE s:Envelope><s:Envelope", "DOCTYPE"),
    (ALL, r"</s:Envelope>\n", "", "no element found"),
    (ALL, r"&amp;", "&", "not well-formed"),
]

# Changes that make a GetUser invalid.
GET_REFUSED = [
    (ALL, *value("c:UserId", ""), "xs:long"),
    (ALL, *value("c:UserId", "abc"), "xs:long"),
    (ALL, r"<c:UserId>.*</c:UserId>", "", "Missing child"),
    (ALL, r"c:GetUserRequest>", "c:GetUsersRequest>", "mismatched tag"),
    (ALL, r"<c:UserId>.*</c:UserId>", "<c:Id>7</c:Id>", "not expected"),
]


# Changes of a GetUser that the checks must accept.
GET_VALID = [
    (ALL, *nil("c:UserId")),
    (ALL, r"<c:UserId>7</c:UserId>", '<c:UserId i:nil="true"/>'),
]

USERS_INFO = ("<c:GetUsersInfoRequest><c:CustomerId>7</c:CustomerId>"
              "<c:StatusFilter>Active</c:StatusFilter></c:GetUsersInfoRequest>")

# The same of a GetUsersInfo.
LIST_VALID = [
    (ALL, r"<c:StatusFilter>.*</c:StatusFilter>", ""),
    (ALL, r">Active<", ">Deleted<"),
    (ALL, *nil("c:StatusFilter")),
]
LIST_REFUSED = [
    (ALL, r">Active<", ">active<", "enumeration"),
    (ALL, *value("c:CustomerId", "x"), "xs:long"),
    (ALL, *nil("c:CustomerId"), "not nillable|nil"),
    (ALL, r"<c:CustomerId>.*</c:CustomerId>", "", "not expected"),
    (ALL, r">GetUsersInfo<", ">GetUser<", "comes with"),
]


def cases():
    """Yields (version, envelope, description of the change, pattern for the
    message; None: it is valid)."""
    for version in VERSIONS:
        yield version, update(version), "UpdateUser", None
        yield version, get(version), "GetUser", None
        yield version, users_info(version), "GetUsersInfo", None
    for make, table in ((update, VALID), (update, REFUSED), (get, GET_VALID),
                        (get, GET_REFUSED), (users_info, LIST_VALID),
                        (users_info, LIST_REFUSED)):
        for versions, pattern, new, *reason in table:
            for version in versions.split():
                yield (version, changed(make(version), pattern, new),
                       f"{pattern} -> {new}", reason[0] if reason else None)


def main():
    bodies = {version: {} for version in VERSIONS}
    tried = list(cases())
    for number, (version, body, *_) in enumerate(tried):
        bodies[version][number] = body
    messages = {}
    for version in VERSIONS:
        messages |= check.check(version, bodies[version])
    failures = 0
    for number, (version, _, what, reason) in enumerate(tried):
        lines = messages.get(number, [])
        if bool(lines) != bool(reason) or (
                reason and not re.search(reason, "\n".join(lines))):
            print(f"{version}: {what}: {lines} instead of {reason}")
            failures += 1
    print(f"{len(tried)} envelopes tried")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
