"""Users as JSON: read so that nothing is lost, compared member by member."""
import copy
import json

from columns_of_user import SERVICE


class Literal(str):
    """A number as it is spelt: 1.50 is not 1.5, and no string is either."""

    def __eq__(self, other):
        return isinstance(other, Literal) and str.__eq__(self, other)

    def __ne__(self, other):
        return not self == other

    __hash__ = str.__hash__


def members(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a doubled member")
    return found


def parse(text):
    return json.loads(text, parse_int=Literal, parse_float=Literal,
                      parse_constant=Literal, object_pairs_hook=members)


def same(one, other):
    """Equal as JSON values: a string is no number, true is no 1."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(
            same(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def get(user, path):
    """The value at a path; None where it or a parent is null or absent."""
    for name in path:
        user = (user or {}).get(name)
    return user


def put(user, path, value):
    """Sets a value; parents that are null or absent are made."""
    for name in path[:-1]:
        if user.get(name) is None:
            user[name] = {}
        user = user[name]
    user[path[-1]] = value


def without_kept(user):
    """A copy without what the service itself sets at each update."""
    user = copy.deepcopy(user)
    for path in SERVICE.kept:
        *parents, name = path.split(".")
        place = get(user, parents)
        if place is not None:
            place.pop(name, None)
    return user
