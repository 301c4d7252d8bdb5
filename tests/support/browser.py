"""A real Chromium without a window, driven by its DevTools protocol over a web socket.

The protocol and aiohttp, which the page needs anyway, are enough for what the tests of the page do: open, ask, click,
type, press keys, and take pictures.
"""

import asyncio
import base64
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import aiohttp

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
SIZES = {"phone": (390, 844), "tablet": (1024, 768), "desktop": (1600, 900)}
_ARGUMENTS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-port=0",
    "--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--hide-scrollbars", "--force-device-scale-factor=1", "--lang=en-GB", "--no-proxy-server",
    "--ignore-certificate-errors", "about:blank",
)  # fmt: skip
_LIMIT_S = 60.0
_KEYS = {"Tab": 9, "Enter": 13, "ArrowRight": 39, "ArrowLeft": 37, "+": 187, "-": 189, " ": 32}


def program():
    """The path of a Chromium, None where there is none."""
    return next((found for found in map(shutil.which, PROGRAMS) if found), None)


class Browser:
    """One tab. Everything that the page writes to the console, and every request that failed, is in ``complaints``."""

    def __init__(self):
        self._profile = tempfile.mkdtemp(prefix="nano-ocr-chromium-")
        command = [program(), "--user-data-dir=" + self._profile, *_ARGUMENTS]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._loop = asyncio.new_event_loop()
        self.complaints, self.asked, self._waiting, self._number = [], [], {}, 0
        self._loop.run_until_complete(self._connect())

    async def _connect(self):
        port_file = Path(self._profile, "DevToolsActivePort")
        end = time.monotonic() + _LIMIT_S
        while not (port_file.exists() and port_file.read_text().strip()):
            assert time.monotonic() < end and self.process.poll() is None, "Chromium does not start"
            await asyncio.sleep(0.05)
        port = port_file.read_text().split()[0]
        self._http = aiohttp.ClientSession()
        while True:
            async with self._http.get(f"http://127.0.0.1:{port}/json") as answer:
                pages = [one for one in await answer.json(content_type=None) if one["type"] == "page"]
            if pages:
                break
            await asyncio.sleep(0.05)
        self._socket = await self._http.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0)
        self._reader = asyncio.ensure_future(self._read())
        for domain in ("Page", "Runtime", "Log", "Network"):
            await self._command(domain + ".enable")

    async def _read(self):
        async for message in self._socket:
            found = json.loads(message.data)
            if "id" in found and found["id"] in self._waiting:
                self._waiting.pop(found["id"]).set_result(found)
            elif found.get("method") == "Log.entryAdded":
                self.complaints.append(found["params"]["entry"]["text"])
            elif found.get("method") == "Runtime.exceptionThrown":
                self.complaints.append(str(found["params"]["exceptionDetails"])[:500])
            elif found.get("method") == "Network.requestWillBeSent":
                self.asked.append(found["params"]["request"]["url"])

    async def _command(self, method, **parameters):
        self._number += 1
        number, future = self._number, self._loop.create_future()
        self._waiting[number] = future
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        answer = await asyncio.wait_for(future, _LIMIT_S)
        assert "error" not in answer, (method, answer)
        return answer["result"]

    def command(self, method, **parameters):
        return self._loop.run_until_complete(self._command(method, **parameters))

    # --- what a person does ------------------------------------------------------------------------------------------

    def size(self, name, dark=False):
        """A window of SIZES, light or dark."""
        width, height = SIZES[name]
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url):
        """Opens a page, and waits until it is loaded."""
        self.ask("window.old = true")
        self.command("Page.navigate", url=url)
        self.loaded()

    def loaded(self):
        self.until("window.old !== true && document.readyState === 'complete'", "the page")

    def ask(self, script):
        """The value of an expression in the page."""
        found = self.command("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, (script, found)
        return found["result"].get("value")

    def text(self, selector):
        return self.ask(f"(document.querySelector({json.dumps(selector)}) || {{}}).innerText || ''")

    def until(self, script, what="", seconds=_LIMIT_S):
        """Waits until an expression is true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                found = self.ask(script)
            except AssertionError:  # the page is being exchanged
                found = None
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{what or script} did not come; {self.complaints}; {self.text('body')[:800]}")

    def fill(self, selector, text):
        """Types into a field, as a keyboard does."""
        self.ask(f"document.querySelector({json.dumps(selector)}).focus()")
        self.command("Input.insertText", text=text)

    def click(self, selector, loads=True):
        """Clicks; ``loads``: another page comes."""
        self.ask(f"window.old = {str(loads).lower()}; document.querySelector({json.dumps(selector)}).click()")
        if loads:
            self.loaded()

    def press(self, key):
        """One key."""
        code = _KEYS[key]
        common = {"key": key, "windowsVirtualKeyCode": code, "code": key}
        typed = {"text": "\r"} if key == "Enter" else {"text": key} if len(key) == 1 else {}
        self.command("Input.dispatchKeyEvent", type="keyDown", **common, **typed)
        self.command("Input.dispatchKeyEvent", type="keyUp", **common)

    def focused(self):
        """What has the focus: its id, its address or its text."""
        return self.ask("(e => e.id || e.getAttribute('href') || e.innerText)(document.activeElement)")

    def picture(self, path, full=True):
        """A PNG of the whole page."""
        found = self.command("Page.captureScreenshot", format="png", captureBeyondViewport=full)
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(found["data"]))
        return path

    def close(self):
        try:
            self._reader.cancel()
            self._loop.run_until_complete(asyncio.gather(self._reader, return_exceptions=True))
            self._loop.run_until_complete(self._socket.close())
            self._loop.run_until_complete(self._http.close())
        finally:
            self._loop.close()
            self.process.terminate()
            self.process.wait(20)
            shutil.rmtree(self._profile, ignore_errors=True)
