"""What the HTML pages share: their head, and texts that stay texts."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template

from codex_conformance._printable import printable

__all__ = ["page", "safe"]


def page(name: str, title: str, **parts: str) -> str:
    """Return the page of a name with its parts filled in; they are HTML, the title is any text."""
    style = _read("shared.css") + _read(f"{name}.css")
    head = Template(_read("head.html")).substitute(title=safe(title), style=style.rstrip())
    return head + Template(_read(f"{name}.html")).substitute(parts, title=safe(title))


def safe(text: str) -> str:
    """Return a text of a stranger as HTML, on one line."""
    return escape(printable(text))


def _read(name: str) -> str:
    return files("codex_conformance").joinpath("reports", "pages", name).read_text(encoding="utf-8")
