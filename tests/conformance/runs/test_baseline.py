"""The baseline in a run: known, new and stale failures, and how its file is made."""

import pytest

ONLY = "--codex-select=oauth.discovery.issuer"
STRICT = "--codex-fail-level=SHOULD"


@pytest.fixture
def known(pytester):
    """Writes a baseline of these cases."""

    def write(*cases, reason="an old server"):
        entries = (
            f'[[known]]\nrequirement = "oauth.discovery.issuer"\ncase = "{case}"\nreason = "{reason}"\n'
            for case in cases
        )
        (pytester.path / "known.toml").write_text("\n".join(entries))
        return "--codex-baseline=known.toml"

    return write


def test_known_failures_do_not_fail_a_run(serve, check, known) -> None:
    serve(issuer="http://wrong")

    code, report = check(ONLY, STRICT, known("test_issuer[]", "test_issuer[/]"))

    assert code == 0
    assert {verdict["outcome"] for verdict in report["verdicts"]} == {"known"}
    assert {verdict["reason"] for verdict in report["verdicts"]} == {"an old server"}


def test_a_new_failure_beside_known_ones_fails(serve, check, known) -> None:
    serve(issuer="http://wrong")

    code, report = check(ONLY, STRICT, known("test_issuer[]"))

    assert code == 1
    assert sorted(verdict["outcome"] for verdict in report["verdicts"]) == ["failed", "known"]


def test_an_unexpected_pass_fails_as_stale(serve, check, known) -> None:
    serve()

    code, report = check(ONLY, STRICT, known("test_issuer[]"))

    assert code == 1
    assert sorted(verdict["outcome"] for verdict in report["verdicts"]) == ["passed", "stale"]


def test_the_file_is_made_and_used_when_its_reasons_are_written(serve, check, pytester) -> None:
    serve(issuer="http://wrong")
    file = pytester.path / "known.toml"

    check(ONLY, "--codex-baseline=known.toml", "--codex-write-baseline")
    refused, said = check(ONLY, STRICT, "--codex-baseline=known.toml")
    file.write_text(file.read_text().replace("TODO: say why it fails, and what is done about it.", "an old server"))
    code, _ = check(ONLY, STRICT, "--codex-baseline=known.toml")

    assert (refused, code) == (4, 0)
    assert "TODO" in str(said)


def test_a_baseline_that_is_not_there_is_a_usage_error(serve, check) -> None:
    serve()

    assert check(ONLY, "--codex-baseline=nowhere.toml")[0] == 4


def test_what_draws_at_random_may_pass_by_chance(serve, check, known, pytester) -> None:
    serve()
    pytester.makepyfile(
        test_cases="""
        import pytest

        @pytest.fixture
        def budget():
            return None

        @pytest.mark.codex("oauth.discovery.issuer")
        def test_random(budget):
            pass
        """
    )

    code, report = check(ONLY, STRICT, known("test_random"))

    assert [verdict["outcome"] for verdict in report["verdicts"]] == ["passed"]
    assert code == 0
