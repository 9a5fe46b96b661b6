"""A headless Chromium driven through its DevTools protocol; runs with Odoo's Python, which has websocket-client."""
import base64
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from itertools import count
from pathlib import Path

import websocket


class Browser:
    """One page of a headless browser, as a context manager."""

    def __init__(self, width=1440, height=900):
        self.size = width, height
        self.numbers = count(1)

    def __enter__(self):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        program = shutil.which("google-chrome") or shutil.which("chromium")
        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars",
             "--remote-debugging-port=0", "--remote-allow-origins=*", f"--user-data-dir={self.profile.name}",
             "--force-device-scale-factor=1", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port()}/json") as answer:
            page = next(tab for tab in json.load(answer) if tab["type"] == "page")
        self.socket = websocket.create_connection(page["webSocketDebuggerUrl"], timeout=60)
        width, height = self.size
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        return self

    def __exit__(self, *_error):
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        self.profile.cleanup()

    def _port(self):
        file = Path(self.profile.name, "DevToolsActivePort")
        for _try in range(200):
            if file.exists() and file.read_text():
                return file.read_text().splitlines()[0]
            time.sleep(0.1)
        raise TimeoutError("Chromium did not start")

    def send(self, method, **parameters):
        """Call a method of the protocol and return its result."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def evaluate(self, script):
        """Value of a JavaScript expression; a promise is awaited."""
        result = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{script[:100]}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, condition, seconds=30):
        """Wait until a JavaScript expression is true."""
        deadline = time.monotonic() + seconds
        while not self.evaluate(f"Boolean({condition})"):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{condition} did not become true in {seconds} s")
            time.sleep(0.1)

    def go(self, url, ready):
        """Open a page and wait until the selector `ready` is there and nothing is loading any more."""
        self.send("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")
        self.wait(f"document.querySelector({json.dumps(ready)}) !== null")
        self.settle()

    def settle(self):
        """Wait for images, fonts and Odoo's own loading sign."""
        self.wait("[...document.images].every(image => image.complete)"
                  " && !document.querySelector('.o_loading_indicator, .o_view_sample_data_loading')")
        self.evaluate("document.fonts.ready.then(() => true)")
        time.sleep(0.8)  # transitions and charts

    def screenshot(self, path):
        """Write the visible page as PNG."""
        data = self.send("Page.captureScreenshot", format="png")["data"]
        Path(path).write_bytes(base64.b64decode(data))
