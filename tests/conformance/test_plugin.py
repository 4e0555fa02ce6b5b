"""The pytest plugin is cheap to load and gives each test a backend of its own."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("starlette", "uvicorn", "jsonschema", "jsonschema_rs", "httpx", "respx", "cryptography", "codex_mockserver")


def test_the_plugin_imports_nothing_heavy() -> None:
    script = f"import sys, codex_conformance.plugin; print([name for name in {HEAVY} if name in sys.modules])"

    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout == b"[]\n"


def test_each_test_has_a_backend_of_its_own(pytester) -> None:
    pytester.makepyfile("""
        import urllib.request

        def test_one(codex_backend):
            urllib.request.urlopen(f"{codex_backend.url}/.well-known/jwks.json")
            assert len(codex_backend.wait(1, "jwks")) == 1

        def test_other(codex_backend):
            assert len(codex_backend.journal) == 0
    """)

    pytester.runpytest_subprocess("-W", "error", "-p", "no:asyncio").assert_outcomes(passed=2)


def test_a_run_that_wants_no_backend_does_not_load_one(pytester) -> None:
    pytester.makepyfile("""
        import sys

        def test_nothing():
            assert "codex_mockserver" not in sys.modules
    """)

    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=1)
