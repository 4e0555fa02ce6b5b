"""A project that owns the folder names of codex-testkit's sources keeps them, and can use the plugin."""

import importlib
import urllib.request

import pytest


@pytest.mark.parametrize("name", ["schemas", "fixtures", "conformance", "mockserver"])
def test_the_project_keeps_its_own_packages(name):
    assert importlib.import_module(name).OWNER == "the sample project"


def test_the_plugin_gives_a_backend(codex_backend):
    with urllib.request.urlopen(f"{codex_backend.url}/.well-known/openid-configuration") as answer:
        assert answer.status == 200
    assert codex_backend.journal.single_request("discovery").status == 200
