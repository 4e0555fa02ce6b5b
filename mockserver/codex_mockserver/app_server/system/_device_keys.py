"""``device/key/*``, which some releases had: keys in hardware, of which this machine has none."""

from __future__ import annotations

import re

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError

__all__ = ["HANDLERS"]

_KEY_ID = re.compile(r"dk_(hse|tpm|osn)_[A-Za-z0-9_-]{43}")
_NONE = "hardware-backed device keys are not available on this platform"


def create(call: Call) -> Json:
    """Refuse to make a key."""
    for name in ("accountUserId", "clientId"):
        if not call.params[name]:
            raise RpcError(f"invalid device key payload: {name} must not be empty")
    raise RpcError(_NONE)


def use(call: Call) -> Json:
    """Refuse to show a key, or to sign with it."""
    if not _KEY_ID.fullmatch(call.params["keyId"]):
        raise RpcError(
            "invalid device key payload: keyId must be dk_hse_, dk_tpm_, or dk_osn_ "
            "followed by unpadded base64url-encoded 32 bytes"
        )
    raise RpcError(_NONE)


HANDLERS: dict[str, Handler] = {"device/key/create": create, "device/key/public": use, "device/key/sign": use}
