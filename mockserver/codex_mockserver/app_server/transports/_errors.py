"""Why an app-server does not start, in the words of the real one."""

from __future__ import annotations

__all__ = ["BadArgument", "StartupError"]


class BadArgument(ValueError):  # noqa: N818 (it says what is wrong, not only that something is)
    """The value of an option is refused before anything starts: exit code 2."""


class StartupError(Exception):
    """The process ends before it listens: exit code 1."""
