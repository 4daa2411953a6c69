"""Decides on the page of a sign-in, as a person in a browser.

click.py ADDRESS DECISION TEXT

Opens the page in chromium, clicks the button with the value DECISION, and waits
for a page with TEXT. Prints a line for each problem: a script, a console
message, a request to another host than this machine, or horizontal scrolling at
400 pixels.
"""

import sys
import tempfile
import time
from urllib.parse import urlsplit

from chromium import Browser

PATIENCE = 60  # seconds


def problems(browser):
    for event in browser.seen:
        method, params = event.get("method"), event.get("params", {})
        if method == "Network.requestWillBeSent":
            host = urlsplit(params["request"]["url"]).hostname
            if host not in ("127.0.0.1", "localhost"):
                yield f"request to {host}"
        elif method == "Log.entryAdded":
            entry = params["entry"]
            yield f"console: {entry['text']} {entry.get('url', '')}"
        elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            yield f"script: {method}"


def wait_for(browser, text):
    end = time.monotonic() + PATIENCE
    while text not in (found := browser.evaluate("document.body.innerText")
                       or ""):
        if time.monotonic() > end:
            sys.exit(f"the page says: {found}")
        time.sleep(0.05)


def main():
    address, decision, text = sys.argv[1:4]
    found = []
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(profile)
        browser.open(address)
        browser.evaluate(
            f"document.querySelector('button[value={decision}]').click()")
        wait_for(browser, text)
        browser.resize(400)
        wide = browser.evaluate("document.documentElement.scrollWidth")
        if wide > 400:
            found.append(f"{wide} pixels wide instead of 400")
        if browser.evaluate("document.scripts.length"):
            found.append("the page contains a script")
        found += problems(browser)
        browser.close()
    print("\n".join(found))
    return 1 if found else 0


sys.exit(main())
