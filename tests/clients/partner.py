"""Updates users of Partner Center with the requests of its SDK for .NET.

    partner.py ADDRESS TENANT COUNT

A PATCH contains a null for each property that is not set, names begin with an
upper-case letter, and no If-Match is sent. All calls have the same
MS-CorrelationId. Each user gets the displayName "Name N". Prints the number of
updates.
"""
import http.client
import json
import sys
import urllib.parse
import uuid

USER = ("UsageLocation Id UserPrincipalName FirstName LastName DisplayName "
        "PasswordProfile LastDirectorySyncTime UserDomainType State "
        "SoftDeletionTime Attributes").split()


def main(address, tenant, count):
    connection = http.client.HTTPConnection(
        urllib.parse.urlsplit(address).netloc)
    correlation = str(uuid.uuid4())

    def call(method, user_id, request=None):
        headers = {"Authorization": "Bearer sim-access-token",
                   "Accept": "application/json",
                   "MS-RequestId": str(uuid.uuid4()),
                   "MS-CorrelationId": correlation, "X-Locale": "en-US",
                   "MS-PartnerCenter-Client": "Partner Center .NET SDK",
                   "MS-SdkVersion": "3.4.0.0"}
        body = None
        if request is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(request, separators=(",", ":"))
        connection.request(
            method, f"/v1/customers/{tenant}/users/{user_id}", body, headers)
        response = connection.getresponse()
        text = response.read().decode("utf-8-sig")
        if response.status != 200:
            sys.exit(f"{method} {user_id}: {response.status} {text}")
        return json.loads(text)

    for number in range(1, count + 1):
        user_id = f"4b10bf41-ab11-40e3-8c53-{number:012}"
        before = call("GET", user_id)
        change = dict.fromkeys(USER) | {
            "DisplayName": f"Name {number}", "UserDomainType": "none",
            "State": "active", "Attributes": {"ObjectType": "CustomerUser"},
            "PasswordProfile": {"ForceChangePassword": True,
                                "Password": "testPw@!122B"}}
        after = call("PATCH", user_id, change)
        expected = before | {"displayName": f"Name {number}", "state": "active"}
        expected.pop("softDeletionTime")
        after.pop("softDeletionTime", None)
        if after != expected:
            sys.exit(f"{after} instead of {expected}")
    print(count)


if __name__ == "__main__":
    main(*sys.argv[1:3], int(sys.argv[3]))
