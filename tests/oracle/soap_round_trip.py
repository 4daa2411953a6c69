"""Sends users back over SOAP as received, byte for byte.

    soap_round_trip.py SERVICE CONTROL FIRST COUNT [TIMES]

For each version of SOAP and each of COUNT users from the Id FIRST, TIMES times
(1): gets the user and sends the User back unchanged in an UpdateUser. Only the
TimeStamps and the LastModified members of the stored user may change. Otherwise
prints the difference and exits with status 1.
"""
import http.client
import json
import sys
import urllib.parse
import xml.parsers.expat

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
CUSTOMER = "https://bingads.microsoft.com/Customer/"
HEADER = ("<c:Action mustUnderstand='1'>{0}</c:Action>"
          "<c:AuthenticationToken>sim-access-token</c:AuthenticationToken>"
          "<c:DeveloperToken>sim-developer-token</c:DeveloperToken>")
ENVELOPE = ("<s:Envelope xmlns:s='" + SOAP + "'><s:Header xmlns:c='{1}'>"
            + HEADER + "</s:Header><s:Body><c:{0}Request xmlns:c='{1}'>"
            "{2}</c:{0}Request></s:Body></s:Envelope>")


class Cutter:
    """Finds the User's bytes in a response, and the declared prefixes."""

    def __init__(self, response):
        self.response = response
        self.depth = 0
        self.scopes = [{}]
        self.start = self.end = None
        self.around = {}
        parser = xml.parsers.expat.ParserCreate()
        parser.StartElementHandler = self.open_element
        parser.EndElementHandler = self.close_element
        self.parser = parser
        parser.Parse(response, True)

    def open_element(self, name, attributes):
        self.depth += 1
        if self.depth == 4 and name.split(":")[-1] == "User":
            self.start = self.parser.CurrentByteIndex
            self.around = self.scopes[-1]
        scope = dict(self.scopes[-1])
        for key, value in attributes.items():
            if key == "xmlns" or key.startswith("xmlns:"):
                scope[key] = value
        self.scopes.append(scope)

    def close_element(self, name):
        if self.depth == 4 and name.split(":")[-1] == "User":
            at = self.parser.CurrentByteIndex
            # An empty element ends where it begins.
            self.end = self.response.index(b">", at) + 1
        self.scopes.pop()
        self.depth -= 1

    def user(self):
        """Returns the element, and the declarations that it needs."""
        text = self.response[self.start:self.end].decode()
        declared = "".join(
            " %s='%s'" % (key, value.replace("&", "&amp;"))
            for key, value in self.around.items())
        return text, declared


def update_of(response, version):
    user, declared = Cutter(response).user()
    # The prefix of the wrapper must differ from those that User needs.
    body = ENVELOPE.format("UpdateUser", CUSTOMER + version, "@")
    wrapper = "c:UpdateUserRequest xmlns:c="
    body = body.replace(wrapper, "Wrap.per:UpdateUserRequest xmlns:Wrap.per=")
    body = body.replace("</c:UpdateUserRequest>", "</Wrap.per:UpdateUserRequest>")
    return body.replace(">@<", declared + ">" + user + "<").encode()


def plain(user):
    """Removes the members that change at each write; returns the user."""
    for name in ("TimeStamp", "LastModifiedTime", "LastModifiedByUserId"):
        user.pop(name, None)
    contact = user.get("ContactInfo")
    address = contact.get("Address") if isinstance(contact, dict) else None
    if isinstance(address, dict):
        address.pop("TimeStamp", None)
    return user


class Caller:
    def __init__(self, service, control, version):
        self.service = http.client.HTTPConnection(
            urllib.parse.urlsplit(service).netloc)
        self.control = http.client.HTTPConnection(
            urllib.parse.urlsplit(control).netloc)
        self.version = version

    def call(self, action, body):
        self.service.request(
            "POST", "/Api/CustomerManagement/%s/CustomerManagementService.svc"
            % self.version, body,
            {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": action})
        response = self.service.getresponse()
        return response.status, response.read()

    def stored(self, user_id):
        self.control.request("GET", "/users/%d" % user_id)
        # Numbers are compared by their spelling.
        return json.loads(self.control.getresponse().read(),
                          parse_float=lambda n: ["number", n],
                          parse_int=lambda n: ["number", n])

    def round_trip(self, user_id):
        """Returns a message, or None if the user is unchanged."""
        before = plain(self.stored(user_id))
        request = ENVELOPE.format("GetUser", CUSTOMER + self.version,
                                  "<c:UserId>%d</c:UserId>" % user_id)
        status, response = self.call("GetUser", request.encode())
        if status != 200:
            return "GetUser: %d %s" % (status, response.decode())
        sent = update_of(response, self.version)
        status, response = self.call("UpdateUser", sent)
        if status != 200:
            return "UpdateUser: %d %s\n%s" % (status, response.decode(),
                                              sent.decode())
        after = plain(self.stored(user_id))
        if list(before.items()) != list(after.items()):
            return "before %s\nafter  %s" % (before, after)
        return None


def main():
    service, control, first, count = sys.argv[1:5]
    times = int(sys.argv[5]) if len(sys.argv) > 5 else 1
    for version in ("v13", "v12", "v11"):
        caller = Caller(service, control, version)
        for user_id in range(int(first), int(first) + int(count)):
            for _ in range(times):
                problem = caller.round_trip(user_id)
                if problem:
                    sys.exit("%s user %d: %s" % (version, user_id, problem))


main()
