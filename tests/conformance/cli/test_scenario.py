"""`scenario` lists, shows and checks scenarios, and lets clients meet them."""

from __future__ import annotations

import json
import sys

import pytest

from codex_conformance.cli import main
from codex_mockserver.model import groups, load_scenario, named_scenario, scenarios

#: A client that sends one turn, and a second one where it is told to.
CLIENT = """
import json, os, ssl, sys, urllib.request as web
trust = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
tokens = json.load(open(os.environ["CODEX_HOME"] + "/auth.json"))["tokens"]
headers = {"authorization": "Bearer " + tokens["access_token"], "content-type": "application/json"}
body = json.dumps({"model": "gpt-5.5", "input": [], "stream": True, "store": False}).encode()
for _ in range(int(sys.argv[1])):
    request = web.Request("https://chatgpt.com/backend-api/codex/responses", body, headers)
    try: print("answer", len(web.urlopen(request, context=trust).read()))
    except Exception as error: print(error)
"""


def client(turns: int) -> tuple[str, ...]:
    return ("--", sys.executable, "-c", CLIENT, str(turns))


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_the_list_has_every_name_and_fits_a_terminal(testkit) -> None:
    finished = testkit("scenario", "list")

    lines = finished.stdout.splitlines()
    assert finished.returncode == 0
    assert [line.strip() for line in lines if line[:2] == "  " and line[2] != " "] == scenarios()
    assert {group.title for group in groups()} <= set(lines)
    assert max(map(len, lines)) <= 80


def test_the_list_as_json(capsys) -> None:
    assert main(["scenario", "list", "--json"]) == 0

    listed = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in listed] == scenarios()
    assert listed[0]["group"] == groups()[0].title
    assert listed[0]["summary"] == named_scenario(scenarios()[0]).summary


def test_what_is_shown_is_the_file(capsys) -> None:
    assert main(["scenario", "show", "stream-cut"]) == 0

    assert load_scenario(capsys.readouterr().out) == named_scenario("stream-cut")


def test_what_is_shown_as_json_is_a_scenario(capsys) -> None:
    assert main(["scenario", "show", "stream-cut", "--json"]) == 0

    assert load_scenario(json.loads(capsys.readouterr().out)) == named_scenario("stream-cut")


@pytest.mark.parametrize("command", ["show", "try"])
def test_an_unknown_name_is_a_problem_that_names_the_closest(command, capsys) -> None:
    assert main(["scenario", command, "stream-cutt"]) == 2

    assert "Write stream-cut." in capsys.readouterr().err


def test_lint_says_that_files_are_right(tmp_path, capsys) -> None:
    files = [tmp_path / name for name in ("one.yaml", "two.yaml")]
    for file in files:
        file.write_text("name: mine\n")

    assert main(["scenario", "lint", *map(str, files)]) == 0

    assert capsys.readouterr().out == "".join(f"{file}: ok\n" for file in files)


WRONG = """\
name: mine
summary: What is wrong here is said line by line.
sumary: Twice.
faults:
  - on: createResponse
    tims: 2
    cut: true
"""


def test_lint_says_all_that_is_wrong_with_its_lines(tmp_path, capsys) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(WRONG)

    assert main(["scenario", "lint", str(file)]) == 1

    out = capsys.readouterr().out
    assert f"reading {file}, line 3, at sumary" in out
    assert "to do:    Write 'summary'." in out
    assert f"reading {file}, line 6, at faults[0].tims" in out
    assert "to do:    Write 'times'." in out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("faults:\n  - {on: createRespons, cut: true}\n", "Write createResponse."),
        ("expect:\n  - say: It asks.\n    request: {operation: createRespons}\n", "Write createResponse."),
        ("expect:\n  - say: It asks.\n    request: {path: '['}\n", "a regular expression"),
        ("expect:\n  - request: {times: 1}\n", "say"),
        ("trial: {account: plu}\n", "Write plus."),
        ("faults: [\n", "Correct the YAML."),
    ],
    ids=["operation of a fault", "operation", "pattern", "no sentence", "account", "no YAML"],
)
def test_lint_finds_what_cannot_be(text, said, tmp_path, capsys) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)

    assert main(["scenario", "lint", str(file)]) == 1

    assert said in capsys.readouterr().out


