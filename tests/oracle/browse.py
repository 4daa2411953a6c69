"""Opens an HTML file in chromium, and checks what a reader would notice.

browse.py FILE.html DIRECTORY

Writes screenshots at 1280 and 400 pixels, light and dark, and a PDF to
DIRECTORY. Prints a line for each problem: a network request, a console message,
a script, horizontal scrolling at 400 pixels, or text that is cut off.
"""

import base64
import sys
import tempfile
from pathlib import Path

from chromium import Browser

# Elements whose content is wider than they are, so that it is cut off or
# overlaps its neighbour.
OVERFLOWING = """[...document.querySelectorAll('main *:not(svg *)')]
    .filter(e => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1)
    .map(e => e.tagName + '.' + e.className + ': ' +
              e.textContent.trim().slice(0, 40))"""


def problems(browser, url):
    for event in browser.seen:
        method, params = event.get("method"), event.get("params", {})
        if method == "Network.requestWillBeSent":
            request = params["request"]["url"]
            if request != url:
                yield f"network request: {request}"
        elif method == "Log.entryAdded":
            yield f"console: {params['entry']['text']}"
        elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            yield f"script: {method}"


def main():
    page, directory = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    directory.mkdir(exist_ok=True)
    found = []
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(profile)
        browser.open(page.as_uri())
        for width in (1280, 400):
            browser.resize(width)
            for scheme in ("light", "dark"):
                browser.screenshot(width, scheme,
                                   directory / f"{width}-{scheme}.png")
            wide = browser.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                found.append(f"{wide} pixels wide instead of {width}")
            found += [f"at {width}: {text}"
                      for text in browser.evaluate(OVERFLOWING)]
        if browser.evaluate("document.scripts.length"):
            found.append("the page contains a script")
        pdf = browser.call("Page.printToPDF", preferCSSPageSize=True,
                           printBackground=True)
        (directory / "print.pdf").write_bytes(base64.b64decode(pdf["data"]))
        found += problems(browser, page.as_uri())
        browser.close()
    print("\n".join(found[:20]))
    return 1 if found else 0


sys.exit(main())
