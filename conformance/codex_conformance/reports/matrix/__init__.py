"""Many runs beside each other: which requirements hold for which targets and releases."""

from __future__ import annotations

from importlib import import_module

from codex_conformance.reports.matrix._matrix import Matrix

__all__ = ["FORMATS", "Matrix", "render"]

#: How a matrix can be written; each is a module here with ``render``, imported when it is asked for.
FORMATS = ("text", "summary", "markdown", "json", "html")


def render(matrix: Matrix, form: str) -> str:
    """Return a matrix in one of the :data:`FORMATS`."""
    text: str = import_module(f"{__name__}._{form}").render(matrix)
    return text
