"""The tutorials do what they say: each is walked through in an empty folder, from its first line to its last."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent.parent / "docs"
TUTORIALS = sorted(DOCS.glob("tutorial-*.md"))

#: A fenced part: a file with its name, commands, or what the last command prints.
FENCE = re.compile(r"^```(\w+)(?: +(\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXIT_CODE = re.compile(r"# exit code (\d+)")
#: Stands for lines that may be anything.
GAP = "..."


def run(line: str, folder: Path) -> str:
    """Run a command as the reader does, and return what it prints."""
    expected = EXIT_CODE.search(line)
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "80"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == (int(expected[1]) if expected else 0), said
    return said


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_the_tutorial_does_what_it_says(page: Path, tmp_path: Path) -> None:
    said = ""
    for language, name, text in FENCE.findall(page.read_text()):
        if name:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        elif language == "sh":
            for line in text.splitlines():
                said = run(line, tmp_path)
        elif language == "text":
            missing = [line for line in text.splitlines() if line.strip() not in (GAP, "") and line.strip() not in said]
            assert missing == [], said
        else:
            pytest.fail(f"a {language} part without a name")


def test_there_is_one_for_each_kind_of_user() -> None:
    assert [page.stem.removeprefix("tutorial-") for page in TUTORIALS] == ["app-server", "client", "releases", "server"]
