"""A headless Chromium that tests drive through the DevTools protocol, and a mock for it to visit."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets

from codex_mockserver import Backend

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--remote-debugging-port=0",
)

_KEYS = {"Tab": 9, "Enter": 13, "ArrowDown": 40}
_PATIENCE = 60


class Page:
    """One tab in a browser context of its own."""

    def __init__(self, connection: websockets.ClientConnection) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        #: Whether the tab has left the page on which a navigation began: the load of that one may be told late.
        self._has_left = False
        self._loaded: asyncio.Future[None] | None = None
        self._session: str | None = None

    async def listen(self) -> None:
        """Hand out answers and events until the connection closes."""
        async for text in self._connection:
            message = json.loads(text)
            if "id" in message:
                self._answers.pop(message["id"]).set_result(message)
            elif message["method"] == "Page.frameNavigated":
                self._has_left = message["params"]["frame"]["url"] != "about:blank"
            elif message["method"] == "Page.loadEventFired" and self._has_left and not self._loaded.done():
                self._loaded.set_result(None)

    async def open(self) -> None:
        """Make the context and the tab."""
        context = (await self.command("Target.createBrowserContext"))["browserContextId"]
        target = await self.command("Target.createTarget", url="about:blank", browserContextId=context)
        attached = await self.command("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        await self.command("Page.enable")
        await self.command("Emulation.setFocusEmulationEnabled", enabled=True)

    async def command(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one DevTools command and return its result."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        answer = self._answers[number]
        await self._connection.send(json.dumps(message))
        result = await asyncio.wait_for(answer, _PATIENCE)
        assert "error" not in result, result
        return result["result"]

    @asynccontextmanager
    async def navigation(self) -> AsyncIterator[None]:
        """Wait after the block until the page that it leads to has loaded."""
        self._has_left, self._loaded = False, asyncio.get_running_loop().create_future()
        yield
        await asyncio.wait_for(self._loaded, _PATIENCE)
        # Chromium drops keys and clicks that come before the page is painted.
        await self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    async def goto(self, url: str) -> None:
        async with self.navigation():
            await self.command("Page.navigate", url=url)

    async def evaluate(self, expression: str) -> Any:
        result = await self.command("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    async def press(self, key: str) -> None:
        """Press and release a key, with the character that it types."""
        fields = {"key": key, "code": key, "windowsVirtualKeyCode": _KEYS[key]}
        text = {"text": "\r"} if key == "Enter" else {}
        await self.command("Input.dispatchKeyEvent", type="keyDown", **fields, **text)
        await self.command("Input.dispatchKeyEvent", type="keyUp", **fields)

    async def type(self, text: str) -> None:
        await self.command("Input.insertText", text=text)

    async def click(self, selector: str) -> None:
        """Press the mouse in the middle of an element."""
        element = f"document.querySelector({json.dumps(selector)})"
        await self.evaluate(f"{element}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
        box = f"(() => {{ const b = {element}.getBoundingClientRect();"
        x, y = await self.evaluate(f"{box} return [b.x + b.width / 2, b.y + b.height / 2]; }})()")
        for kind in ("mousePressed", "mouseReleased"):
            await self.command("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def show_as(self, width: int, height: int, *, scheme: str = "light") -> None:
        """Take the size of a screen and a color scheme."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        await self.command("Emulation.setDeviceMetricsOverride", **size)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        await self.command("Emulation.setEmulatedMedia", features=[feature])

    async def screenshot(self) -> bytes:
        """Return what the screen shows as PNG."""
        return base64.b64decode((await self.command("Page.captureScreenshot"))["data"])

    async def contrast(self, selector: str) -> float:
        """Return the contrast of an element's text against what is painted behind it."""
        script = """
        (() => {
          const rgb = text => text.match(/[\\d.]+/g).map(Number);
          const light = ([r, g, b]) => {
            const [x, y, z] = [r, g, b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * x + 0.7152 * y + 0.0722 * z;
          };
          let e = document.querySelector(%r);
          const front = light(rgb(getComputedStyle(e).color));
          while (rgb(getComputedStyle(e).backgroundColor)[3] === 0) e = e.parentElement;
          const back = light(rgb(getComputedStyle(e).backgroundColor));
          return (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
        })()
        """
        contrast: float = await self.evaluate(script % selector)
        return contrast

    async def accessibility(self) -> list[tuple[str, str]]:
        """Return role and name of every node that a screen reader meets."""
        nodes = (await self.command("Accessibility.getFullAXTree"))["nodes"]
        return [
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in nodes
            if not node.get("ignored") and "role" in node
        ]


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The DevTools address of a running Chromium with an empty profile."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    profile = tmp_path_factory.mktemp("chromium")
    command = [CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines = (line.rsplit(" ", 1)[-1].strip() for line in process.stderr if "DevTools listening on" in line)
        address = next(lines, None)
        assert address is not None, "Chromium ended before it listened"
        yield address
        process.terminate()
        process.communicate(timeout=_PATIENCE)


@pytest.fixture
async def page(chromium: str) -> AsyncIterator[Page]:
    """A fresh tab without cookies or history."""
    async with websockets.connect(chromium, max_size=None, proxy=None) as connection:
        page = Page(connection)
        listening = asyncio.create_task(page.listen())
        await page.open()
        yield page
    await listening


@pytest.fixture
async def site() -> AsyncIterator[Backend]:
    """A mock that listens on loopback."""
    async with Backend(seed=1) as backend:
        yield backend
