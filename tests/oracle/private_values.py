"""Random values in messages of a service, in every usual spelling.

    private_values.py rows SEED COUNT ID-FORM COLUMN... >rows
    private_values.py rules SEED CALL CODE STATUS BEFORE ROWS >rules
    private_values.py check VALUES... -- FILE...

rows: prints an input with random values for the users 1 to COUNT.

rules: prints rules for the simulator, one for each user of ROWS. The message of
each error contains a value of the user's row in ROWS or in BEFORE, in a random
spelling.

check: reads the inputs VALUES, and fails if a FILE contains one of their values
in any spelling. It decodes what can be decoded and compares letters and digits
only, so it does not depend on how the program finds them.
"""
import base64
import csv
import html
import json
import random
import re
import sys
import unicodedata
import urllib.parse

LETTERS = ["bcdfghjklmnpqrstvwxz", "äöüßéèñçåøłńśžřčďťőűğ",
           "абвгдежзиклмнопрстуфхцчшщэюя", "αβγδεζηθικλμνξοπρστυφχψω", "王小明李张东京都渋谷区北"]
MAX_MESSAGE = 120  # bytes that the simulator accepts


def random_word(rng, count):
    letters = rng.choice(LETTERS[:1] * 3 + LETTERS)
    return "".join(rng.choice(letters) for _ in range(count))


def random_value(rng):
    return rng.choice([
        lambda: random_word(rng, rng.randint(5, 14)),
        lambda: random_word(rng, 6).title() + " " + random_word(rng, 5),
        lambda: random_word(rng, 5) + "-" + random_word(rng, 7),
        lambda: "%s@%s.example" % (random_word(rng, 6), random_word(rng, 6)),
        lambda: "O'" + random_word(rng, 7).title() + " & Co",
        lambda: "+%d %d %d" % (rng.randint(10, 99), rng.randint(100, 999),
                               rng.randint(1000000, 9999999)),
    ])()


def escaped(value):
    return json.dumps(value)[1:-1]


def encoded(rng, value):
    return base64.b64encode((rng.choice(["", "a", "ab"]) + value
                             + rng.choice(["", "}", '"}'])).encode()).decode()


def spell(rng, value):
    words = value.split()
    return rng.choice([
        lambda: value,
        value.upper, value.lower, value.title, value.swapcase,
        lambda: urllib.parse.quote(value),
        lambda: urllib.parse.quote_plus(value.upper()),
        lambda: "".join("%%%02x" % byte for byte in value.encode()),
        lambda: html.escape(value),
        lambda: value.encode("ascii", "xmlcharrefreplace").decode(),
        lambda: "".join("&#x%X;" % ord(char) for char in value),
        lambda: escaped(value),
        lambda: escaped(escaped(value)),
        lambda: "".join("\\u%04X" % ord(char) for char in value),
        lambda: encoded(rng, value),
        lambda: encoded(rng, value.upper()),
        lambda: encoded(rng, escaped(value)),
        lambda: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
        lambda: unicodedata.normalize("NFD", value),
        lambda: " ".join(value.replace(" ", "")),
        lambda: "-".join(words),
        lambda: value.replace(" ", ""),
        lambda: value[:3] + "\u200b" + value[3:],
        lambda: value[:3] + "\u00ad" + value[3:],
        lambda: value[:max(5, len(value) - 2)] + "...",
        lambda: ", ".join(reversed(words)),
    ])()


def random_message(rng, values):
    while True:
        text = rng.choice([
            "The value '%s' is not valid.",
            "JobTitle=%s",
            "%s",
            "No <%s> in the request; code 7",
            'Error: {"value":"%s"}',
        ]) % spell(rng, rng.choice(values))
        if len(text.encode()) <= MAX_MESSAGE:
            return text


def read_rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def print_rows(seed, count, form, columns):
    rng = random.Random(int(seed))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["Id"] + columns)
    for number in range(1, int(count) + 1):
        out.writerow([form % number] + [random_value(rng) for _ in columns])


def print_rules(seed, call, code, status, before, rows):
    rng = random.Random(int(seed))
    rules = []
    for old, new in zip(read_rows(before), read_rows(rows)):
        assert old[0] == new[0]
        rules.append({"kind": "error", "call": call, "id": new[0],
                      "code": int(code), "status": int(status), "times": 1,
                      "message": random_message(rng, old[1:] + new[1:])})
    json.dump(rules, sys.stdout)


def normal(text):
    """The letters and digits, without regard to case and accents."""
    text = unicodedata.normalize("NFKD", text).casefold()
    text = re.sub(r"[\u200b\u00ad]|u\+200b|u\+00ad", "", text)
    return "".join(char for char in text if char.isalnum())


def decode_base64(match):
    found = ""
    for skip in range(4):
        data = match[0][skip:].replace("-", "+").replace("_", "/")
        data = data[:len(data) // 4 * 4] or "AAAA"
        found += " " + base64.b64decode(data).decode("utf-8", "replace")
    return found


def unescape_json(text):
    return re.sub(r"\\u([0-9A-Fa-f]{4})", lambda m: chr(int(m[1], 16)), text)


def readings(text):
    """The text in all readings: as it is and decoded again and again."""
    found = [text]
    for _ in range(3):
        text = unescape_json(html.unescape(urllib.parse.unquote(text)))
        text = text.replace("\\\\", "\\")
        found.append(text)
    for text in list(found):
        text = re.sub(r"[A-Za-z0-9+/_-]{4,}", decode_base64, text)
        found += [text, unescape_json(text.replace("\\\\", "\\"))]
    return [normal(text) for text in found]


def check(values, files):
    wanted = {normal(value): value
              for path in values for row in read_rows(path)
              for value in row[1:]}
    for path in files:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        for line in lines:
            for reading in readings(line):
                for key, value in wanted.items():
                    if key in reading:
                        sys.exit("%s contains %s: %s" % (path, value, line))


if sys.argv[1] == "rows":
    print_rows(*sys.argv[2:5], sys.argv[5:])
elif sys.argv[1] == "rules":
    print_rules(*sys.argv[2:])
else:
    split = sys.argv.index("--")
    check(sys.argv[2:split], sys.argv[split + 1:])
