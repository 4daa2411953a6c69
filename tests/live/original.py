"""The user as it was: saved before the first write, and restored.

The file has a line of JSON for the original, and one before each write with the
values that will be written. So a restore after a kill knows which values are
this script's: it replaces only those, and keeps what others have written. The
file contains personal data; its mode is 0600.
"""
import json
import os
import time

from documents import is_empty, is_same, is_similar
from services import NoResponse


class NotRestored(Exception):
    """The argument names members, but contains no value of the user."""


class Original:
    def __init__(self, name, facts, user):
        self.name, self.facts, self.user = name, facts, user
        self.written = {}  # lists of values by path

    @classmethod
    def save(cls, name, facts, user):
        """Fails if the file exists: it may be all that is left of a user."""
        os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        original = cls(name, facts, user)
        original.append({**facts, "original": user.text()})
        directory = os.open(os.path.dirname(name) or ".", os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)
        return original

    @classmethod
    def load(cls, name, parse_user):
        """parse_user(facts) reads the user. What follows the last line end was
        not complete when the script ended, so nothing was sent after it."""
        with open(name, encoding="utf-8") as file:
            lines = file.read().split("\n")[:-1]
        if not lines:
            raise NotRestored("nothing was written to the user; remove " + name)
        facts = json.loads(lines[0])
        original = cls(name, facts, parse_user(facts))
        for line in lines[1:]:
            original.remember(json.loads(line))
        return original

    def append(self, entry):
        with open(self.name, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def remember(self, values):
        for path, value in values.items():
            self.written.setdefault(path, []).append(value)

    def note(self, values):
        """These values will be written, or have been stored in this form."""
        values = {path: None if is_empty(value) else value
                  for path, value in values.items()}
        self.append(values)
        self.remember(values)

    def remove(self):
        os.unlink(self.name)

    def is_ours(self, path, value):
        return is_same(value, self.user.get(path)) or any(
            is_similar(value, written) for written in self.written[path])


def fetch(service, deadline):
    while True:
        try:
            response = service.get()
            user = service.user(response)
            if user:
                return user
            reason = str(service.error(response) or "no user")
        except NoResponse as error:
            reason = str(error)
        if time.monotonic() > deadline:
            raise NotRestored("the user cannot be read: " + reason)
        time.sleep(0.2)


def write_back(service, original, paths, overwrite, deadline):
    """Returns the members that others have changed. A write whose version is
    not the latest is rejected, so a write that is accepted proves that what was
    read is the latest version. Therefore it is sent even if nothing differs."""
    while True:
        user = fetch(service, deadline)
        theirs = [path for path in paths if not overwrite and
                  not original.is_ours(path, user.get(path))]
        changes = {path: original.user.get(path) for path in paths
                   if path not in theirs}
        if not changes:
            return theirs
        try:
            error = service.error(service.send(
                service.build_update(user, changes)))
            if not error:
                return theirs
            reason = str(error)
            if service.is_stale(error):
                service.after_stale()
            if not service.sends_whole_user and error.status == 400 and \
                    not service.is_stale(error) and \
                    shows(service, original, changes, deadline):
                return theirs  # it need not accept what it already has
        except NoResponse as failure:
            reason = str(failure)
        if time.monotonic() > deadline:
            raise NotRestored("the update is not accepted: " + reason)
        time.sleep(0.2)


def shows(service, original, changes, deadline):
    user = fetch(service, deadline)
    return all(is_similar(user.get(path), value)
               for path, value in changes.items())


def restore(service, original, settle, overwrite=False):
    """Writes back what this script has changed. Returns the members that others
    have changed: (among those of this script, which were kept; any other)."""
    paths = list(original.written)
    if not paths:
        return [], []
    deadline = time.monotonic() + settle
    theirs = []
    for part in [paths] if service.sends_whole_user else [[p] for p in paths]:
        theirs += write_back(service, original, part, overwrite, deadline)
    wanted = {path: original.user.get(path) for path in paths
              if path not in theirs}
    while not shows(service, original, wanted, deadline):
        if time.monotonic() > deadline:
            raise NotRestored("the service does not show the original values")
        time.sleep(0.2)
    before, after = original.user.flat(), fetch(service, deadline).flat()
    return theirs, sorted(
        path for path in before.keys() | after.keys()
        if before.get(path) != after.get(path)
        and path not in service.maintained and path not in paths)
