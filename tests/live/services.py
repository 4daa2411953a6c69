"""The services as this script calls them, one call at a time.

Written from the references of the services. No code of the program is used,
because a mistake in both would not be noticed.
"""
import datetime
import email.utils
import gzip
import http.client
import json
import re
import ssl
import time
import urllib.parse
import uuid
import zlib
from xml.sax.saxutils import escape

from documents import (ABSENT, JsonUser, Unreadable, XmlUser, children,
                       parse_json, parse_xml, text_of)

THROTTLED_TRIES, THROTTLED_WAIT = 4, 30


class NoResponse(Exception):
    """A call without a complete response: the outcome is unknown."""


class Response:
    def __init__(self, kind, status, headers, body):
        self.kind, self.status, self.headers = kind, status, headers
        self.body = body
        self.ended = time.monotonic()
        self.clock = time.time()
        self.encoding = headers.get("Content-Encoding", "")
        try:
            if self.encoding.lower() == "gzip":
                self.body = gzip.decompress(body)
        except (OSError, EOFError, zlib.error):
            pass  # then the body is unreadable

    def date(self):
        """The Date header in seconds, or None."""
        try:
            return email.utils.parsedate_to_datetime(
                self.headers.get("Date", "")).timestamp()
        except (TypeError, ValueError):
            return None


class Error:
    """An error. form: how the service wraps it; "" if it is not the service's
    own format."""

    def __init__(self, response, form="", code=None, name=""):
        self.status, self.form = response.status, form
        code = code if isinstance(code, str) else ""
        self.code = int(code) if re.fullmatch("[0-9]{1,9}", code) else None
        if self.code is None:
            name = name or code
        name = name if isinstance(name, str) else ""
        self.name = name if re.fullmatch("[A-Za-z0-9]{1,64}", name) else ""

    def __str__(self):
        """Contains no text of the service but numbers and names of errors."""
        if not self.form:
            return "HTTP %d without an error of the service" % self.status
        words = [self.form, "" if self.code is None else str(self.code),
                 self.name]
        return "HTTP %d, %s" % (self.status, " ".join(filter(None, words)))


class Request:
    def __init__(self, kind, method, path, headers, body=None):
        self.kind, self.method, self.path = kind, method, path
        self.headers, self.body = headers, body


