"""A headless chromium for tests, controlled by the DevTools protocol."""

import base64
import json
import os
import subprocess
import sys


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
