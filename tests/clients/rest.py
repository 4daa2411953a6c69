"""Updates users over REST with the requests that the official SDKs send.

    rest.py python|dotnet ADDRESS FIRST_ID COUNT

An SDK reads a response into objects and writes the objects again. Therefore it
does not send back what it received: members that it does not know are missing,
those that were absent are null, and times have another number of digits. Each
user gets the JobTitle "Titel N". The first of them is fetched without an Id.
Prints the number of updates.
"""
import http.client
import json
import re
import sys
import urllib.parse
from datetime import datetime

ADDRESS = ("City CountryCode Id Line1 Line2 Line3 Line4 PostalCode "
           "StateOrProvince TimeStamp BusinessName").split()
CONTACT = ("Address ContactByPhone ContactByPostalMail Email EmailFormat Fax "
           "HomePhone Id Mobile Phone1 Phone2").split()
NAME = "FirstName LastName MiddleInitial".split()
USER = ("ContactInfo CustomerId Id JobTitle LastModifiedByUserId "
        "LastModifiedTime Lcid Name Password SecretAnswer SecretQuestion "
        "UserLifeCycleStatus TimeStamp UserName ForwardCompatibilityMap "
        "AuthenticationToken").split()
PARTS = {"ContactInfo": CONTACT, "Address": ADDRESS, "Name": NAME}


def known(received, names):
    """Keeps the known members, and adds those that are absent as null."""
    return {name: known(received[name], PARTS[name])
            if name in PARTS and received.get(name) is not None
            else received.get(name) for name in names}


def typed_map(user):
    if user["ForwardCompatibilityMap"] is not None:
        user["ForwardCompatibilityMap"] = [
            {"Key": pair.get("Key"), "Value": pair.get("Value")}
            for pair in user["ForwardCompatibilityMap"]]


class PythonSdk:
    """Version 13.0.28 of the SDK for Python: pydantic and urllib3."""

    headers = {"CustomerAccountId": "None", "CustomerId": "None",
               "User-Agent": "BingAdsSDKPython.RestApi 13.0.28.1 (3, 11, 2)",
               "Accept": "application/json",
               "Content-Type": "application/json",
               "Accept-Encoding": "identity"}

    def read(self, received):
        user = known(received, USER)
        time = datetime.fromisoformat(user["LastModifiedTime"])
        user["LastModifiedTime"] = time.isoformat()
        typed_map(user)
        return user

    def write(self, request):
        return json.dumps(request)


class DotNetSdk:
    """Version 13.0.28 of the SDK for .NET: System.Text.Json and HttpClient. It
    accepts only the members that it knows, and requires each of them."""

    headers = {"CustomerAccountId": "", "CustomerId": "",
               "User-Agent": "BingAdsSDK.NET.RestApi/13.0.28.0",
               "Content-Type": "application/json; charset=utf-8",
               "Accept-Encoding": "gzip, deflate, br"}

    def require(self, received, names):
        if sorted(received) != sorted(names):
            sys.exit(f"members {sorted(received)} instead of {sorted(names)}")
        for name in names:
            if name in PARTS and received[name] is not None:
                self.require(received[name], PARTS[name])

    def read(self, received):
        self.require(received, USER)
        user = known(received, USER)
        user["LastModifiedTime"] = re.sub(
            r"\.(\d*?)0*$", lambda at: "." + at[1] if at[1] else "",
            user["LastModifiedTime"])
        typed_map(user)
        return user

    def write(self, request):
        """Encodes all characters that HTML or JavaScript could interpret."""
        text = json.dumps(request, separators=(",", ":"))
        text = text.replace('\\"', "\\u0022")
        return re.sub("[<>&'+`\x7f]", lambda at: f"\\u{ord(at[0]):04X}", text)


def main(name, address, first, count):
    sdk = {"python": PythonSdk, "dotnet": DotNetSdk}[name]()
    headers = sdk.headers | {"DeveloperToken": "sim-developer-token",
                             "Authorization": "Bearer sim-access-token"}
    connection = http.client.HTTPConnection(
        urllib.parse.urlsplit(address).netloc)

    def call(method, path, request):
        connection.putrequest(method, "/CustomerManagement/v13/" + path,
                              skip_accept_encoding=True)
        body = sdk.write(request).encode()
        for header, value in headers.items():
            connection.putheader(header, value)
        connection.putheader("Content-Length", len(body))
        connection.endheaders(body)
        response = connection.getresponse()
        text = response.read().decode()
        if response.status != 200:
            sys.exit(f"{method} {path}: {response.status} {text}")
        return json.loads(text)

    for number in range(count):
        user_id = str(first + number) if number > 0 else None
        user = sdk.read(call("POST", "User/Query", {"UserId": user_id})["User"])
        if user["Id"] != str(first + number):
            sys.exit(f"user {user['Id']} instead of {first + number}")
        user["JobTitle"] = f"Titel {number}"
        response = call("PUT", "User", {"User": user})
        datetime.fromisoformat(response["LastModifiedTime"])
    print(count)


if __name__ == "__main__":
    main(*sys.argv[1:3], int(sys.argv[3]), int(sys.argv[4]))
