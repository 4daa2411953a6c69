"""The probes: each yields findings (name, holds, seen) about assumptions.

`holds` is True, False or None (not tested, for the reason in `seen`). What was
seen contains no text of the service but numbers and names of errors, members
and headers.
"""
import re
import time

from documents import ABSENT, is_empty, is_same, parse_json
from services import NoResponse, parse_time

PROBES = []  # functions, each with `names`, in their order


class NotTested(Exception):
    """Why the probe's other assumptions are not tested."""


class Stopped(Exception):
    """Why no other assumption can be tested."""


def probe(*names):
    def add(function):
        function.names = names
        PROBES.append(function)
        return function
    return add


class Write:
    """An update that was applied."""

    def __init__(self, before, changes, request, response):
        self.before, self.changes = before, changes
        self.request, self.response = request, response
        self.after = self.lag = None


class Lab:
    """The disposable user, and what was seen of them."""

    def __init__(self, service, original, settle, sibling):
        self.service, self.original = service, original
        self.settle, self.sibling = settle, sibling
        self.writes, self.rejections, self.versions = [], [], []
        self.backwards = self.count = 0

    def unique(self, text):
        """A text that no earlier probe has written."""
        self.count += 1
        return "%s %d" % (text, self.count)

    def read(self, user_id=None):
        for _ in range(3):
            try:
                response = self.service.get(user_id)
            except NoResponse as error:
                reason = str(error)
                continue
            user = self.service.user(response)
            if user:
                if user_id is None:
                    self.watch(user)
                return user
            reason = str(self.service.error(response) or "no user")
        raise (NotTested if user_id else Stopped)(
            "the user cannot be read: " + reason)

    def watch(self, user):
        """Counts reads that return an older version than a read before."""
        version = self.service.version(user)
        if version in self.versions[:-1]:
            self.backwards += version != self.versions[-1]
        elif version not in self.versions:
            self.versions.append(version)

    def need(self, path):
        if not self.original.user.has_parent(path):
            raise NotTested("the user has no " + path.rpartition(".")[0])

    def send(self, before, changes, pause=None):
        """Sends an update; the values are in the file before."""
        self.original.note(changes)
        request = self.service.build_update(before, changes)
        return Write(before, changes, request,
                     self.service.send(request, pause))

    def attempt(self, changes):
        """Writes; returns the write, and the error or None. A version that is
        stale is read again."""
        deadline = time.monotonic() + self.settle
        while True:
            write = self.send(self.read(), changes)
            error = self.service.error(write.response)
            if not error:
                self.finish(write)
            stale = error and self.service.is_stale(error) and \
                self.service.postal_code not in changes
            if not stale or time.monotonic() > deadline:
                return write, error
            self.service.after_stale()
            time.sleep(0.1)

    def write(self, changes):
        write, error = self.attempt(changes)
        if error:
            raise NotTested("the update was rejected: %s" % error)
        return write

    def finish(self, write):
        """Reads until the update is visible."""
        before = write.before.flat()
        while True:
            begun = time.monotonic()
            write.after = self.read()
            if write.after.flat() != before:
                write.lag = max(0, begun - write.response.ended)
                break
            if begun - write.response.ended > self.settle:
                break
            time.sleep(0.05)
        self.original.note({path: write.after.get(path)
                            for path in write.changes})
        self.writes.append(write)

    def rejected(self, before, error):
        """A finding about an update that must be rejected: was it, without an
        effect?"""
        if error is None:
            return False, "accepted"
        self.rejections.append(error)
        kept = self.read().flat() == before.flat()
        return kept, "%s; %s" % (error, "nothing changed" if kept
                                 else "the user changed")


def spelled(sent, got):
    """How the service has changed a text, without showing it."""
    if is_same(sent, got):
        return "as sent"
    if is_empty(got):
        return "empty"
    for change, what in ((str.strip, "trimmed"), (str.upper, "in uppercase"),
                         (str.lower, "in lowercase"), (str.title, "in title case"),
                         (lambda text: " ".join(text.split()), "blanks merged"),
                         (lambda text: re.sub("[^0-9+]", "", text),
                          "without punctuation")):
        if change(sent) == got:
            return what
    return "shortened" if sent.startswith(got) else "as another text"


# ---- versions ----------------------------------------------------------------


