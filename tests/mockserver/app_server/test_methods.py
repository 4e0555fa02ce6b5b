"""Every handler is found, by the package that the method names."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from codex_mockserver import app_server
from codex_mockserver.app_server import coverage
from codex_mockserver.app_server._methods import handler_of
from codex_schemas.app_server import latest

PACKAGE = Path(app_server.__file__).parent
HOMES = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py") if "HANDLERS" in path.read_text())


@pytest.mark.parametrize("home", [*HOMES, "handshake"])
def test_what_a_package_answers_is_found_there(home):
    handlers = import_module(f"codex_mockserver.app_server.{home}").HANDLERS

    assert handlers
    assert {method: handler_of(method) for method in handlers} == handlers


def test_an_unknown_method_has_none():
    assert handler_of("no/such/method") is None
    assert handler_of("") is None


def test_no_stable_method_of_the_newest_release_is_missing():
    assert [each.method for each in coverage(latest()) if not each.answered and not each.experimental] == []
