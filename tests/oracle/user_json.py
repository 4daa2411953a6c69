"""Parses users as JSON without loss, and compares them member by member."""
import copy
import json

from columns_of_user import SERVICE


class Literal(str):
    """The spelling of a number: 1.50 differs from 1.5 and from any string."""

    def __eq__(self, other):
        return isinstance(other, Literal) and str.__eq__(self, other)

    def __ne__(self, other):
        return not self == other

    __hash__ = str.__hash__


def members(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a duplicate member")
    return found


def parse(text):
    return json.loads(text, parse_int=Literal, parse_float=Literal,
                      parse_constant=Literal, object_pairs_hook=members)


def same(one, other):
    """True if the JSON values are equal; types are not converted."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(
            same(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def get(user, path):
    """Returns the value at a path; None if it or a parent is null or absent."""
    for name in path:
        user = (user or {}).get(name)
    return user


def put(user, path, value):
    """Sets the value at a path; creates parents that are null or absent."""
    for name in path[:-1]:
        if user.get(name) is None:
            user[name] = {}
        user = user[name]
    user[path[-1]] = value


def without_maintained(user):
    """Returns a copy without the members that the service sets itself."""
    user = copy.deepcopy(user)
    for path in SERVICE.maintained:
        *parents, name = path.split(".")
        place = get(user, parents)
        if place is not None:
            place.pop(name, None)
    return user
