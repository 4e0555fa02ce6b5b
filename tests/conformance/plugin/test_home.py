"""``codex_home`` and ``codex_environment``: what a codex process needs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

_CODEX = Path(__file__).parents[3] / ".codex" / "0.169.0" / "node_modules" / ".bin" / "codex"


def test_the_account_of_the_marker_is_logged_in(pytester, run) -> None:
    pytester.makepyfile("""
        import json

        import pytest

        def account_of(home, world):
            tokens = json.loads((home / "auth.json").read_text())["tokens"]
            return next(account.name for account, space in world.workspaces() if space.id == tokens["account_id"])

        def test_plus_by_default(codex_home, codex_world):
            assert account_of(codex_home, codex_world) == "plus"

        @pytest.mark.codex(account="team")
        def test_another(codex_home, codex_world):
            assert account_of(codex_home, codex_world) == "team"

        @pytest.mark.codex(account=None)
        def test_nobody(codex_home):
            assert (codex_home / "config.toml").exists()
            assert not (codex_home / "auth.json").exists()
    """)

    run().assert_outcomes(passed=3)


def test_the_environment_leads_here_and_hides_the_users_own(pytester, run, monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "of-the-user")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("KEPT", "yes")
    pytester.makepyfile("""
        def test_it(codex_environment, codex_home, codex_backend):
            assert codex_environment["CODEX_HOME"] == str(codex_home)
            assert codex_environment["HTTPS_PROXY"] == codex_environment["https_proxy"] == codex_backend.proxy_url
            assert codex_environment["KEPT"] == "yes"
            assert "OPENAI_API_KEY" not in codex_environment
            assert codex_environment["PATH"]
    """)

    run().assert_outcomes(passed=1)


def test_a_home_that_comes_too_late_says_what_to_do(pytester, run) -> None:
    pytester.makepyfile("""
        def test_it(codex_backend, request):
            request.getfixturevalue("codex_home")
    """)

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*preparing the fixture codex_home: expected *, found *. Name it among the arguments*"]
    )


def test_a_backend_without_a_home_makes_no_certificate(pytester, run) -> None:
    pytester.makepyfile("""
        import sys

        def test_it(codex_backend):
            assert codex_backend.proxy_url is None
            assert "trustme" not in sys.modules
    """)

    run().assert_outcomes(passed=1)


@pytest.mark.real_codex
@pytest.mark.codex(scenario={"model": [{"say": [{"message": "So it is."}]}]})
def test_a_published_codex_completes_a_turn(codex_environment, codex_backend, tmp_path) -> None:
    if not _CODEX.exists():
        pytest.skip("codex 0.169.0 is not installed (make test installs it through npm)")
    done = subprocess.run(
        [_CODEX, "exec", "--skip-git-repo-check", "hello"],
        env=codex_environment,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout.strip()) == (0, "So it is."), done.stderr
    assert codex_backend.refused_hosts == []
