"""What every run of every user pays: nothing heavy is loaded before a fixture is used."""

from __future__ import annotations

import subprocess
import sys

#: What is heavy, ours and others'. ``respx`` brings a plugin of its own, which pytest loads by itself.
HEAVY = (
    "codex_fixtures",
    "codex_mockserver",
    "codex_schemas",
    "codex_conformance.cli",
    "codex_conformance.probes",
    "codex_conformance.reports",
    "codex_conformance.requirements",
    "codex_conformance.targets",
    "cryptography",
    "httpx",
    "hypothesis",
    "jsonschema",
    "jsonschema_rs",
    "msgspec",
    "respx",
    "starlette",
    "trustme",
    "uvicorn",
    "websockets",
    "yaml",
)


def test_the_plugin_loads_nothing_but_itself() -> None:
    """Beyond what pytest has loaded, there are only the modules of the plugin that every run needs."""
    script = """
import sys, pytest
before = set(sys.modules)
import codex_conformance.plugin
print(*sorted(set(sys.modules) - before), sep="\\n")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.split() == [
        "codex_conformance",
        "codex_conformance._fixtures",
        "codex_conformance._pytest",
        "codex_conformance._pytest.options",
        "codex_conformance.plugin",
    ]


def test_a_run_without_our_fixtures_loads_nothing_heavy(pytester, run) -> None:
    pytester.makeconftest(f"""
        import sys

        def pytest_unconfigure():
            assert [name for name in {HEAVY} if name in sys.modules] == []
            print("nothing heavy")
    """)
    pytester.makepyfile("""
        import pytest

        @pytest.mark.parametrize("turn", range(3))
        def test_nothing(turn): ...

        def test_that_fails(tmp_path):
            assert False
    """)

    result = run("-s")

    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["nothing heavy"])


def test_the_marker_alone_loads_nothing_of_others(pytester, run) -> None:
    pytester.makepyfile("""
        import sys

        import pytest

        @pytest.mark.codex(seed=1, account="team")
        def test_it():
            assert "codex_mockserver" not in sys.modules
            assert "msgspec" not in sys.modules
    """)

    run().assert_outcomes(passed=1)


def test_a_plain_backend_loads_no_client_and_no_certificates(pytester, run) -> None:
    pytester.makepyfile("""
        import sys

        def test_it(codex_backend, codex_journal, codex_world, codex_scenario):
            assert [name for name in ("httpx", "respx", "trustme", "hypothesis") if name in sys.modules] == []
    """)

    run().assert_outcomes(passed=1)
