"""``experimentalFeature/*``: the switches of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._pages import page
from codex_mockserver.app_server._recorded import recorded
from codex_mockserver.app_server.configuration._file_error import check_file
from codex_mockserver.app_server.configuration._layers import layers, merged, user_file

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS", "enabled_features", "unstable_warning"]


#: The stage of switches that a person had better leave alone.
_UNFINISHED = "underDevelopment"


def enabled_features(server: AppServer, *, settable_only: bool = False) -> dict[str, bool]:
    """Return for each switch of the release, by its name, whether it is on.

    Args:
        server: The server.
        settable_only: Only those that clients may set for the running process.
    """
    user = merged(layers(server)).get("features", {})
    enabled = {}
    for name, words in recorded("features", server.version).items():
        traits = words.partition("|")[0].split()
        own = user.get(name)
        default = own if isinstance(own, bool) else "on" in traits
        if "settable" in traits or not settable_only:
            enabled[name] = server.process.features.get(name, default)
    return enabled


def unstable_warning(server: AppServer) -> str | None:
    """Return the warning of every new thread where unfinished switches are on; None for nothing."""
    config = merged(layers(server))
    known, wanted = recorded("features", server.version), config.get("features", {})
    unfinished = sorted(
        name for name, is_on in wanted.items() if is_on is True and known.get(name, "").startswith(_UNFINISHED)
    )
    if not unfinished or config.get("suppress_unstable_features_warning") is True:
        return None
    return (
        f"Under-development features enabled: {', '.join(unfinished)}. Under-development features are incomplete "
        "and may behave unpredictably. To suppress this warning, set `suppress_unstable_features_warning = true` "
        f"in {user_file(server)}."
    )


def list_features(call: Call) -> Json:
    """Tell every switch."""
    check_file(call.server, "failed to reload config")
    enabled = enabled_features(call.server)
    known = recorded("features", call.server.version)
    rows = [_form(name, words, is_on=enabled[name]) for name, words in known.items()]
    return page(call, rows, "feature flags")


def set_enablement(call: Call) -> Json:
    """Set switches for as long as the process lives; those that cannot be set are left out of the answer."""
    known = recorded("features", call.server.version)
    settable = [name for name, words in known.items() if "settable" in words.split()]
    wanted = call.params["enablement"]
    if call.server.traits.refuses_unknown_features:
        _check_settable(wanted, known, settable)
    taken = {name: is_on for name, is_on in sorted(wanted.items()) if name in settable}
    call.server.process.features.update(taken)
    return {"enablement": taken}


def _check_settable(wanted: Json, known: Json, settable: list[str]) -> None:
    for name in wanted:
        if name not in known:
            raise RpcError(f"invalid feature enablement `{name}`")
        if name not in settable:
            names = ", ".join(settable)
            raise RpcError(f"unsupported feature enablement `{name}`: currently supported features are {names}")


def _form(name: str, words: str, *, is_on: bool) -> Json:
    """Return a switch in full; those with a title are shown to people."""
    plain, _, title = words.partition(" | ")
    traits = plain.split()
    return {
        "name": name,
        "stage": traits[0],
        "displayName": title or None,
        "description": "A switch of this release." if title else None,
        "announcement": "" if title else None,
        "enabled": is_on,
        "defaultEnabled": "on" in traits,
    }


HANDLERS: dict[str, Handler] = {
    "experimentalFeature/list": list_features,
    "experimentalFeature/enablement/set": set_enablement,
}
