"""The file in which a project names its targets and clients."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

from codex_schemas import Problem

__all__ = ["TARGETS_FILE", "read_section"]

#: Where the named targets and clients of a project stand.
TARGETS_FILE = Path("codex-targets.toml")

_T = TypeVar("_T")


def read_section(file: Path, section: str, form: type[_T]) -> dict[str, _T]:
    """Return what a file names in one section, ``targets`` or ``clients``; nothing where there is no file.

    Raises:
        Problem: It cannot be read, or an entry is none.
    """
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        return msgspec.convert(content.get(section, {}), dict[str, form])  # type: ignore[valid-type]
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Problem(
            f"reading {file}",
            expected=f"{section} under [{section}.NAME]",
            found=str(error),
            advice="Compare it with the documentation of conformance.",
        ) from None
