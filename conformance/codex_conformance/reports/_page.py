"""What the HTML pages share: their head, and texts that stay texts."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template

from codex_conformance._printable import printable

__all__ = ["page", "safe", "table"]


def page(name: str, title: str, **parts: str) -> str:
    """Return the page of a name with its parts filled in; they are HTML, the title is any text."""
    style = _read("shared.css") + _read(f"{name}.css")
    head = Template(_read("head.html")).substitute(title=safe(title), style=style.rstrip())
    return head + Template(_read(f"{name}.html")).substitute(parts, title=safe(title))


def safe(text: str) -> str:
    """Return a text of a stranger as HTML, on one line."""
    return escape(printable(text))


def table(caption: str, head: str, bodies: str, name: str = "") -> str:
    """Return a table that scrolls where it is too wide, for the keyboard and by its name, too."""
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}"><table class="{name}">'
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead>\n{bodies}</table></div>"
    )


def _read(name: str) -> str:
    return files("codex_conformance").joinpath("reports", "pages", name).read_text(encoding="utf-8")