@probe("version-present", "version-of-reads", "ids-are-strings", "etag-absent",
       "no-byte-order-mark", "byte-order-mark")
def read_twice(lab):
    first, second = lab.read(), lab.read()
    service = lab.service
    last = service.log[-1]
    versions = service.version(first)
    if service.sends_whole_user:
        shapes = ["%s: %s" % (path, "absent" if is_empty(value) else
                              "%d characters" % len(value))
                  for path, value in zip(service.stamps, versions)]
        yield ("version-present", all(
            not is_empty(value) or not first.has_parent(path)
            for path, value in zip(service.stamps, versions)),
            "; ".join(shapes))
    else:
        etag = versions[0]
        yield "etag-absent", is_empty(etag), "absent" if is_empty(etag) else \
            "an etag, %s double quotes" % ("in" if etag.endswith('"')
                                           else "without")
    mark = last.body.startswith(b"\xef\xbb\xbf")
    for name, wanted in (("no-byte-order-mark", False),
                         ("byte-order-mark", True)):
        yield name, mark == wanted, "a mark" if mark else "no mark"
    if service.name == "rest":
        kind = type(parse_json(last.body)["User"]["Id"])
        yield "ids-are-strings", kind is str, \
            "a string" if kind is str else "a number"
    yield "version-of-reads", versions == service.version(second), \
        "the same" if versions == service.version(second) else "another one"


@probe("etag-quoted")
def etag_quoted(lab):
    service = lab.service
    before = lab.read()
    etag = service.version(before)[0]
    if is_empty(etag) or etag.endswith('"'):
        raise NotTested("the user has no etag without quotes")
    service.quotes_etags = True
    write = lab.send(before, {service.text: lab.unique("Live test")})
    error = service.error(write.response)
    yield "etag-quoted", not error, str(error or "accepted")


@probe("round-trip", "copy-rejected", "etag-stale", "copy-recognized")
def copy(lab):
    service, text = lab.service, lab.service.text
    first = lab.write({text: lab.unique("Live test")})
    if service.sends_whole_user:
        yield "round-trip", True, "applied"
        again = service.error(service.send(first.request))
        found, seen = lab.rejected(first.after, again)
        yield "copy-rejected", found and service.is_stale(again), seen
        return
    if not is_empty(service.version(first.before)[0]):
        request = service.build_update(first.before,
                                       {text: lab.unique("Live test")})
        lab.original.note({text: "Live test %d" % lab.count})
        stale = service.error(service.send(request))
        found, seen = lab.rejected(first.after, stale)
        yield "etag-stale", found and service.is_stale(stale), seen
    service.send(first.request)
    once = service.version(lab.read()) == service.version(first.after)
    second = lab.write({text: lab.unique("Live test")})
    error = service.error(service.send(first.request))
    kept = lab.read().flat() == second.after.flat()
    yield "copy-recognized", once and kept and not error, "%s; %s" % (
        error or "accepted", "not applied again" if once and kept
        else "applied again")


@probe("version-resolution")
def two_in_succession(lab):
    service, text = lab.service, lab.service.text
    if not service.sends_whole_user and is_empty(service.version(lab.read())[0]):
        raise NotTested("the user has no etag")
    first = lab.send(lab.read(), {text: lab.unique("Live test")}, 0)
    between = service.user(service.send(service.build_get(service.user_id), 0))
    second = between and lab.send(between, {text: lab.unique("Live test")}, 0)
    if not second or service.error(first.response) \
            or service.error(second.response):
        raise NotTested("one of the two updates was rejected")
    lab.finish(second)
    versions = [service.version(user) for user in (between, second.after)]
    yield "version-resolution", versions[0] != versions[1], \
        "%s, %.0f ms apart" % (
            "two versions" if versions[0] != versions[1] else "one version",
            (second.response.ended - first.response.ended) * 1000)


@probe("sibling-values", "sibling-version", "sibling-time")
def sibling(lab):
    service, text = lab.service, lab.service.text
    if not lab.sibling:
        raise NotTested("no --sibling was given")
    before = lab.read(lab.sibling)
    write = lab.write({text: lab.unique("Live test")})
    deadline = time.monotonic() + lab.settle
    while True:
        after = lab.read(lab.sibling)
        follows = is_same(after.get(text), write.after.get(text))
        if follows or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    yield "sibling-values", follows, "follow" if follows else "do not follow"
    changed = service.version(after) != service.version(before)
    yield "sibling-version", changed, "new" if changed else "unchanged"
    times = [user.get("LastModifiedTime") for user in (after, write.after)]
    yield "sibling-time", parse_time(times[0]) == parse_time(times[1]), \
        "the same" if times[0] == times[1] else "another time"


