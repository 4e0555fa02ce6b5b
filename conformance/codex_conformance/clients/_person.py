"""The person at the browser: opens what a client wants opened, and presses buttons."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urljoin

import httpx

from codex_conformance.clients._app_servers import AppServers
from codex_mockserver.serving import SyncBackend
from codex_schemas import Problem

__all__ = ["Page", "Person", "Witness", "plain"]

_REAL_ISSUER = "https://auth.openai.com"
_AUTHORIZE = re.compile(r"https?://[^\s\"'<>\x1b\x07]+/oauth/authorize\?[^\s\"'<>\x1b\x07]+")
#: Colours and links of a terminal.
_ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\))")
_PATIENCE = 15.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Page(NamedTuple):
    """What the browser came to: the address, the status and the text."""

    url: str
    status: int
    text: str


class Person:
    """A person who is somebody on the mock."""

    def __init__(self, backend: SyncBackend, account: str = "plus", app_servers: AppServers | None = None) -> None:
        self.backend = backend
        self.account = account
        #: Where a login by way of an app-server waits.
        self.app_servers = app_servers
        #: What the client gave them to open or to type, letter by letter.
        self.given: list[str] = []
        #: Every page that the browser came to, in order.
        self.pages: list[Page] = []

    def open(self, url: str) -> Page:
        """Open an address in the browser, and follow where it leads."""
        return self._load("GET", url.replace(_REAL_ISSUER, self.backend.url))

    def decide(self, authorize_url: str, decision: str = "approve", account: str | None = None) -> Page:
        """Open the authorize page, and press a button where there is one; return the page that comes of it."""
        page = self.open(authorize_url)
        form = _Form(page.text)
        if not form.action or not self._is_ours(page):
            return page
        return self._submit(page, form, account=account or self.account, decision=decision)

    def enter_code(self, user_code: str, decision: str = "approve", account: str | None = None) -> Page:
        """Open the device page, type the code and press a button; return the page that follows."""
        page = self.open(f"{self.backend.url}/codex/device")
        form = _Form(page.text)
        return self._submit(page, form, user_code=user_code, account=account or self.account, decision=decision)

    def _is_ours(self, page: Page) -> bool:
        return page.url.startswith(self.backend.url)

    def _submit(self, page: Page, form: _Form, **values: str) -> Page:
        return self._load("POST", urljoin(page.url, form.action), {**form.fields, **values})

    def _load(self, method: str, url: str, form: Mapping[str, str] | None = None) -> Page:
        """Load a page; a listener that cannot be reached is a page without status."""
        hooks = {"request": [_stay_here]}
        with httpx.Client(timeout=_PATIENCE, trust_env=False, follow_redirects=True, event_hooks=hooks) as client:
            try:
                answer = client.request(method, url, data=form)
            except httpx.HTTPError as error:
                page = Page(url, 0, f"{type(error).__name__}: {error}")
            else:
                page = Page(str(answer.url), answer.status_code, answer.text)
        self.pages.append(page)
        return page


def _stay_here(request: httpx.Request) -> None:
    """Let the browser go to this machine only: where it goes is what a client says."""
    if request.url.host not in _LOOPBACK:
        raise httpx.UnsupportedProtocol(f"{request.url.host} is not on this machine")


class _Form(HTMLParser):
    """The first form of a page: its action and the values that it starts with."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a form and of its fields."""
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = self.action or values.get("action", "")
        elif tag == "input" and values.get("type") != "radio" and values.get("name"):
            self.fields[values["name"]] = values.get("value", "")


#: What a person can do with an authorize URL, and with a user code.
_DECISIONS = ("approve", "deny")
_ABSENT = "absent"


class Witness:
    """Watches what a client prints, and sends the person to the browser once, when there is something to open."""

    def __init__(self, person: Person, conduct: str | Callable[[Person, str], None]) -> None:
        if isinstance(conduct, str) and conduct not in (*_DECISIONS, _ABSENT):
            raise Problem(
                "choosing what the person does",
                expected=f"{', '.join((*_DECISIONS, _ABSENT))} or a function",
                found=repr(conduct),
                advice="Correct the trial.",
            )
        self._person = person
        self._conduct = conduct
        self._thread: threading.Thread | None = None

    def watch(self, printed: str) -> None:
        """Look at all that came so far out of one pipe of the client."""
        if self._thread is None and (found := self._found(plain(printed))):
            self._person.given.append(found)
            self._thread = threading.Thread(target=self._act, args=(found,), daemon=True)
            self._thread.start()

    def finish(self) -> None:
        """Wait until the person has left the browser."""
        if self._thread is not None:
            self._thread.join(_PATIENCE)

    def _found(self, printed: str) -> str | None:
        """Return an authorize URL, or a user code of the mock, that is printed whole."""
        if link := _AUTHORIZE.search(printed):
            # The rest of it may be under way.
            return link[0] if link.end() < len(printed) else None
        # Read without a lock: a code is there before any client can print it.
        codes = [each.user_code for each in list(self._person.backend.world.state.device_codes.values())]
        return next((code for code in codes if code in printed), None)

    def _act(self, found: str) -> None:
        if callable(self._conduct):
            self._conduct(self._person, found)
        elif self._conduct in _DECISIONS:
            decide = self._person.decide if "/oauth/authorize" in found else self._person.enter_code
            decide(found, self._conduct)


def plain(text: str) -> str:
    """Return what a terminal shows of a text."""
    return _ESCAPES.sub("", text)
