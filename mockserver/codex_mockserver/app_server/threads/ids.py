"""The ids that clients give, refused in the words of the real app-server."""

from __future__ import annotations

import re

from codex_mockserver.app_server._errors import INVALID_REQUEST, RpcError
from codex_mockserver.app_server._uuid_text import read_uuid

__all__ = ["checked_id"]

#: The usual form, which need not be read further.
_USUAL = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def checked_id(text: str, prefix: str = "invalid thread id: ", code: int = INVALID_REQUEST) -> str:
    """Return the usual form of an id, or refuse what is no UUID.

    Args:
        text: What is to be an id.
        prefix: What the refusal begins with.
        code: The code of the refusal.

    Raises:
        RpcError: It is none.
    """
    if _USUAL.fullmatch(text):
        return text
    try:
        return read_uuid(text)
    except ValueError as error:
        raise RpcError(f"{prefix}{error}", code) from None
