"""What the documentation says is true: snippets run, pages are up to date, names are listed."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from codex_conformance._pytest.options import OPTIONS
from codex_conformance.cli import COMMANDS, check, fixtures, main, scenario
from codex_conformance.cli.schema import SUBCOMMANDS
from codex_conformance.clients import CLIENT_CAPABILITIES
from codex_conformance.targets import CAPABILITIES
from codex_mockserver import load_scenario
from codex_mockserver.faults import KINDS, CallMatch
from codex_mockserver.model import AppServerSetup, Pacing, Settings
from codex_mockserver.world import SEEDED_NAMES, AccountSetup
from codex_schemas import SURFACES, app_server

ROOT = Path(__file__).parent.parent.parent
PAGES = {path.name: path.read_text() for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]}
README = PAGES["README.md"]


def snippets(language: str) -> list[tuple[str, str]]:
    """Return each fenced snippet of a language with the page that it stands in."""
    fence = re.compile(rf"^```{language}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    return [(name, snippet) for name, text in PAGES.items() for snippet in fence.findall(text)]


def named(language: str) -> list:
    found = snippets(language)
    return [pytest.param(text, id=f"{name}-{number}") for number, (name, text) in enumerate(found)]


@pytest.mark.parametrize("snippet", named("yaml"))
def test_a_scenario_snippet_loads(snippet: str) -> None:
    scenario = load_scenario(snippet)

    assert scenario.name == yaml.safe_load(snippet).get("name", "default")


@pytest.mark.parametrize("snippet", named("python"))
def test_a_python_snippet_runs(snippet: str, pytester: pytest.Pytester) -> None:
    if "def test_" not in snippet:
        snippet += "\n\nimport asyncio\n\n\ndef test_main():\n    asyncio.run(main())\n"
    pytester.makepyfile(snippet)

    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=snippet.count("def test_"))


@pytest.mark.parametrize("line", [line for _, text in snippets("sh") for line in text.splitlines() if line])
def test_a_command_of_the_documentation_exists(line: str) -> None:
    """Each shell line is a make target, or a command whose options its help names."""
    words = line.partition("#")[0].split()
    if words[0] == "make":
        assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
        return
    if words[0] in ("pytest", "python", "pip", "sed", "bin/codex"):
        return
    assert words[0] == "codex-testkit"
    ours = words[1 : words.index("--")] if "--" in words else words[1:]
    command = ours[:2] if ours[0] in ("schema", "scenario", "fixtures", "check") else ours[:1]
    shown = subprocess.run(
        [Path(sys.executable).with_name("codex-testkit"), *command, "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert all(option in shown for option in ours if option.startswith("--"))


@pytest.mark.parametrize(
    "line", re.findall(r"^(codex-testkit schema (?!import).*)$", PAGES["schemas.md"], re.MULTILINE)
)
def test_a_schema_command_of_the_documentation_does_what_it_says(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files that the page speaks of are there, and fit the release that it names."""
    params = {"threadId": "x", "input": [{"type": "text", "text": "hi"}]}
    message = {"method": "turn/start", "id": 1, "params": params}
    for name, content in {"params.json": params, "message.json": message, "transcript.jsonl": message}.items():
        (tmp_path / name).write_text(json.dumps(content))
    monkeypatch.chdir(tmp_path)

    assert main(shlex.split(line, comments=True)[1:]) == 0


@pytest.mark.parametrize("command", SUBCOMMANDS)
def test_a_schema_command_is_documented(command: str) -> None:
    assert f"codex-testkit schema {command}" in PAGES["schemas.md"]


@pytest.mark.parametrize("command", scenario.SUBCOMMANDS)
def test_a_scenario_command_is_documented(command: str) -> None:
    assert any(f"codex-testkit scenario {command}" in page for page in PAGES.values())


@pytest.mark.parametrize("command", fixtures.SUBCOMMANDS)
def test_a_fixtures_command_is_documented(command: str) -> None:
    assert f"codex-testkit fixtures {command}" in PAGES["recordings.md"]


@pytest.mark.parametrize("command", check.SUBCOMMANDS)
def test_a_check_command_is_documented(command: str) -> None:
    assert f"codex-testkit check {command}" in PAGES["conformance.md"]


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_an_option_of_a_conformance_run_is_documented(option) -> None:
    assert f"--{option.name}" in PAGES["conformance.md"]


@pytest.mark.parametrize("capability", [*CAPABILITIES, *CLIENT_CAPABILITIES])
def test_a_capability_is_documented(capability: str) -> None:
    assert f"`{capability}`" in PAGES["requirements.md"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_documented(command: str) -> None:
    assert f"codex-testkit {command}" in README or f"make {command}" in README


@pytest.mark.parametrize("account", SEEDED_NAMES)
def test_a_seeded_account_is_documented(account: str) -> None:
    assert f"| `{account}` |" in README


@pytest.mark.parametrize("surface", SURFACES)
def test_a_surface_is_documented(surface: str) -> None:
    assert f"/{surface}`" in README


@pytest.mark.parametrize("setting", Settings.__struct_fields__)
def test_a_setting_is_documented(setting: str) -> None:
    assert f"`{setting}`" in PAGES["scenarios.md"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_fault_is_documented(kind: str) -> None:
    assert f"| `{kind}: " in PAGES["scenarios.md"]


@pytest.mark.parametrize("form", [AccountSetup, AppServerSetup, CallMatch, Pacing], ids=lambda form: form.__name__)
def test_a_part_of_a_scenario_is_documented(form: type) -> None:
    assert [name for name in form.__struct_fields__ if f"`{name}`" not in PAGES["scenarios.md"]] == []


def test_the_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", PAGES)
def test_a_link_leads_somewhere(page: str) -> None:
    folder = ROOT if page == "README.md" else ROOT / "docs"
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", PAGES[page]) if "://" not in link]

    assert [link for link in links if not (folder / link).exists()] == []


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [re.match(r"[A-Za-z0-9.-]+", requirement)[0] for requirement in project["dependencies"]]

    assert [name for name in names if f"`{name}`" not in README] == []


def test_the_number_of_releases_is_true() -> None:
    known = app_server.versions()

    assert f"all {len(known)} stable releases that can emit it, {known[0]} to\n{known[-1]}," in README
