"""What a user names as a target."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from codex_conformance._names import capabilities_of, meant
from codex_conformance.releases import DEFAULT_RELEASE
from codex_conformance.targets._capabilities import CAPABILITIES
from codex_conformance.targets._credentials import Credentials
from codex_conformance.targets.targets_file import TARGETS_FILE, read_section
from codex_conformance.targets.urls import LOOPBACK, Urls
from codex_mockserver.http import REAL_HOSTS
from codex_schemas import Problem

__all__ = ["Kind", "TargetSpec", "read_target"]

Kind = Literal["mock", "real", "url", "websocket", "command", "asgi", "live"]

_VERSION = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?")
_FORMS = "mock, mock:VERSION, real:VERSION, an http(s) or ws URL, command:CMD, asgi:MODULE:ATTRIBUTE or live"
_LIVE = Urls("https://auth.openai.com", "https://chatgpt.com/backend-api", "https://api.openai.com/v1")


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    """A target in the file: all but ``target`` may be left out."""

    target: str
    release: str | None = None
    auth_url: str | None = None
    chatgpt_url: str | None = None
    api_url: str | None = None
    #: URLs of single operations by their id.
    endpoints: dict[str, str] = {}
    #: The names of the variables that hold them: a secret has no place in a file.
    api_key_env: str = "CODEX_TESTKIT_API_KEY"
    access_token_env: str = "CODEX_TESTKIT_ACCESS_TOKEN"  # noqa: S105 (the name of a variable)
    refresh_token_env: str = "CODEX_TESTKIT_REFRESH_TOKEN"  # noqa: S105 (as above)
    account_id_env: str = "CODEX_TESTKIT_ACCOUNT_ID"
    client_id: str | None = None
    model: str | None = None
    declare: list[str] = []
    disable: list[str] = []


@dataclass(frozen=True, kw_only=True)
class TargetSpec:
    """A target, as it was named."""

    #: What reports call it.
    name: str
    kind: Kind
    #: What stands behind the colon, or the URL.
    address: str = ""
    #: The codex release whose contract it is held against.
    release: str = DEFAULT_RELEASE
    urls: Urls = field(default_factory=Urls)
    credentials: Credentials = field(default_factory=Credentials)
    #: The OAuth client that logs in; None for the one of codex.
    client_id: str | None = None
    #: A model that the server knows.
    model: str = "gpt-5.5"
    declared: frozenset[str] = frozenset()
    disabled: frozenset[str] = frozenset()

    @property
    def is_live(self) -> bool:
        """Whether it is the vendor's own service."""
        places = (self.urls.auth, self.urls.chatgpt, self.urls.api, *self.urls.endpoints.values(), self.address)
        return any(urlsplit(place or "").hostname in REAL_HOSTS for place in places)


def read_target(
    text: str,
    *,
    release: str | None = None,
    declare: frozenset[str] = frozenset(),
    disable: frozenset[str] = frozenset(),
    file: Path = TARGETS_FILE,
    environment: Mapping[str, str] = os.environ,
) -> TargetSpec:
    """Return the target that a user names: by one of the forms, or by a name in the file of the project.

    Raises:
        Problem: It is none, or a capability is not known.
    """
    entries = read_section(file, "targets", _Entry)
    entry = entries.get(text) or _Entry(text)
    kind, address = _read_form(entry.target, text, entries)
    chosen = release or entry.release or (address if kind in ("mock", "real") and address else DEFAULT_RELEASE)
    _check_version(chosen)
    return TargetSpec(
        name=text,
        kind=kind,
        address=address,
        release=chosen,
        urls=_urls(kind, address, entry),
        credentials=_credentials(entry, environment, is_ours=kind == "asgi" or urlsplit(address).hostname in LOOPBACK),
        client_id=entry.client_id,
        model=entry.model or TargetSpec.model,
        declared=capabilities_of("a target", declare | set(entry.declare), CAPABILITIES),
        disabled=capabilities_of("a target", disable | set(entry.disable), CAPABILITIES),
    )


def _read_form(form: str, name: str, entries: Iterable[str]) -> tuple[Kind, str]:  # noqa: PLR0911 (one for each form)
    kind, _, rest = form.partition(":")
    match kind:
        case "mock" | "live" if not rest:
            return kind, ""
        case "mock" | "real" if _VERSION.fullmatch(rest):
            return kind, rest
        case "real" if not rest:
            return kind, DEFAULT_RELEASE
        case "http" | "https" if urlsplit(form).hostname:
            return "url", form.rstrip("/")
        case "ws" | "wss" | "unix" if rest:
            return "websocket", form
        case "command" if rest.strip():
            return "command", rest.strip()
        case "asgi" if rest.count(":") == 1:
            return "asgi", rest
    otherwise = f"Correct it, or write it into {TARGETS_FILE} under [targets.NAME]."
    advice = meant(name, ["mock", "real", "live", *entries], otherwise)
    raise Problem("choosing a target", expected=_FORMS, found=repr(name), advice=advice)


def _urls(kind: Kind, address: str, entry: _Entry) -> Urls:
    if kind == "live":
        return _LIVE
    base = Urls.under(address) if kind == "url" else Urls()
    named = Urls(entry.auth_url, entry.chatgpt_url, entry.api_url)
    if named != Urls():
        base = named
    return base.with_endpoints(entry.endpoints)


def _credentials(entry: _Entry, environment: Mapping[str, str], *, is_ours: bool) -> Credentials:
    """Return what the environment holds; a server of this machine mostly takes any key."""
    made_up = "sk-testkit-any" if is_ours else ""
    return Credentials(
        access_token=environment.get(entry.access_token_env, made_up),
        refresh_token=environment.get(entry.refresh_token_env, ""),
        account_id=environment.get(entry.account_id_env, ""),
        api_key=environment.get(entry.api_key_env, made_up),
    )


def _check_version(release: str) -> None:
    if not _VERSION.fullmatch(release):
        advice = "Name an exact published version."
        raise Problem(
            "choosing a release", expected=f"one such as {DEFAULT_RELEASE}", found=repr(release), advice=advice
        )
