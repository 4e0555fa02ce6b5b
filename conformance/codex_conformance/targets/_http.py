"""The HTTP surfaces of a target: its worlds, and what it can do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from codex_conformance.targets._capabilities import CAPABILITIES, Capability
from codex_conformance.targets._credentials import Credentials
from codex_conformance.targets._reaching import nothing_there, require_answers
from codex_conformance.targets._world import PATIENCE, HttpWorld, Pace, control
from codex_conformance.targets.operations import find_operation
from codex_conformance.targets.trust import trust
from codex_conformance.targets.urls import LOOPBACK, Urls, share_host

__all__ = ["HttpTarget"]

#: Seconds between calls to the vendor's own hosts.
_LIVE_SECONDS = 1.0
#: What a server answers where it has no such operation.
_MISSING = (404, 405, 501)
#: Where a server says that it has other paths than ours: fields of its discovery by operation.
_DISCOVERED = {
    "authorize": "authorization_endpoint",
    "exchangeToken": "token_endpoint",
    "revokeToken": "revocation_endpoint",
    "jwks": "jwks_uri",
}


class HttpTarget:
    """A server that is reached by URLs.

    Args:
        urls: Where its surfaces are.
        credentials: Whose calls are made, where it is not ours.
        is_live: Whether it is the vendor's own: then only calls that read are made, and not many.

    Raises:
        Problem: Nobody answers there.
    """

    def __init__(self, urls: Urls, credentials: Credentials, *, is_live: bool = False) -> None:
        self._pace = Pace(_LIVE_SECONDS if is_live else 0.0)
        self._reads_only = is_live
        self._client = httpx.Client(timeout=PATIENCE, trust_env=False, verify=trust())
        self._credentials = credentials
        self._nowhere: dict[tuple[str, str], httpx.Response | None] = {}
        self.urls = urls
        require_answers(self._client, self.urls)
        self._control = self._find_control()
        if self._control is None:
            self.urls = urls.with_endpoints({**self._discover(), **urls.endpoints})

    @property
    def has_control(self) -> bool:
        """Whether the server answers our control calls."""
        return self._control is not None

    def close(self) -> None:
        """End its connections."""
        self._client.close()

    def find_out(self, declared: Collection[str]) -> Mapping[str, bool]:
        """Ask what the server can do, by capability; what only a declaration tells, it cannot.

        Where it has nothing, and nothing is declared, nothing is asked for any more.

        Raises:
            Problem: It has nothing at all, and nothing is declared.
        """
        bases: set[str] = set()
        found = {}
        for name, capability in CAPABILITIES.items():
            answering = self._answering(capability)
            bases.update(self._places(capability) if name in declared else answering)
            found[name] = bool(answering)
        if not bases and not declared:
            raise nothing_there(self._try, self.urls)
        if bases:
            self.urls = self.urls.without(*{"auth", "chatgpt", "api"} - bases)
        return found

    def _answering(self, capability: Capability) -> Collection[str]:
        """Return the bases below which the server has what a capability is found out by."""
        if capability.probe is None:
            return ()
        method = find_operation(capability.probe).method
        if self._reads_only and method != "GET":
            return ()
        return [base for base, url in self._places(capability).items() if self._is_there(method, url)]

    def _places(self, capability: Capability) -> Mapping[str, str]:
        if capability.probe is None or capability.name == "control":
            return {}
        return self.urls.all(find_operation(capability.probe), capability.face)

    def _is_there(self, method: str, url: str) -> bool:
        """Tell whether a URL is answered in another way than one where nothing is.

        Some servers show one page for every path, or refuse every path alike: there, nothing is found out.
        """
        has_id = "{" in url
        nowhere = f"{url if has_id else url.rpartition('/')[0]}/no/such/path"
        try:
            answer = self._try(method, url.replace("{response_id}", "resp_0"))
        except httpx.HTTPError:
            return False
        if answer.status_code in _MISSING:
            # An id that nobody knows is refused with 404 too, but in other words than a path that is not there.
            return has_id and _reason(answer) not in (None, _reason(self._answer_at(method, nowhere)))
        return not _are_alike(answer, self._answer_at(method, nowhere))

    def _answer_at(self, method: str, nowhere: str) -> httpx.Response | None:
        """Return the answer at a URL where nothing is, None where none comes; each is asked for once."""
        if (method, nowhere) not in self._nowhere:
            try:
                self._nowhere[method, nowhere] = self._try(method, nowhere)
            except httpx.HTTPError:
                self._nowhere[method, nowhere] = None
        return self._nowhere[method, nowhere]

    def _try(self, method: str, url: str) -> httpx.Response:
        self._pace.wait()
        return self._client.request(method, url, headers=self._credentials.headers(is_api=self.urls.is_api(url)))

    @contextmanager
    def world(self, scenario: Any = None) -> Iterator[HttpWorld]:
        """Give a world for one case: one of its own where the server can make them, else the only one.

        Args:
            scenario: What the model says there: a scenario, or a name; it needs our control calls.
        """
        if self._control is None:
            yield HttpWorld(self.urls, {}, self._credentials, None, self._pace, reads_only=self._reads_only)
            return
        setup = {} if scenario is None else {"scenario": scenario}
        made = self._ask("POST", f"{self._control}/worlds", setup)
        try:
            yield HttpWorld(Urls.under(made["url"]), made["accounts"], None, f"{made['url']}/_testkit")
        finally:
            self._ask("DELETE", f"{self._control}/worlds/{made['id']}")

    def _ask(self, method: str, url: str, body: Any = None) -> Any:
        return control(self._client, method, url, body)

    def _find_control(self) -> str | None:
        """Return the base of the control calls; a server that is not on this machine is not asked for them."""
        base = self.urls.auth or (self.urls.chatgpt or self.urls.api or "").rpartition("/")[0]
        if urlsplit(base).hostname not in LOOPBACK:
            return None
        try:
            answer = self._client.get(f"{base}/_testkit/clock")
        except httpx.HTTPError:
            return None
        return f"{base}/_testkit" if answer.status_code == httpx.codes.OK and '"now"' in answer.text else None

    def _discover(self) -> Mapping[str, str]:
        """Return where a server that is not ours says that its operations are."""
        if self.urls.auth is None:
            return {}
        try:
            found = self._client.get(f"{self.urls.auth}/.well-known/openid-configuration").json()
        except (httpx.HTTPError, ValueError):
            return {}
        fields = found if isinstance(found, dict) else {}
        named = {operation: fields.get(field) for operation, field in _DISCOVERED.items()}
        return {operation: url for operation, url in named.items() if isinstance(url, str) and self._is_ours(url)}

    def _is_ours(self, url: str) -> bool:
        """Tell whether a URL leads to the host that was asked for: no traffic goes to another."""
        return share_host(url, self.urls.auth or "")


def _are_alike(answer: httpx.Response, other: httpx.Response | None) -> bool:
    """Tell whether two answers say the same but for their paths."""
    if other is None or answer.status_code != other.status_code:
        return False
    one, two = (_reason(each) or each.text.replace(each.url.path, "") for each in (answer, other))
    return one == two


def _reason(answer: httpx.Response | None) -> str | None:
    """Return what an error as JSON says, without the path; None where it is no such error."""
    if answer is None:
        return None
    try:
        return str(answer.json()["error"]).replace(answer.url.path, "")
    except (ValueError, TypeError, LookupError):
        return None
