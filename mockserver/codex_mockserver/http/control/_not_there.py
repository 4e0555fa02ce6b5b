"""The refusal of a control call that names nothing."""

from __future__ import annotations

from codex_schemas import Problem

__all__ = ["NotThere"]


class NotThere(Problem):
    """A control call names something that does not exist."""