def parse_time(text):
    """A time of the service in seconds, or None."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z?",
                         str(text))
    if not match:
        return None
    whole = datetime.datetime.fromisoformat(match[1] + "+00:00").timestamp()
    return whole + float(match[2] or 0)


class Service:
    """What all services have in common: one call at a time, and a log of the
    responses."""
    customer = None

    def __init__(self, endpoint, user_id, tokens, timeout=60, pause=1):
        self.url = urllib.parse.urlsplit(endpoint)
        self.user_id, self.tokens = user_id, tokens
        self.timeout, self.pause = timeout, pause
        self.log, self.throttled = [], []

    def send_once(self, request):
        secure = self.url.scheme == "https"
        connection = (
            http.client.HTTPSConnection(self.url.netloc, timeout=self.timeout,
                                        context=ssl.create_default_context())
            if secure else
            http.client.HTTPConnection(self.url.netloc, timeout=self.timeout))
        headers = {"User-Agent": "bauser-batch-live-test",
                   "Accept-Encoding": "identity", **request.headers,
                   **self.headers_of_call()}
        try:
            connection.request(request.method, self.url.path + request.path,
                               request.body, headers)
            response = connection.getresponse()
            return Response(request.kind, response.status, response.headers,
                            response.read(1 << 22))
        except (OSError, http.client.HTTPException) as error:
            # Only the kind of the failure: a text could contain an address.
            raise NoResponse(type(error).__name__) from None
        finally:
            connection.close()

    def headers_of_call(self):
        """Those that differ even if a request is sent again."""
        return {}

    def send(self, request, pause=None):
        """A call that is throttled is sent again after a wait."""
        for wait in [THROTTLED_WAIT] * THROTTLED_TRIES + [None]:
            time.sleep(self.pause if pause is None else pause)
            response = self.send_once(request)
            self.log.append(response)
            error = self.error(response)
            if not error or not self.is_throttled(error):
                return response
            self.throttled.append((error, response.headers.get("Retry-After")))
            if wait is None:
                return response
            asked = response.headers.get("Retry-After", "")
            time.sleep(min(int(asked), 300) if asked.isdigit() else wait)
        return response

    def after_stale(self):
        """An update was rejected as stale. That may have another cause."""

    def is_throttled(self, error):
        return error.status == 429 or error.code == 117 or \
            error.name == "ConcurrentRequestOverLimit"

    def get(self, user_id=None, token=None):
        return self.send(self.build_get(user_id or self.user_id, token))

    def user(self, response):
        """The user in a response to GetUser; None if there is none."""
        try:
            return None if self.error(response) else self.find_user(response)
        except Unreadable:
            return None

    def error(self, response):
        """None for a success."""
        try:
            return self.find_error(response)
        except Unreadable:
            return Error(response)


# ---- Microsoft Advertising ---------------------------------------------------


class Advertising(Service):
    hosts = {"production": "https://clientcenter.api.bingads.microsoft.com",
             "sandbox": "https://clientcenter.api.sandbox.bingads.microsoft.com"}
    scopes = {"production": "https://ads.microsoft.com/msads.manage",
              "sandbox": "https://si.ads.microsoft.com/msads.manage"}
    needs_developer_token, has_tenants, id_path = True, False, "Id"
    nobody, invalid_id = "9223372036854775807", "not-a-number"
    text, text_limit = "JobTitle", 50
    phone = "ContactInfo.Phone1"
    postal_code = "ContactInfo.Address.PostalCode"
    business_name = "ContactInfo.Address.BusinessName"
    stamps = ["TimeStamp", "ContactInfo.Address.TimeStamp"]
    maintained = set(stamps + ["LastModifiedTime", "LastModifiedByUserId"])
    sends_whole_user = True

    def version(self, user):
        return [user.get(path) for path in self.stamps]

    def is_stale(self, error):
        return error.code == 209 or error.name == "TimestampNotMatch"


class Rest(Advertising):
    name, title = "rest", "Bing Ads REST v13"
    document = JsonUser

    def headers(self, token=None):
        return {"Authorization": "Bearer " + (token or self.tokens.access()),
                "DeveloperToken": self.tokens.developer,
                "Content-Type": "application/json",
                "Accept": "application/json"}

    def build_get(self, user_id, token=None):
        return Request("GetUser", "POST", "/CustomerManagement/v13/User/Query",
                       self.headers(token), json.dumps({"UserId": user_id}))

    def build_update(self, user, changes):
        user = user.copy()
        for path, value in changes.items():
            user.put(path, value)
        return Request("UpdateUser", "PUT", "/CustomerManagement/v13/User",
                       self.headers(), '{"User":%s}' % user.text())

    def find_user(self, response):
        user = parse_json(response.body).get("User")
        return JsonUser(user) if isinstance(user, dict) else None

    def time_of(self, response):
        return parse_json(response.body).get("LastModifiedTime")

    def has_tracking_id(self, response):
        return bool(response.headers.get("TrackingId"))

    def find_error(self, response):
        document = parse_json(response.body)
        if not isinstance(document, dict):
            return Error(response)
        for form, member in (("AdApiFaultDetail", "Errors"),
                             ("ApiFault", "OperationErrors")):
            part = document.get(member)
            part = part[0] if isinstance(part, list) and part else {}
            if document.get("Type") == form and "Code" in part:
                return Error(response, form, part["Code"],
                             part.get("ErrorCode"))
        if response.status == 200 and ("User" in document or
                                       "LastModifiedTime" in document):
            return None
        return Error(response)


SPACE = "https://bingads.microsoft.com/Customer/v13"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


class Soap(Advertising):
    name, title = "soap-v13", "Bing Ads SOAP v13"
    document = XmlUser

    def build(self, action, content, token=None):
        body = (
            '<s:Envelope xmlns:s="%s" xmlns:c="%s"><s:Header>'
            '<c:Action mustUnderstand="1">%s</c:Action>'
            '<c:AuthenticationToken>%s</c:AuthenticationToken>'
            '<c:DeveloperToken>%s</c:DeveloperToken></s:Header>'
            '<s:Body><c:%sRequest>%s</c:%sRequest></s:Body></s:Envelope>' % (
                ENVELOPE, SPACE, action, escape(token or self.tokens.access()),
                escape(self.tokens.developer), action, content, action))
        return Request(action, "POST", "/Api/CustomerManagement/v13/"
                       "CustomerManagementService.svc",
                       {"Content-Type": "text/xml; charset=utf-8",
                        "SOAPAction": action}, body.encode())

    def build_get(self, user_id, token=None):
        return self.build("GetUser", "<c:UserId>%s</c:UserId>" %
                          escape(user_id), token)

    def build_update(self, user, changes):
        user = user.copy()
        for path, value in changes.items():
            user.put(path, value)
        return self.build("UpdateUser", user.text())

    def content(self, response):
        """The first element in the Body."""
        envelope = parse_xml(response.body).documentElement
        body = children(envelope, "Body", ENVELOPE)
        found = children(body[0]) if body else []
        if not found:
            raise Unreadable("no SOAP envelope")
        return found[0]

    def find_user(self, response):
        found = children(self.content(response), "User", SPACE)
        return XmlUser(found[0]) if len(found) == 1 else None

    def time_of(self, response):
        found = children(self.content(response), "LastModifiedTime", SPACE)
        return text_of(found[0]) if found else None

    def has_tracking_id(self, response):
        try:
            envelope = parse_xml(response.body).documentElement
        except Unreadable:
            return False
        found = [part for header in children(envelope, "Header", ENVELOPE)
                 for part in children(header, "TrackingId", SPACE)]
        return bool(found and text_of(found[0]))

    def find_error(self, response):
        content = self.content(response)
        if content.localName.endswith("Response"):
            return None
        forms = {"AdApiFaultDetail": "https://adapi.microsoft.com",
                 "ApiFault": SPACE + "/Exception"}
        for detail in children(content, "detail"):
            for kind in children(detail):
                if forms.get(kind.localName) != kind.namespaceURI:
                    continue
                for error in [part for group in children(kind)
                              for part in children(group)]:
                    words = {part.localName: text_of(part)
                             for part in children(error)}
                    if "Code" in words:
                        return Error(response, kind.localName, words["Code"],
                                     words.get("ErrorCode"))
        return Error(response)


# ---- Partner Center ----------------------------------------------------------


class Partner(Service):
    name, title = "partner-center", "Partner Center"
    document = JsonUser
    hosts = {"production": "https://api.partnercenter.microsoft.com"}
    scopes = {"production":
              "https://api.partnercenter.microsoft.com/user_impersonation"}
    needs_developer_token, has_tenants, id_path = False, True, "id"
    nobody = "00000000-0000-4000-8000-000000000000"
    invalid_id = "not-a-guid"
    text, text_limit = "lastName", 64
    phone = "phoneNumber"
    postal_code = None
    maintained = {"attributes.etag"}
    sends_whole_user = False
    quotes_etags = True

    def headers(self, token=None):
        return {"Authorization": "Bearer " + (token or self.tokens.access()),
                "MS-Contract-Version": "v1", "X-Locale": "en-US",
                "MS-RequestId": str(uuid.uuid4()),
                "Accept": "application/json"}

    def headers_of_call(self):
        return {"MS-CorrelationId": str(uuid.uuid4())}

    def path(self, user_id):
        return "/v1/customers/%s/users/%s" % (self.customer, user_id)

    def build_get(self, user_id, token=None):
        return Request("GetUser", "GET", self.path(user_id),
                       self.headers(token))

    def build_update(self, user, changes):
        headers = {**self.headers(), "Content-Type": "application/json"}
        etag = user.get("attributes.etag")
        if self.quotes_etags and etag and not re.fullmatch('(W/)?".*"', etag):
            etag = '"%s"' % etag
        if etag:
            headers["If-Match"] = etag
        body = {path: None if value is ABSENT else value
                for path, value in changes.items()}
        body["attributes"] = {"objectType": "CustomerUser"}
        return Request("UpdateUser", "PATCH", self.path(self.user_id), headers,
                       json.dumps(body))

    def version(self, user):
        return [user.get("attributes.etag")]

    def is_stale(self, error):
        return error.code == 2055 or error.status == 412

    def after_stale(self):
        self.quotes_etags = not self.quotes_etags

    def find_user(self, response):
        user = parse_json(response.body)
        return JsonUser(user) if isinstance(user, dict) and "id" in user \
            else None

    def has_tracking_id(self, response):
        return bool(response.headers.get("MS-CorrelationId"))

    def find_error(self, response):
        document = parse_json(response.body)
        if not isinstance(document, dict):
            return Error(response)
        for part in [document, *document.values()]:
            if isinstance(part, dict) and "code" in part \
                    and "description" in part:
                return Error(response, "code", part["code"])
        return None if response.status == 200 else Error(response)


SERVICES = {service.name: service for service in (Rest, Soap, Partner)}
