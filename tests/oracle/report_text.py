"""Prints the text of a report, a line for each element that has some.

report_text.py FILE

Exits with 1, after a line with the reason, if the file is no complete HTML, or
contains a script, an event handler, a style attribute or anything that a
browser would load.
"""

import html.parser
import sys

VOID = {"meta", "br", "link", "img", "hr", "input"}
ALLOWED = set("html head title style body main header section footer div p h1 "
              "h2 h3 ul li span b small pre code table thead tbody tr th td "
              "figure figcaption svg defs pattern rect circle path line symbol "
              "use meta bdi".split())
BLOCKS = set("title p h1 h2 h3 li pre tr th td figcaption div section "
             "header footer ul b span small".split())


class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []
        self.text = [""]

    def handle_starttag(self, tag, attributes):
        if tag not in ALLOWED:
            sys.exit(fail(f"<{tag}>"))
        for name, value in attributes:
            if name.startswith("on") or name in ("style", "src") or \
                    name == "href" and not value.startswith("#"):
                sys.exit(fail(f"{name}={value}"))
        if tag not in VOID:
            self.open.append(tag)
        if tag in BLOCKS:
            self.text.append("")

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            sys.exit(fail(f"</{tag}> is misplaced"))
        if tag in BLOCKS:
            self.text.append("")

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "svg", "defs"):
            self.text[-1] += data.replace("\u00a0", " ")


def fail(why):
    print(why)
    return 1


def main():
    reader = Reader()
    with open(sys.argv[1], encoding="utf-8") as file:
        page = file.read()
    reader.feed(page)
    reader.close()
    if reader.open or not page.endswith("</html>\n"):
        return fail(f"not closed: {reader.open}")
    for line in reader.text:
        if line.strip():
            print(line.strip())
    return 0


sys.exit(main())
