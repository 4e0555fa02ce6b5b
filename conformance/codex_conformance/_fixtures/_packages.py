"""Packages that a fixture needs, and that not everybody has."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from codex_conformance._fixtures.wishes import told
from codex_schemas import Problem

__all__ = ["require_package"]


def require_package(request: pytest.FixtureRequest, package: str) -> None:
    """Fail a test whose fixture needs a package that is not there."""
    if find_spec(package) is None:
        with told(request.node):
            raise Problem(
                f"preparing the fixture {request.fixturename}",
                expected=f"the package {package}",
                found="no such package",
                advice=f"Install {package} beside codex-testkit.",
            )
