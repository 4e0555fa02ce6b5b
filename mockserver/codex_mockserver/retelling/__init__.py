"""Telling what was recorded again: a scenario that says and fails as the recorded server did, and can be edited."""

from codex_mockserver.retelling._scenario import retold

__all__ = ["retold"]
