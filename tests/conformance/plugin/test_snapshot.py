"""``recording_snapshot``: what it keeps is tested with the recordings; here, where it is."""

from __future__ import annotations

from codex_fixtures import shipped_recording


def test_it_keeps_a_recording_in_a_file(pytester, run) -> None:
    pytester.makepyfile(f"""
        from pathlib import Path

        def test_it(recording_snapshot):
            assert Path({str(shipped_recording("0.169.0/turn-sse"))!r}) == recording_snapshot
    """)

    run("-p", "syrupy", "--snapshot-update").assert_outcomes(passed=1)
    assert len(list(pytester.path.glob("__snapshots__/**/*"))) > 0
    run("-p", "syrupy").assert_outcomes(passed=1)


def test_without_the_package_it_says_what_to_install(pytester, run) -> None:
    pytester.makeconftest("""
        import sys

        sys.modules["syrupy"] = None  # as if it were not installed
    """)
    pytester.makepyfile("def test_it(recording_snapshot): ...")

    result = run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*preparing the fixture recording_snapshot: expected the package syrupy*"])
