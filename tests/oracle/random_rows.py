"""Prints a random input: random_rows.py SEED FIRST USERS ROWS ID-FORM.

The users have the numbers from FIRST; ID-FORM is the printf format of the Ids.
Most users have several rows. The header has a random order and spelling. One
row in thirty has an invalid cell.
"""
import csv
import random
import sys

from columns_of_user import (CLEAR, COLUMNS, EMAIL_FORMATS, LCIDS,
                             QUESTIONS, SERVICE, parse_country, parse_flag)

TEXTS = ["a", "Zoë", "O'Neil", 'Bob "B."', "鈴木 さくら", "🦊🚀",
         "a,b;c\t|d", "two\nlines", "cr\r\nlf", "  blanks around  ",
         "&lt;Núñez&gt;", "\\u0000", "nullable", "true", "0", "{}", "É", "delete",
         "=1+1", "*a*"]
INVALID = {"ContactByPhone": "perhaps", "Lcid": "KlingonKronos",
         "City": "x" * 36, "PostalCode": "12345678901", "MiddleInitial": "🦊",
         "SecretAnswer": "four", "CountryCode": "USA", "EmailFormat": "Rich",
         "usageLocation": "USA", "displayName": CLEAR, "immutableId": "x" * 257,
         "JobTitle": "NULL", "Line1": "#N/A", "Mobile": "4.42E+11",
         "Email": "jo\u200b@contoso.example", "phoneNumber": "+49\u00a030",
         "lastName": "#¡VALOR!"}
PHONES = ["Fax", "HomePhone", "Mobile", "Phone1", "Phone2", "phoneNumber"]


def random_case(rng, text):
    return rng.choice([text, text, text.lower(), text.upper()])


def random_text(rng, name):
    text = rng.choice(TEXTS)
    if name == "MiddleInitial":
        return rng.choice("aéЖ鈴")
    if name == "PostalCode":
        return text[:10]
    if name == "SecretAnswer":
        return text + "......"
    if name in PHONES:
        return rng.choice(["+49 30 1234", "(0)30-12", "a", "Zoë", "🦊🚀", " 1 "])
    if name in ("Email", "userPrincipalName"):
        return rng.choice(["zoë", "o'neil+x", "鈴木"]) + "@contoso.example"
    return text


def random_cell(rng, name):
    column = COLUMNS[name]
    choice = rng.random()
    if choice < 0.5:
        return ""
    if choice < 0.6 and column.clearable:
        return CLEAR
    if column.parse is parse_flag:
        return random_case(rng, rng.choice(["true", "false", "1", "0"]))
    if column.parse is parse_country:
        return rng.choice(["US", "de", "Jp", "FR"])
    for words, chosen in ((LCIDS, "Lcid"), (EMAIL_FORMATS, "EmailFormat"),
                          (QUESTIONS, "SecretQuestion")):
        if name == chosen:
            return random_case(rng, rng.choice(words))
    return random_text(rng, name)


def random_header(rng, name):
    path = ".".join(COLUMNS[name].path)
    return random_case(rng, rng.choice([name, name, path]))


def main():
    seed, first, users, rows = map(int, sys.argv[1:5])
    id_form = sys.argv[5]
    rng = random.Random(seed)
    names = [name for name in COLUMNS if not COLUMNS[name].guard]
    rng.shuffle(names)
    names = names[:rng.randint(min(8, len(names)), len(names))]
    writer = csv.writer(sys.stdout, lineterminator=rng.choice(["\n", "\r\n"]))
    writer.writerow(["Id"] + [random_header(rng, name) for name in names])
    for _ in range(rows):
        key = id_form % (first + rng.randrange(users))
        if rng.random() < 0.05:
            key = SERVICE.other_spelling(key)
        cells = {name: random_cell(rng, name) for name in names}
        wrong = [name for name in names if name in INVALID]
        if wrong and rng.random() < 1 / 30:
            name = rng.choice(wrong)
            cells[name] = INVALID[name]
        writer.writerow([key, *cells.values()])


main()
