"""Settings on the command line, as ``codex -c key=value`` takes them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Any

from codex_mockserver.app_server.configuration._key_paths import put

__all__ = ["read_flags"]

Json = dict[str, Any]


def read_flags(settings: Iterable[str], enable: Iterable[str] = (), disable: Iterable[str] = ()) -> Json:
    """Return what settings on the command line come to.

    Args:
        settings: Each ``key=value``, with a dotted key and a value that is TOML, or else text.
        enable: Features that are switched on.
        disable: Features that are switched off.

    Raises:
        ValueError: One is no setting; the text is what the real one says.
    """
    flags: Json = {}
    for setting in settings:
        key, separator, text = setting.partition("=")
        if not separator:
            raise ValueError(f"error parsing -c overrides: Invalid override (missing '='): {setting}")
        if not key.strip():
            raise ValueError(f"error parsing -c overrides: Empty key in override: {setting}")
        put(flags, key.strip().split("."), _value(text.strip()), merge=False)
    for names, value in ((enable, True), (disable, False)):
        for name in names:
            put(flags, ["features", name], value, merge=False)
    return flags


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text.strip("\"'")