def test_lint_of_a_missing_file(tmp_path, capsys) -> None:
    assert main(["scenario", "lint", str(tmp_path / "none.yaml")]) == 1

    assert "No such file" in capsys.readouterr().out


@pytest.mark.parametrize(("turns", "verdict"), [(1, 0), (2, 1)], ids=["right", "wrong"])
def test_a_client_is_judged(turns, verdict, testkit) -> None:
    """The first request is refused for good; a second one is a mistake."""
    finished = testkit("scenario", "try", "usage-limit-reached", *client(turns))

    lines = finished.stdout.splitlines()
    assert finished.returncode == verdict
    assert finished.stdout.count("HTTP Error 429") == turns
    assert f"  {'no ' if verdict else 'yes'}   It sends the turn once and does not repeat it." in lines
    assert any(line.startswith("  look  ") for line in lines)
    assert ("expected 1 such request, found 2" in finished.stdout) == bool(verdict)
    assert max(map(len, lines)) <= 80


def test_the_faults_that_struck_are_told(testkit) -> None:
    finished = testkit("scenario", "try", "stream-cut", *client(2))

    assert finished.returncode == 0
    assert "struck by faults[0]: cut at event 3" in finished.stdout
    assert "answer" in finished.stdout


def test_the_verdict_as_json_stands_alone(testkit) -> None:
    """What the client prints goes to standard error."""
    finished = testkit("scenario", "try", "usage-limit-reached", "--json", *client(2))

    told = json.loads(finished.stdout)
    assert finished.returncode == 1
    assert "HTTP Error 429" in finished.stderr
    assert told["scenario"] == "usage-limit-reached"
    assert told["exit_code"] == 0
    assert [each["holds"] for each in told["expectations"]] == [False, None]
    assert told["expectations"][0]["found"].startswith("expected 1 such request, found 2")
    assert [each["status"] for each in told["exchanges"]] == [429, 429]


def test_a_file_can_be_tried(testkit, tmp_path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\nexpect:\n  - say: It calls nothing.\n    request: {times: 0}\n")

    finished = testkit("scenario", "try", file, "--", "true")

    assert finished.returncode == 0
    assert "the mock was not called" in finished.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "the name of a scenario is missing"),
        (("--json",), "the name of a scenario is missing"),
        (("stream-cut", "true"), "two dashes are missing before the command"),
        (("stream-cut", "--jsn"), "unrecognized arguments: --jsn"),
    ],
    ids=["nothing", "no name", "no dashes", "option"],
)
def test_a_wrong_argument_of_try_is_2(arguments, said, capsys) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["scenario", "try", *arguments])

    assert caught.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("name", ["stream-cut", "device-pending-long", "refresh-race"])
def test_without_npm_a_small_client_takes_the_place_of_codex(name, testkit) -> None:
    finished = testkit("scenario", "try", name)

    assert finished.returncode == 0, finished.stdout
    assert "a small built-in client takes the place of codex" in finished.stderr


def test_without_npm_a_release_that_is_asked_for_is_missing(testkit) -> None:
    finished = testkit("scenario", "try", "stream-cut", "--codex-version", "0.169.0")

    assert finished.returncode == 2
    assert "no npm on the PATH" in finished.stderr


def test_codex_without_npm_may_be_refused(testkit) -> None:
    finished = testkit("scenario", "try", "stream-cut", "--no-install")

    assert finished.returncode == 2
    assert "--no-install" in finished.stderr


@pytest.mark.parametrize("command", ["serve", "run"])
def test_an_unknown_name_stops_other_commands_too(command, testkit) -> None:
    finished = testkit(command, "--scenario", "stream-cutt", *(["--", "true"] if command == "run" else []))

    assert finished.returncode == 2
    assert "Write stream-cut." in finished.stderr


def test_run_takes_a_name(testkit) -> None:
    finished = testkit("run", "--scenario", "usage-limit-reached", *client(1))

    assert "HTTP Error 429" in finished.stdout