# ---- values ------------------------------------------------------------------


def text_probe(name, sample, phone=False):
    @probe(name)
    def write_text(lab):
        path = lab.service.phone if phone else lab.service.text
        lab.need(path)
        sent = sample % lab.unique("")[1:]
        got = lab.write({path: sent}).after.get(path)
        yield name, is_same(sent, got), spelled(sent, got)


text_probe("text-case", "McLIVE van dER Test %s")
text_probe("text-blanks", "  Live  test %s ")
text_probe("text-unicode", "Pr\xfcfung \u5e02\u5834 \U0001F642 %s")
text_probe("phone-format", "+49 (30) 5550-123 / %s", phone=True)


@probe("null-clears", "absent-clears")
def clear(lab):
    path = lab.service.text
    ways = [("null-clears", None)]
    if lab.service.sends_whole_user:
        ways.append(("absent-clears", ABSENT))
    for name, value in ways:
        lab.write({path: lab.unique("Live test")})
        got = lab.write({path: value}).after.get(path)
        yield name, is_empty(got), "kept" if not is_empty(got) else \
            "absent then" if got is ABSENT else \
            "null then" if got is None else "empty then"


@probe("length-limit", "length-units", "error-too-long")
def lengths(lab):
    path, limit = lab.service.text, lab.service.text_limit
    longest = lab.unique("Live test").ljust(limit, "x")
    found = []
    for text in (longest, longest + "x"):
        before = lab.read()
        error = lab.attempt({path: text})[1]
        found.append(error)
        if len(text) > limit:
            yield ("error-too-long", *lab.rejected(before, error))
    yield "length-limit", not found[0] and bool(found[1]), \
        "%d characters: %s; %d: %s" % (limit, found[0] or "accepted",
                                       limit + 1, found[1] or "accepted")
    # A smiley has two UTF-16 units.
    head = "%02d" % (lab.count % 100)
    many = [head + "\U0001F642" * (limit // 2 - extra) for extra in (1, 0)]
    found = [lab.attempt({path: text})[1] for text in many]
    yield "length-units", not found[0] and bool(found[1]), \
        "%d units: %s; %d: %s" % (limit, found[0] or "accepted", limit + 2,
                                  found[1] or "accepted")


@probe("business-name")
def business_name(lab):
    path = lab.service.business_name
    lab.need(path)
    before = lab.read()
    after = lab.write({path: lab.unique("Live test")}).after
    kept = is_same(before.get(path), after.get(path))
    yield "business-name", kept, "ignored" if kept else "stored"


# ---- errors ------------------------------------------------------------------


@probe("error-postal-code")
def postal_code(lab):
    path = lab.service.postal_code
    lab.need(path)
    before = lab.read()
    error = lab.attempt({path: "12345678901"})[1]
    found, seen = lab.rejected(before, error)
    yield "error-postal-code", found and error.name != "TimestampNotMatch", seen


@probe("error-no-user", "error-no-partner-user")
def no_user(lab):
    error = lab.service.error(lab.service.get(lab.service.nobody))
    lab.rejections += [error] if error else []
    seen = str(error or "a user")
    yield "error-no-user", bool(error) and error.code == 210, seen
    yield "error-no-partner-user", bool(error) and \
        (error.status, error.code) == (404, 60002), seen


@probe("error-invalid-id")
def invalid_id(lab):
    error = lab.service.error(lab.service.get(lab.service.invalid_id))
    yield "error-invalid-id", bool(error) and bool(error.form) and \
        error.status != 401, str(error or "a user")


@probe("error-token", "error-partner-token")
def wrong_token(lab):
    error = lab.service.error(lab.service.get(token="not.a.token"))
    lab.rejections += [error] if error else []
    seen = str(error or "accepted")
    yield "error-token", bool(error) and (
        error.code in (105, 109) or
        error.name in ("InvalidCredentials", "AuthenticationTokenExpired")), seen
    yield "error-partner-token", bool(error) and error.status == 401, seen


# ---- what all calls have shown -----------------------------------------------


def share(findings, good, bad):
    """A finding about many calls, from a list of truths."""
    if not findings:
        return None, "no such call"
    right = sum(map(bool, findings))
    if right == len(findings):
        return True, "%s in %d of %d" % (good, right, right)
    seen = "%s in %d of %d" % (bad, len(findings) - right, len(findings))
    if right:
        return None, seen + ": other programs may have changed the user"
    return False, seen


@probe("version-changes")
def version_changes(lab):
    service = lab.service
    versions = [[service.version(user) for user in (write.before, write.after)]
                for write in lab.writes]
    if not any(value for pair in versions for user in pair
               for value in user if not is_empty(value)):
        raise NotTested("the user has no etag")
    yield ("version-changes", *share([a != b for a, b in versions],
                                     "a new version", "the same version"))


@probe("time-returned", "time-grows")
def times(lab):
    returned, grows, digits = [], [], set()
    for write in lab.writes:
        said = lab.service.time_of(write.response)
        shown = [user.get("LastModifiedTime")
                 for user in (write.before, write.after)]
        returned.append(parse_time(said) == parse_time(shown[1]))
        grows.append((parse_time(said) or 0) > (parse_time(shown[0]) or 0))
        digits.add(len(str(said).partition(".")[2]))
    yield ("time-returned", *share(returned, "the same", "another one"))
    found, seen = share(grows, "later", "not later")
    yield "time-grows", found, "%s; %s decimals" % (
        seen, " or ".join(map(str, sorted(digits))))


@probe("rest-kept", "update-returned")
def rest_kept(lab):
    kept, returned = [], []
    for write in lab.writes:
        before, after = write.before.flat(), write.after.flat()
        kept.append(all(
            before.get(path) == after.get(path) or path in write.changes
            or path in lab.service.maintained
            for path in before.keys() | after.keys()))
        shown = lab.service.user(write.response)
        returned.append(shown and shown.flat() == after)
    yield ("rest-kept", *share(kept, "unchanged", "something else changed"))
    yield ("update-returned", *share(returned, "the new user", "another body"))


@probe("read-lag")
def read_lag(lab):
    lags = [write.lag for write in lab.writes]
    late = [lag for lag in lags if lag is None or lag > 0.5]
    if None in lags:
        yield "read-lag", False, "not visible after %g s in %d of %d" % (
            lab.settle, lags.count(None), len(lags))
        return
    seen = "visible at once in %d of %d" % (len(lags) - len(late), len(lags))
    if late:
        seen += ", after %.1f s at most" % max(late)
    if lab.backwards:
        seen += "; an older version came back %d times" % lab.backwards
    yield ("read-lag", True, seen) if lags else ("read-lag", None, "no update")


@probe("error-format", "error-status")
def error_format(lab):
    errors = lab.rejections
    yield ("error-format", *share([error.form for error in errors],
                                  "the service's own", "another format"))
    statuses = sorted({error.status for error in errors})
    yield "error-status", bool(statuses) and set(statuses) <= {200, 500}, \
        "HTTP " + " or ".join(map(str, statuses))


@probe("tracking-id", "date-header", "not-compressed")
def headers(lab):
    log = lab.service.log
    yield ("tracking-id", *share([lab.service.has_tracking_id(response)
                                  for response in log], "there", "absent"))
    ahead = [response.date() - response.clock for response in log
             if response.date() is not None]
    found, seen = share([response.date() is not None for response in log],
                        "there", "absent")
    if ahead:
        worst = max(ahead, key=abs)
        found = found and abs(worst) < 60
        seen += "; %+.0f s from this clock" % worst
    yield "date-header", found, seen
    yield ("not-compressed", *share(
        [response.encoding.lower() in ("", "identity") for response in log],
        "not compressed", "compressed"))


@probe("throttled", "partner-throttled")
def throttled(lab):
    if not lab.service.throttled:
        raise NotTested("no call of %d was throttled" % len(lab.service.log))
    error, asked = lab.service.throttled[0]
    seen = "%s; Retry-After: %s; %d of %d calls" % (
        error, "none" if asked is None else
        "seconds" if asked.isdigit() else "a date or a text",
        len(lab.service.throttled), len(lab.service.log))
    yield "throttled", asked is None and (
        error.code in (117, 207) or error.status == 429), seen
    yield "partner-throttled", error.status == 429 and asked is not None \
        and asked.isdigit(), seen
