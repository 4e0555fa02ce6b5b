"""``--codex-release`` and ``codex_release``: the release of ``codex_app_server``."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("form", [("--codex-release=0.150.0",), ("-o", "codex_release=0.150.0")], ids=["option", "ini"])
def test_the_app_server_is_of_this_release(pytester, run, form: tuple[str, ...]) -> None:
    pytester.makepyfile("""
        import pytest

        def test_by_the_run(codex_app_server):
            assert codex_app_server.server.version == "0.150.0"

        @pytest.mark.codex(release="0.141.0")
        def test_the_marker_is_stronger(codex_app_server):
            assert codex_app_server.server.version == "0.141.0"
    """)

    run(*form).assert_outcomes(passed=2)
