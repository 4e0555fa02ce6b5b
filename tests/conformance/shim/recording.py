"""What published releases print for ``codex exec``, kept in files.

Usage: recording.py RELEASE... - runs the installed releases on the mock backend and writes what each
prints for each case into ``recordings/``. The tests read the cases and the files: the shim must
print the same, and the releases still must.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
FOLDER = Path(__file__).parent / "recordings"
RELEASES = ("0.141.0", "0.169.0")
MODES = {"events": ["--json"], "text": ["--color", "never"], "colours": ["--color", "always"]}
PROMPT = "go on"

#: Lines of a log, and what is said of a home in the folder for temporary files.
_LOGGED = r"\d{4}-\d\d-\d\dT[\d:.]+Z|^WARNING: proceeding, even though"

_USAGE = {"input_tokens": 1200, "output_tokens": 34, "reasoning_tokens": 8}
_PATCH = "*** Begin Patch\n*** Add File: tide.txt\n+high water\n*** End Patch\n"
_SECOND_PATCH = "*** Begin Patch\n*** Update File: tide.txt\n@@\n-high water\n+low water\n*** End Patch\n"
_PLAN = [{"step": "look", "status": "in_progress"}, {"step": "write", "status": "pending"}]
_PLAN_LATER = [{"step": "look", "status": "completed"}, {"step": "write", "status": "in_progress"}]


def _say(*said: Any, **more: Any) -> dict[str, Any]:
    return {"say": list(said), "usage": _USAGE, **more}


def _plan(plan: list[Any], **more: Any) -> dict[str, Any]:
    return {"function_call": {"name": "update_plan", "arguments": {"plan": plan, **more}}}


#: The steps of the model; what a command gives is what it really gives.
CASES: dict[str, list[dict[str, Any]]] = {
    "a message": [_say({"message": "High water at noon."})],
    "two messages": [_say({"message": {"text": "I look.", "phase": "commentary"}}, {"message": "Noon."})],
    "nothing": [_say()],
    "reasoning": [_say({"reasoning": {"summary": ["**Look** first.", "**Then** say."]}}, {"message": "Noon."})],
    "reasoning without a summary": [_say({"reasoning": {"summary": []}}, {"message": "Noon."})],
    "a command": [
        _say({"message": "I look."}, {"exec_command": {"cmd": "echo sea-42", "output": "sea-42\n"}}),
        _say({"message": "It printed sea-42."}),
    ],
    "a command that prints nothing": [_say({"exec_command": {"cmd": "true"}}), _say({"message": "Done."})],
    "a command that fails": [
        _say({"exec_command": {"cmd": "echo bad; exit 3", "output": "bad\n", "exit_code": 3}}),
        _say({"message": "It failed."}),
    ],
    "patches": [
        _say({"apply_patch": _PATCH}),
        _say({"apply_patch": _SECOND_PATCH}),
        _say({"message": "Written."}),
    ],
    "a web search": [_say({"web_search": "tides"}, {"message": "Found."})],
    "a plan": [
        _say(_plan(_PLAN, explanation="Two steps.")),
        _say(_plan(_PLAN_LATER)),
        _say({"message": "Planned."}),
    ],
    "a failure": [
        _say({"message": "Half"}, end={"failed": {"code": "context_length_exceeded", "message": "too long"}}),
    ],
}

#: The newer default model is not offered the plan.
_SKIPPED = {("a plan", "0.169.0")}
RUNS = [(name, release) for name in CASES for release in RELEASES if (name, release) not in _SKIPPED]


def path_of(name: str, release: str, mode: str) -> Path:
    """Return the file of what a release printed for a case."""
    return FOLDER / release / f"{name.replace(' ', '-')}.{mode}.txt"


def scenario_of(name: str) -> dict[str, Any]:
    """Return the scenario of a case; without the WebSocket, one request is one answer."""
    refused = {"on": "connectResponses", "times": None, "answer": {"status": 426, "body": "use POST"}}
    return {"name": name, "model": CASES[name], "faults": [refused]}


def run(command: Sequence[str | Path], mode: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Run a codex in an empty folder, and return what it printed in a form that can be compared."""
    folder.mkdir()
    arguments = ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", *MODES[mode], PROMPT]
    finished = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    said = f"exit code {finished.returncode}\n\n{finished.stdout}\n--- stderr ---\n{finished.stderr}"
    return _compared(said.replace(str(folder), "/work"))


def _compared(said: str) -> str:
    """Take out what differs between two runs: log lines, identifiers and durations."""
    lines = [line for line in said.split("\n") if not re.search(_LOGGED, line)]
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", "\n".join(lines))
    text = re.sub(r"ws_[0-9a-f]+", "<id>", text)
    return re.sub(r"in \d+ms", "in 0ms", text)


def main(releases: list[str]) -> int:
    from codex_mockserver import SyncBackend  # noqa: PLC0415 (the tests of the shim need none)

    for release in releases:
        binary = ROOT / ".codex" / release / "node_modules" / ".bin" / "codex"
        for name in (name for name, each in RUNS if each == release):
            for mode in MODES:
                with (
                    tempfile.TemporaryDirectory(dir=Path.home()) as folder,
                    SyncBackend(proxy=True, scenario=scenario_of(name)) as backend,
                ):
                    home = Path(folder, "home")
                    backend.write_codex_home(home, "plus", analytics=False, plugins=False)
                    environment = {"PATH": os.environ["PATH"], "HOME": folder, **backend.client_environment(home)}
                    said = run([binary], mode, Path(folder, "work"), environment)
                path = path_of(name, release, mode)
                path.parent.mkdir(exist_ok=True)
                path.write_text(said)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
