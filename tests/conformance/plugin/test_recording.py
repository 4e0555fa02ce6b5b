"""``codex_recording``: a server that says what was recorded."""

from __future__ import annotations

import shutil

from codex_fixtures import shipped_recording

_CALL = """
    import urllib.error
    import urllib.request

    import pytest

    def call(url):
        try:
            return urllib.request.urlopen(url).status
        except urllib.error.HTTPError as error:
            return error.code
"""
_MODELS = "/backend-api/codex/models?client_version=0.169.0"


def test_a_shipped_recording_by_its_name(pytester, write, run) -> None:
    write(
        _CALL,
        f"""
        @pytest.mark.codex(recording="0.169.0/turn-sse")
        def test_it(codex_recording):
            assert call(f"{{codex_recording.url}}{_MODELS}") == 200
            assert codex_recording.played == 1
            assert codex_recording.misses == []
    """,
    )

    run().assert_outcomes(passed=1)


def test_a_file_beside_the_test(pytester, write, run) -> None:
    shutil.copy(shipped_recording("0.169.0/turn-sse"), pytester.path / "mine.jsonl")
    write(
        _CALL,
        f"""
        @pytest.mark.codex(recording="mine.jsonl")
        def test_it(codex_recording):
            assert call(f"{{codex_recording.url}}{_MODELS}") == 200
    """,
    )

    run().assert_outcomes(passed=1)


def test_the_content_may_have_to_match(pytester, write, run) -> None:
    write(
        _CALL,
        f"""
        @pytest.mark.codex(recording="0.169.0/turn-sse", matching="content")
        def test_it(codex_recording):
            assert call(f"{{codex_recording.url}}{_MODELS}") == 200
            assert call(f"{{codex_recording.url}}{_MODELS}1") == 400
            assert len(codex_recording.misses) == 1
    """,
    )

    run().assert_outcomes(passed=1)


def test_what_it_has_no_answer_for_is_shown_when_the_test_fails(pytester, write, run) -> None:
    write(
        _CALL,
        """
        @pytest.mark.codex(recording="0.169.0/turn-sse")
        def test_it(codex_recording):
            assert call(f"{codex_recording.url}/elsewhere") == 200
    """,
    )

    run().stdout.fnmatch_lines(["*- codex recording -*", "0 exchanges were played", "*/elsewhere*"])


def test_a_wrong_recording_is_told(pytester, write, run) -> None:
    pytester.makepyfile("""
        import pytest

        def test_none(codex_recording): ...

        @pytest.mark.codex(recording="0.169.0/turn-see")
        def test_misspelt(codex_recording): ...

        @pytest.mark.codex(recording="missing.jsonl")
        def test_missing(codex_recording): ...

        @pytest.mark.codex(recording="0.169.0/handshake")
        def test_of_an_app_server(codex_recording): ...

        @pytest.mark.codex(recording="0.169.0/turn-sse", matching="exactly")
        def test_an_unknown_matching(codex_recording): ...
    """)

    result = run()

    result.assert_outcomes(errors=5)
    result.stdout.fnmatch_lines(
        [
            "*::test_none: *: expected a marker that names a recording, found none. Write @pytest.mark.codex(*",
            "*::test_misspelt: *found '0.169.0/turn-see'. Closest: 0.169.0/turn-sse*",
            "*::test_missing: reading the recording *missing.jsonl: expected *",
            "*::test_of_an_app_server: *: expected a recording of HTTP, found one of an app-server. *",
            "*::test_an_unknown_matching: *: expected matching to be 'order' or 'content', found 'exactly'. *",
        ]
    )
