"""Reading the contract documents that are shipped inside this package."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from codex_schemas._problem import Problem

__all__ = ["CONTROL", "SURFACES", "read_data", "resolve"]

#: The HTTP surfaces that have an OpenAPI document.
SURFACES = ("oauth", "wham", "responses", "chat")

#: The document of what tests ask of a mock: no vendor's surface, but described in the same way.
CONTROL = "control"

Json = dict[str, Any]


@cache
def read_data(*path: str) -> Json:
    """Return one JSON file of ``codex_schemas/data``, read once per process; treat it as read-only."""
    text = files("codex_schemas").joinpath("data", *path).read_text(encoding="utf-8")
    document: Json = json.loads(text)
    return document


def resolve(document: Json, reference: str) -> Any:
    """Return what a local JSON reference such as ``#/components/schemas/Turn`` names.

    Raises:
        Problem: The reference is not local or names nothing.
    """
    node: Any = document
    root, *steps = reference.split("/")
    try:
        for step in [*([] if root == "#" else [reference]), *steps]:
            node = node[int(step)] if isinstance(node, list) else node[step.replace("~1", "/").replace("~0", "~")]
    except (KeyError, TypeError, IndexError, ValueError):
        raise Problem(
            f"resolving {reference!r} in a contract document",
            expected="a local reference to an existing part",
            found="nothing there",
            advice="Correct the reference in the document under codex_schemas/data.",
        ) from None
    return node
