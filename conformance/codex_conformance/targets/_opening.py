"""Opening a target: what is ours is started, what is not is asked what it can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from codex_conformance.app_servers import connect_to, has_model
from codex_conformance.releases import ensure, releases_folder
from codex_conformance.targets._asgi import load_app, serve_whole
from codex_conformance.targets._capabilities import CAPABILITIES, State
from codex_conformance.targets._http import HttpTarget
from codex_conformance.targets._spec import TargetSpec
from codex_conformance.targets._target import Target, read_command
from codex_conformance.targets.urls import Urls
from codex_mockserver import SyncBackend
from codex_schemas import Problem

__all__ = ["open_target"]

#: What every app-server has, and what one has that somebody else started.
_APP_SERVER = frozenset(name for name, each in CAPABILITIES.items() if each.surface in ("app_server", "account"))
_OURS = frozenset({"app-server.scripted", "app-server.restart", "account.backend"})
_MODEL = "app-server.model"


@contextmanager
def open_target(spec: TargetSpec, *, may_go_live: bool = False) -> Iterator[Target]:
    """Open a target and close it.

    Args:
        spec: The target.
        may_go_live: Whether the vendor's own hosts may be asked.

    Raises:
        Problem: It cannot be opened.
    """
    if spec.is_live and not may_go_live:
        raise Problem(
            "opening the target",
            expected="--codex-live beside a host of the vendor",
            found=spec.name,
            advice="Say --codex-live; only calls that read are made, one a second.",
        )
    with ExitStack() as stack:
        yield _OPENERS[spec.kind](spec, stack)


def _open_mock(spec: TargetSpec, stack: ExitStack) -> Target:
    backend = stack.enter_context(SyncBackend())
    return Target(
        spec, _states(spec, dict.fromkeys(CAPABILITIES, True), declared=True), _http(spec, stack, backend.url)
    )


def _open_asgi(spec: TargetSpec, stack: ExitStack) -> Target:
    url = stack.enter_context(serve_whole(load_app(spec.address)))
    http = _http(spec, stack, url)
    return Target(spec, _states(spec, _found(spec, http)), http)


def _open_url(spec: TargetSpec, stack: ExitStack) -> Target:
    http = _http(spec, stack, None)
    return Target(spec, _states(spec, _found(spec, http)), http)


def _open_real(spec: TargetSpec, _stack: ExitStack) -> Target:
    binary = ensure(spec.address or spec.release, releases_folder())
    has = {name: name in _APP_SERVER for name in CAPABILITIES}
    return Target(spec, _states(spec, has, declared=True), command=(str(binary), "app-server"))


def _open_command(spec: TargetSpec, _stack: ExitStack) -> Target:
    # What takes a scenario is a mock, with a world of its own in the place of our backend.
    missing = {"account.backend"} if "{scenario}" in spec.address else set()
    has = {name: name in _APP_SERVER - missing for name in CAPABILITIES}
    return Target(spec, _states(spec, has, declared=True), command=read_command(spec.address))


def _open_websocket(spec: TargetSpec, _stack: ExitStack) -> Target:
    missing = _OURS if _has_model(spec) else _OURS | {_MODEL}
    return Target(spec, _states(spec, {name: name in _APP_SERVER - missing for name in CAPABILITIES}))


def _has_model(spec: TargetSpec) -> bool:
    """Tell whether turns end, by one for all checks, unless the user says it."""
    if _MODEL in spec.declared or _MODEL in spec.disabled:
        return _MODEL in spec.declared
    server = connect_to(spec.address)
    try:
        return has_model(server)
    finally:
        server.stop()


_OPENERS = {
    "mock": _open_mock,
    "asgi": _open_asgi,
    "url": _open_url,
    "live": _open_url,
    "real": _open_real,
    "command": _open_command,
    "websocket": _open_websocket,
}


def _http(spec: TargetSpec, stack: ExitStack, url: str | None) -> HttpTarget:
    http = HttpTarget(Urls.under(url) if url else spec.urls, spec.credentials, is_live=spec.is_live)
    stack.callback(http.close)
    return http


def _found(spec: TargetSpec, http: HttpTarget) -> Mapping[str, bool]:
    """Return what a server can do; one that answers our control calls is ours, and has all of HTTP."""
    if http.has_control:
        return {name: name not in _APP_SERVER for name in CAPABILITIES}
    return http.find_out(spec.declared)


def _states(spec: TargetSpec, has: Mapping[str, bool], *, declared: bool = False) -> Mapping[str, State]:
    """Return the state of each capability; what the user says is stronger than what was found."""
    return {name: _state(spec, name, has=has[name], declared=declared) for name in CAPABILITIES}


def _state(spec: TargetSpec, name: str, *, has: bool, declared: bool) -> State:
    if name in spec.disabled:
        return "disabled"
    if name in spec.declared or (has and declared):
        return "declared"
    return "found" if has else "not declared"
