"""`diff` as a user runs it: what it takes, what it writes, how it ends."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codex_conformance.changes import FORMATS
from codex_conformance.cli import main

#: What each format begins with.
STARTS = {
    "text": "old.json -> new.json: 3 changes\n",
    "markdown": "## old.json → new.json\n",
    "json": '{\n  "diff": 1,\n',
    "sarif": '{\n  "$schema": ',
    "github": "::error file=new.json,title=old.json to new.json breaks",
    "html": "<!doctype html>\n",
}


def document(plans: list[str], *required: str, **fields: Any) -> str:
    text = {"type": "string"}
    person = {"type": "object", "properties": {"name": text, **fields}, "required": ["name", *required]}
    return json.dumps({"definitions": {"Person": person, "Plan": {"type": "string", "enum": plans}}})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two files between which a required field and a value come, and a field goes."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.json").write_text(document(["free"], "age", age={"type": "integer"}))
    (tmp_path / "new.json").write_text(document(["free", "plus"], "born", born={"type": "string", "format": "date"}))
    return tmp_path


@pytest.fixture
def diff(capsys: pytest.CaptureFixture[str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command in this process, which is faster than in one of its own."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        code = main(["diff", *arguments])
        return subprocess.CompletedProcess(arguments, code, *capsys.readouterr())

    return run


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_written(diff, folder, form) -> None:
    finished = diff("old.json", "new.json", "--format", form)

    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.startswith(STARTS[form])


def test_json_has_a_short_form(diff, folder) -> None:
    short, long = (diff("old.json", "new.json", *form) for form in (["--json"], ["--format", "json"]))

    assert short.stdout == long.stdout
    assert [change["location"] for change in json.loads(short.stdout)["changes"]] == [
        "Person.age",
        "Person.born",
        "Plan",
    ]


def spelled(value: object) -> str | None:
    """Name a case after its arguments."""
    return " ".join(value) or "nothing" if isinstance(value, tuple) else None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 0),
        (("--fail-on", "breaking"), 1),
        (("--fail-on", "dangerous"), 1),
        (("--fail-on", "breaking", "--ignore", "people.yaml"), 0),
        (("--fail-on", "dangerous", "--ignore", "people.yaml"), 1),
        (("--fail-on", "breaking", "--used-by", "plan.txt"), 0),
        (("--fail-on", "dangerous", "--used-by", "plan.txt"), 1),
        (("--fail-on", "breaking", "--used-by", "plan.txt", "--strict"), 1),
    ],
    ids=spelled,
)
def test_it_fails_on_what_is_named(diff, folder, arguments, code) -> None:
    (folder / "people.yaml").write_text("- location: Person.*\n  reason: We know nobody.\n")
    (folder / "plan.txt").write_text("Plan\n")

    finished = diff("old.json", "new.json", *arguments)

    assert (finished.returncode, finished.stderr) == (code, "")


def test_a_new_request_hurts_servers_only(diff, folder) -> None:
    head, path = (
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n",
        "{get: {responses: {'204': {description: d}}}}\n",
    )
    (folder / "old.yaml").write_text(f"{head}  /plans: {path}")
    (folder / "new.yaml").write_text(f"{head}  /plans: {path}  /people: {path}")

    codes = [
        diff("old.yaml", "new.yaml", "--fail-on", "dangerous", "--for", side).returncode
        for side in ("client", "server")
    ]

    assert codes == [0, 1]


def test_a_stale_entry_fails_and_is_named_with_its_line(diff, folder) -> None:
    (folder / "seen.yaml").write_text("- location: Plan\n  reason: Seen.\n- location: Gone\n  reason: Seen.\n")

    finished = diff("old.json", "new.json", "--ignore", "seen.yaml")

    assert finished.returncode == 1
    assert finished.stderr == "codex-testkit: seen.yaml, line 3: the entry covers no change any more; remove it\n"


def test_a_file_is_written_whole_and_in_the_place_of_an_older_one(diff, folder) -> None:
    (folder / "page.html").write_text("old")
    (folder / "link.html").symlink_to("page.html")

    finished = diff("old.json", "new.json", "--format", "html", "-o", "link.html")

    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")
    assert (folder / "link.html").is_symlink()
    assert (folder / "page.html").read_text().endswith("</html>\n")
    assert {path.name for path in folder.iterdir()} >= {"link.html", "page.html"}
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_a_device_is_written_to_and_stays(testkit, folder) -> None:
    finished = testkit("diff", "old.json", "new.json", "-o", "/dev/stdout")

    assert finished.stdout.startswith(STARTS["text"])
    assert not Path("/dev/stdout").is_file() or Path("/dev/stdout").is_symlink()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("0.141.99", "new.json"), "The nearest is 0.141.0"),
        (("0.141.0", "gone.json"), "gone.json"),
        (("old.json", "new.json", "-o", "gone/page.html"), "a folder that exists"),
        (("old.json", "new.json", "-o", "."), "a file that can be written"),
        (("old.json", "new.json", "--ignore", "gone.yaml"), "ignore file gone.yaml"),
        (("old.json", "new.json", "--used-by", "gone.txt"), "gone.txt"),
        (("old.json", "new.json", "--used-by", "new.json"), "new.json"),
        (("old.json", "./0.141.0"), "reading 0.141.0"),
        (("0.1.0", "latest"), "0.1.0"),
    ],
    ids=spelled,
)
def test_bad_input_is_a_problem_in_four_lines(diff, folder, arguments, expected) -> None:
    finished = diff(*arguments)

    lines = finished.stderr.splitlines()
    assert (finished.returncode, finished.stdout) == (2, "")
    assert [line.split(":")[0].strip() for line in lines] == ["codex-testkit", "expected", "found", "to do"]
    assert expected in finished.stderr


@pytest.mark.parametrize(
    "arguments",
    [("0.141.0",), ("a", "b", "--format", "pdf"), ("a", "b", "--json", "--format", "text"), ("a", "b", "--for", "me")],
    ids=" ".join,
)
def test_a_wrong_argument_shows_the_usage(testkit, arguments) -> None:
    finished = testkit("diff", *arguments)

    assert finished.returncode == 2
    assert finished.stderr.startswith("usage: codex-testkit diff")


@pytest.mark.parametrize(
    ("old", "new", "title"),
    [
        ("0.141.0", "0.142.0", "0.141.0 -> 0.142.0: "),
        ("0.142", "v0.143.0", "0.142.5 -> 0.143.0: "),
        ("0.169.0", "latest", "0.169.0 -> "),
    ],
)
def test_a_number_is_a_release(diff, old, new, title) -> None:
    finished = diff(old, new)

    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.startswith(title)


def test_the_experimental_api_is_compared_on_demand(diff) -> None:
    stable, experimental = (
        json.loads(diff("0.141.0", "0.142.0", "--json", *option).stdout)["changes"]
        for option in ((), ("--experimental",))
    )

    assert not any(change["experimental"] for change in stable)
    assert any(change["experimental"] for change in experimental)


def on_a_terminal(arguments: list[str], **variables: str) -> bytes:
    """Return what a command prints to a terminal."""
    master, slave = pty.openpty()
    code = "import sys; from codex_conformance.cli import main; sys.exit(main())"
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm", **variables}
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=slave, env=environment)
    os.close(slave)
    printed = b""
    try:
        while part := os.read(master, 65536):
            printed += part
    except OSError:  # Linux says so when the other end is closed.
        pass
    os.close(master)
    assert process.wait(timeout=60) == 0
    return printed


@pytest.mark.parametrize(
    ("options", "variables", "coloured"),
    [
        ((), {}, True),
        ((), {"NO_COLOR": "1"}, False),
        (("--format", "markdown"), {}, False),
    ],
    ids=["terminal", "NO_COLOR", "another format"],
)
def test_only_text_on_a_terminal_has_colours(folder, options, variables, coloured) -> None:
    assert (b"\x1b[" in on_a_terminal(["diff", "old.json", "new.json", *options], **variables)) == coloured


def test_a_file_has_no_colours(folder) -> None:
    on_a_terminal(["diff", "old.json", "new.json", "-o", "page.txt"])

    assert "\x1b" not in (folder / "page.txt").read_text()


def test_letters_that_the_output_cannot_have_are_escaped(testkit, folder) -> None:
    (folder / "old.json").write_text(document(["free", "größer"]))

    finished = testkit("diff", "old.json", "new.json", PYTHONIOENCODING="ascii")

    assert finished.returncode == 0
    assert "gr\\xf6\\xdfer" in finished.stdout
