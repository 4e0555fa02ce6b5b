"""`schema` and what it shows: the list, a method or type, a history, an export."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from codex_conformance.cli import main
from codex_conformance.cli.schema import SUBCOMMANDS
from codex_schemas import SURFACES, app_server

ORDER = app_server.versions()
LATEST = app_server.latest()


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]):
    """Run a command that is to succeed and return what it prints."""

    def run(*arguments: str) -> str:
        assert main(["schema", *arguments]) == 0
        printed = capsys.readouterr()
        assert printed.err == ""
        return printed.out

    return run


@pytest.fixture
def problem(capsys: pytest.CaptureFixture[str]):
    """Run a command that is to meet a problem and return its four parts."""

    def run(*arguments: str) -> dict[str, str]:
        assert main(["schema", *arguments]) == 2
        lines = capsys.readouterr().err.splitlines()
        return {name.strip(): text.strip() for name, _, text in (line.partition(":") for line in lines)}

    return run


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("command", ["", *SUBCOMMANDS])
def test_the_help_has_examples_and_exit_codes_and_fits(testkit, command: str) -> None:
    finished = testkit("schema", *command.split(), "--help")

    assert finished.returncode == 0
    assert f"examples:\n  codex-testkit schema {command}" in finished.stdout
    assert "exit codes:" in finished.stdout
    assert max(map(len, finished.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("dance",),
        ("show",),
        ("history",),
        ("validate",),
        ("validate", "-", "--result"),
        ("validate", "-", "--method", "turn/start", "--type", "Turn"),
        ("check",),
        ("export", "--format", "yaml"),
        ("export", "--format", "openapi"),
        ("export", "--surface", "dance"),
        ("export", "--surface", "wham", "--format", "openrpc"),
        ("export", "--surface", "wham", "--version", "0.141.0"),
        ("export", "--surface", "wham", "--experimental"),
    ],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
def test_a_wrong_argument_is_2_and_shows_the_usage(capsys, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["schema", *arguments])

    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: codex-testkit schema")


@pytest.mark.parametrize(
    ("version", "found", "advice"),
    [
        ("0.167.0", "unknown release '0.167.0'", "The nearest is 0.166.0."),
        ("0.142.1", "a release without one: ", "The nearest is 0.142.0."),
        ("newest", "'newest'", "Known are 0.58.0 to"),
        ("1.2.3.4", "unknown release '1.2.3.4'", "Name one as"),
    ],
    ids=["never published", "cannot emit", "no number", "too long"],
)
@pytest.mark.parametrize(
    "command", [("show", "Turn"), ("validate", "-"), ("check", "-"), ("export",)], ids=lambda c: c[0]
)
def test_a_release_without_a_protocol_is_a_problem(problem, command, version: str, found: str, advice: str) -> None:
    told = problem(*command, "--version", version)

    assert told["found"].startswith(found)
    assert told["to do"].startswith(advice)


class TestList:
    def test_it_has_every_release_the_newest_last(self, shown) -> None:
        heading, *lines, counts, _ = shown("list").splitlines()

        first = [line.split()[0] for line in lines if not line.startswith(" ")]
        assert heading.split() == ["release", "published", "requests", "notifications", "types"]
        assert first == [release.version for release in app_server.releases()]
        assert counts.startswith(f"{len(ORDER)} releases emit")
        assert max(map(len, lines)) <= 80

    def test_it_has_the_counts_of_both_channels(self, shown) -> None:
        line = next(line for line in shown("list").splitlines() if line.startswith("0.141.0"))

        assert line.split()[-9:] == ["95", "/", "129", "67", "/", "67", *line.split()[-3:]]

    def test_it_says_why_a_release_cannot_emit(self, shown) -> None:
        reason = next(release.reason for release in app_server.releases() if release.version == "0.142.1")

        assert f"cannot emit: {reason}" in squeezed(shown("list"))

    def test_as_json_it_has_all_that_is_known(self, shown) -> None:
        told = {release["version"]: release for release in json.loads(shown("list", "--json"))}

        assert list(told) == [release.version for release in app_server.releases()]
        assert told["0.169.0"]["experimental"]["client_requests"] == 184
        assert told["0.58.0"]["experimental"] is None
        assert told["0.142.1"]["stable"] is None
        assert {tuple(release) for release in told.values()} == {tuple(told["0.169.0"])}


class TestShow:
    def test_a_method_has_its_direction_and_its_fields_with_values(self, shown) -> None:
        text = shown("show", "turn/start", "--version", "0.169.0")

        assert text.startswith("turn/start  request of the client, since 0.58.0\nas in codex 0.169.0, stable\n")
        assert "\nparams:  TurnStartParams, required\n" in text
        assert "\n  threadId             string, required\n" in text
        assert "personality Personality or null none, friendly, pragmatic" in squeezed(text)
        assert "\nresult:  TurnStartResponse\n  turn  Turn, required\n" in text

    def test_the_experimental_fields_are_shown_when_they_are_asked_for(self, shown) -> None:
        stable, wide = (shown("show", "turn/start", *more) for more in ((), ("--experimental",)))

        assert "collaborationMode" not in stable
        assert "\n  collaborationMode " in wide

    def test_a_type_has_its_values_and_variants(self, shown) -> None:
        assert "completed, interrupted, failed, inProgress" in squeezed(shown("show", "TurnStatus"))
        assert "\n  [agentMessage].text " in shown("show", "ThreadItem")

    def test_an_older_form_is_shown_with_when_it_went(self, shown) -> None:
        text = shown("show", "thread/rollback", "--version", "0.155.1")

        assert text.startswith("thread/rollback  request of the client, since 0.79.0, gone in 0.156.0\n")

    def test_an_experimental_method_says_so(self, shown) -> None:
        text = shown("show", "thread/items/list", "--version", "0.150.0", "--experimental")

        assert "as in codex 0.150.0, experimental; needs experimentalApi\n" in text

    def test_of_two_types_of_one_name_the_one_that_is_asked_for_is_shown(self, shown) -> None:
        older, newer = (shown("show", name, "--version", "0.104.0") for name in ("UserInput", "v2/UserInput"))

        assert older.startswith("UserInput  type, since 0.58.0, gone in 0.105.0\n")
        assert "image_url" in older
        assert newer.startswith("v2/UserInput  type, since 0.58.0\n")

    @pytest.mark.parametrize("version", ["0.58", "latest"])
    def test_everything_can_be_shown_in_80_columns(self, capsys, version: str) -> None:
        contract = app_server.load(app_server.nearest(version), experimental=True)

        for name in [*contract.methods, *contract.definitions]:
            assert main(["schema", "show", name, "--version", version, "--experimental"]) == 0
            too_long = [line for line in capsys.readouterr().out.splitlines() if len(line) > 80]
            # Only a name that has no room at all is longer.
            assert [line for line in too_long if len(line.split()) > 1] == [], name

    @pytest.mark.parametrize(
        "name", ["turn/start", "initialized", "Turn", "ClientRequest", "PlanType", "v2/ThreadItem"]
    )
    def test_as_json_it_is_a_schema_that_needs_nothing_else(self, shown, name: str) -> None:
        schema = json.loads(shown("show", name, "--json"))

        jsonschema.Draft7Validator.check_schema(schema)
        list(jsonschema.Draft7Validator(schema).iter_errors({"params": {}, "result": {}}))
        assert schema["title"].removeprefix("v2/") == name.removeprefix("v2/")

    def test_the_schema_of_a_method_has_params_and_result(self, shown) -> None:
        schema = json.loads(shown("show", "turn/start", "--json"))
        validator = jsonschema.Draft7Validator(schema)
        turn = {"id": "t", "items": [], "status": "completed"}

        assert validator.is_valid({"params": {"threadId": "x", "input": []}, "result": {"turn": turn}})
        assert not validator.is_valid({"params": {"threadId": 5, "input": []}, "result": {"turn": turn}})
        assert not validator.is_valid({"params": {"threadId": "x", "input": []}, "result": {}})
        assert "Thread" not in schema["definitions"]["v2"]

    @pytest.mark.parametrize(
        ("name", "found", "advice"),
        [
            ("turn/strat", "'turn/strat'", "Closest: turn/start"),
            ("thread/rollback", "thread/rollback, since 0.79.0, gone in 0.156.0", "Name another --version"),
            ("thread/queue/add", "thread/queue/add, which is experimental", "Add --experimental."),
            ("Turn.status", "the field Turn.status", "Show Turn, or see `schema history Turn.status`."),
            ("promax", "the value PlanType=promax", "Show PlanType"),
        ],
    )
    def test_what_cannot_be_shown_is_a_problem_with_where_it_can(self, problem, name, found, advice) -> None:
        told = problem("show", name, "--version", "0.169.0")

        assert told["found"] == found
        assert told["to do"].startswith(advice)


class TestHistory:
    def test_it_says_when_each_field_came_and_went(self, shown) -> None:
        lines = [squeezed(line) for line in shown("history", "turn/start").splitlines()]

        assert lines[0] == "turn/start request of the client, stable"
        assert any(re.fullmatch(r" 0\.162\.0 (\S+ )?params\.rootTurnId: string or null", line) for line in lines)
        at = next(number for number, line in enumerate(lines) if "params.permissionProfile:" in line)
        assert re.fullmatch(r" 0\.128\.0 (\S+ )?gone", lines[at + 1])
        assert lines[-1].startswith("0.58.0 is the first release")

    def test_what_happens_to_the_whole_is_not_repeated_for_each_part(self, shown) -> None:
        assert shown("history", "thread/rollback").count("gone") == 2

    def test_two_types_of_one_name_are_told_apart(self, shown) -> None:
        text = shown("history", "UserInput")

        assert "v2/UserInput  type, stable\n  UserInput was another type" in text
        assert "\nUserInput  type, gone in 0.105.0\n" in text

    def test_the_dates_of_publication_are_told(self, shown) -> None:
        published = next(release.published for release in app_server.releases() if release.version == "0.162.0")

        assert f"0.162.0  {published}" in shown("history", "Turn.rootTurnId")

    def test_what_was_perhaps_experimental_before_is_said(self, shown) -> None:
        assert "0.95.0 is the first release that tells its channels apart" in shown(
            "history", "thread/start.dynamicTools"
        )

    def test_as_json_it_has_every_event(self, shown) -> None:
        (life,) = json.loads(shown("history", "thread/turns/list", "--json"))["lives"]

        assert [(event["version"], event["kind"], event["channel"]) for event in life["events"]] == [
            ("0.122.0", "added", "stable"),
            ("0.129.0", "experimental", "experimental"),
            ("0.151.0", "stable", "stable"),
        ]
        assert (life["since"], life["gone_in"], life["channel"]) == ("0.122.0", None, "stable")
        assert "thread/turns/list.params.cursor" in [part["name"] for part in life["parts"]]

    def test_an_unknown_name_is_a_problem_with_the_closest(self, problem) -> None:
        assert problem("history", "Turn.rootTurnID")["to do"].startswith("Closest: Turn.rootTurnId")


class TestExport:
    def test_the_bundle_is_what_the_binary_emits(self, shown) -> None:
        bundle = json.loads(shown("export", "--version", "0.169.0", "--experimental"))

        release = next(release for release in app_server.releases() if release.version == "0.169.0")
        assert app_server.checksum(app_server.normalise(bundle)) == release.experimental.checksum

    def test_openrpc_has_the_methods(self, shown) -> None:
        document = json.loads(shown("export", "--format", "openrpc", "--version", "0.141.0"))

        assert "thread/rollback" in {method["name"] for method in document["methods"]}

    @pytest.mark.parametrize("surface", SURFACES)
    def test_a_surface_is_an_openapi_document(self, shown, surface: str) -> None:
        assert json.loads(shown("export", "--surface", surface))["openapi"].startswith("3.1")

    def test_it_goes_into_a_file(self, shown, tmp_path: Path) -> None:
        printed = shown("export", "--version", "0.141")

        assert shown("export", "--version", "0.141", "-o", str(tmp_path / "bundle.json")) == ""
        assert (tmp_path / "bundle.json").read_text() == printed

    @pytest.mark.parametrize("name", ["", "missing/bundle.json"], ids=["folder", "missing folder"])
    def test_a_file_that_cannot_be_written_is_a_problem(self, problem, tmp_path: Path, name: str) -> None:
        assert problem("export", "-o", str(tmp_path / name))["codex-testkit"].startswith("a problem while writing")
