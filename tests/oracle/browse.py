"""Opens an HTML file in chromium, and checks what a reader would notice.

browse.py FILE.html DIRECTORY

Writes screenshots at 1280 and 400 pixels, light and dark, and a PDF to
DIRECTORY. Prints a line for each problem: a network request, a console message,
a script, horizontal scrolling at 400 pixels, or text that is cut off.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path


class Browser:
    """A headless chromium, controlled by the DevTools protocol on a pipe."""

    def __init__(self, profile):
        command_in, self.commands = os.pipe()
        self.events, event_out = os.pipe()
        # The browser reads commands from descriptor 3 and writes to 4.
        spare = [os.dup(command_in), os.dup(event_out)]

        def redirect():
            os.dup2(spare[0], 3)
            os.dup2(spare[1], 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu",
             "--remote-debugging-pipe", f"--user-data-dir={profile}",
             "--hide-scrollbars", "--force-device-scale-factor=1"],
            preexec_fn=redirect, close_fds=False,
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for fd in (command_in, event_out, *spare):
            os.close(fd)
        self.number = 0
        self.rest = b""
        self.seen = []
        self.session = None

    def message(self):
        while b"\0" not in self.rest:
            data = os.read(self.events, 1 << 16)
            if not data:
                sys.exit("chromium has ended")
            self.rest += data
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **params):
        self.number += 1
        command = {"id": self.number, "method": method, "params": params}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        while (message := self.message()).get("id") != self.number:
            self.seen.append(message)
        if "error" in message:
            sys.exit(f"{method}: {message['error']['message']}")
        return message["result"]

    def wait(self, method):
        while not any(event.get("method") == method for event in self.seen):
            self.seen.append(self.message())

    def open(self, url):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")
        self.seen.clear()
        self.call("Page.navigate", url=url)
        self.wait("Page.loadEventFired")

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression,
                           returnByValue=True)
        return result["result"].get("value")

    def resize(self, width):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900,
                  deviceScaleFactor=1, mobile=False)

    def screenshot(self, width, scheme, path):
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme}])
        height = self.evaluate("document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": width, "scale": 1,
                "height": min(height, 8000)}
        data = self.call("Page.captureScreenshot", clip=clip,
                         captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(data["data"]))

    def close(self):
        self.session = None
        self.call("Browser.close")
        self.process.wait()


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
