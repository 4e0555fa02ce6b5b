"""The terminal that a command prints to: how wide it is, and whether it shows colours."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TextIO

__all__ = ["Style", "Terminal"]

Style = Literal["bold", "dim", "red", "green", "yellow", "cyan"]

_CODES: dict[Style, int] = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "cyan": 36}
_WIDTH = 80


@dataclass(frozen=True, slots=True)
class Terminal:
    """What a command may do with the lines that it prints."""

    #: Columns of a line; 80 where nobody says.
    width: int = _WIDTH
    colours: bool = False

    @classmethod
    def of(cls, stream: TextIO | None = None, environment: Mapping[str, str] = os.environ) -> Terminal:
        """Return what a stream can show, standard output by default; see https://no-color.org."""
        terminal = (stream or sys.stdout).isatty()
        refused = environment.get("NO_COLOR") or environment.get("TERM") == "dumb"
        return cls(shutil.get_terminal_size((_WIDTH, 24)).columns, terminal and not refused)

    def paint(self, text: str, *styles: Style) -> str:
        """Return a text in a style, or as it is where colours are not shown."""
        if not self.colours or not text:
            return text
        codes = ";".join(str(_CODES[style]) for style in styles)
        return f"\x1b[{codes}m{text}\x1b[0m"

    def title(self, name: str, text: str) -> list[str]:
        """Return the lines that say what a name is."""
        first, *more = self.wrap(f"{name}  {text}", "", "  ")
        return [self.paint(first[: len(name)], "bold") + first[len(name) :], *more]

    def wrap(self, text: str, indent: str = "", hanging: str | None = None) -> list[str]:
        """Return the lines of a text; those after the first are indented by ``hanging``, if it is given."""
        return textwrap.wrap(
            text,
            self.width,
            initial_indent=indent,
            subsequent_indent=indent if hanging is None else hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )
