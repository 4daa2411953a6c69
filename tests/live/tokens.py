"""The credentials, from the environment variables of bauser-batch. They are
never printed."""
import json
import os
import re
import tempfile
import urllib.error
import urllib.parse
import urllib.request


SIGN_IN = "token-lifetime", "token-type", "token-rotates"  # names of assumptions


class Refused(Exception):
    """Why the script does not start."""


def secret(name):
    """The value of a variable, or the content of the file that NAME_FILE
    names; None if neither is set."""
    value = os.environ.get(name)
    if os.environ.get(name + "_FILE"):
        try:
            with open(os.environ[name + "_FILE"], "rb") as file:
                value = file.read().decode("ascii", "replace").strip()
        except OSError as error:
            raise Refused("%s_FILE: %s" % (name, error.strerror)) from None
    if value and not re.fullmatch("[!-~]+", value):
        raise Refused("%s contains blanks or other characters that no token "
                      "has" % name)
    return value or None


class Tokens:
    """An access token, or a refresh token that it is requested with."""

    def __init__(self, service, environment):
        self.results = {}  # result and seen, by the name of an assumption
        self.developer = secret("BAUSER_DEVELOPER_TOKEN")
        if service.needs_developer_token and not self.developer:
            raise Refused("BAUSER_DEVELOPER_TOKEN is not set")
        self.token = secret("BAUSER_ACCESS_TOKEN")
        if self.token:
            self.results = {name: ("not tested", "an access token was given")
                            for name in SIGN_IN}
            return
        self.file = os.environ.get("BAUSER_REFRESH_TOKEN_FILE")
        if not self.file:
            raise Refused("set BAUSER_ACCESS_TOKEN, or "
                          "BAUSER_REFRESH_TOKEN_FILE and BAUSER_CLIENT_ID")
        self.url = os.environ.get("BAUSER_TOKEN_URL")
        if not self.url and environment == "this machine":
            raise Refused("BAUSER_TOKEN_URL is not set; a rehearsal must not "
                          "use the real token endpoint")
        self.scope = service.scopes.get(environment,
                                        service.scopes["production"])
        self.refresh()

    def access(self):
        return self.token

    def refresh(self):
        old = secret("BAUSER_REFRESH_TOKEN")
        form = {"client_id": secret("BAUSER_CLIENT_ID") or "",
                "scope": self.scope + " offline_access",
                "grant_type": "refresh_token", "refresh_token": old}
        if secret("BAUSER_CLIENT_SECRET"):
            form["client_secret"] = secret("BAUSER_CLIENT_SECRET")
        request = urllib.request.Request(
            self.url or "https://login.microsoftonline.com/common/oauth2/v2.0/"
            "token", urllib.parse.urlencode(form).encode())
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as response:
                grant = json.load(response)
        except urllib.error.HTTPError as error:
            raise Refused("the token endpoint responds with HTTP %d"
                          % error.code) from None
        except (OSError, ValueError) as error:
            raise Refused("no token: %s" % type(error).__name__) from None
        if not isinstance(grant, dict) or \
                not isinstance(grant.get("access_token"), str):
            raise Refused("the token endpoint responds without a token")
        new = grant.get("refresh_token")
        if new and new != old:
            self.save(new)
        self.token = grant["access_token"]
        self.judge(grant, new, old)

    def save(self, new):
        """Before the access token is used, as the old token may be spent."""
        directory = os.path.dirname(self.file) or "."
        descriptor, name = tempfile.mkstemp(dir=directory)
        with os.fdopen(descriptor, "w") as file:
            file.write(new + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, self.file)

    def judge(self, grant, new, old):
        life = grant.get("expires_in")
        number = isinstance(life, int) and life > 0
        self.results["token-lifetime"] = (
            "holds" if number and 600 <= life <= 90000 else "differs",
            "%d s" % life if number else "no whole number")
        self.results["token-rotates"] = (
            "holds" if new and new != old else "differs",
            "a new one" if new and new != old else
            "the same one" if new else "none")
        kind = str(grant.get("token_type", ""))
        self.results["token-type"] = (
            "holds" if kind.lower() == "bearer" else "differs",
            "Bearer" if kind.lower() == "bearer" else "another word")
