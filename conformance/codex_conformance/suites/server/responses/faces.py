"""The two faces of a server: the API with keys, and the ChatGPT backend of codex."""

from __future__ import annotations

import pytest

__all__ = ["codex_face", "each_face"]


def _on(face: str) -> object:
    return pytest.param(face, marks=pytest.mark.codex(needs=(f"responses.{face}",)), id=face)


#: Runs a check on each face that the server has.
each_face = pytest.mark.parametrize("face", [_on("api"), _on("codex")])

#: Runs a check on the ChatGPT backend alone.
codex_face = pytest.mark.parametrize("face", [_on("codex")])
