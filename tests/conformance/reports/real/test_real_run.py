"""Reports of a real run: every form is written, and what is published about it holds."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from codex_conformance.reports import FORMATS, as_json, read_report
from codex_conformance.reports.matrix import Matrix, render

#: Answers every call in a way that no contract knows.
STRANGE_SERVER = """\
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 418, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b'{"access_token": "rt_Vx8Kq2Lm5Tz9Rw4Yp7Nc1Hd6Bs3Jf0Ga"}'})
"""


@pytest.fixture(scope="module", autouse=True)
def registry():
    """The requirements of the package."""


@pytest.fixture(scope="module", params=["mock", "asgi:strange:app"])
def reports(request, tmp_path_factory) -> dict[str, str]:
    """What a run of the suites of one surface writes, with its output and exit code."""
    folder = tmp_path_factory.mktemp("reports")
    (folder / "strange.py").write_text(STRANGE_SERVER)
    paths = {form: folder / f"report{suffix}" for form, suffix in FORMATS.items()}
    wanted = [word for path in paths.values() for word in ("--report", path.name)]
    command = [Path(sys.executable).with_name("codex-testkit"), "check", "server", request.param]
    done = subprocess.run(
        [*command, "--surface", "oauth", "--select", "oauth.discovery", "--declare", "oauth.discovery", *wanted],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder), "COLUMNS": "80"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert set(folder.glob("report*")) == set(paths.values()), done.stderr
    texts = {form: path.read_text() for form, path in paths.items()}
    return texts | {"terminal": done.stdout, "code": str(done.returncode)}


def test_json_fits_the_published_schema(reports) -> None:
    schema = json.loads(files("codex_schemas").joinpath("data", "report", "schema.json").read_bytes())
    document = json.loads(reports["json"])
    jsonschema.Draft202012Validator(schema).validate(document)

    assert document["verdicts"]
    assert document["exit_code"] == int(reports["code"])
    assert document["is_partial"]


def test_every_form_says_the_same(reports) -> None:
    document = json.loads(reports["json"])
    failed = sum(verdict["outcome"] == "failed" for verdict in document["verdicts"])
    root = ET.fromstring(reports["junit"].encode())

    assert len(list(root.iter("testcase"))) == len(document["verdicts"])
    assert len(list(root.iter("failure"))) <= failed
    assert " ".join(reports["terminal"].split()).endswith(document["sentence"])
    assert json.loads(reports["badge"])["message"].startswith(document["conclusion"])
    assert document["target"] in reports["markdown"]
    assert reports["html"].count('<div class="case ') == len(document["verdicts"])


def test_the_terminal_holds_it(reports) -> None:
    lines = reports["terminal"].splitlines()

    assert all(len(line) <= 80 and line.isprintable() for line in lines)


def test_it_can_be_read_and_put_into_a_matrix(reports, tmp_path) -> None:
    path = tmp_path / "report.json"
    path.write_text(reports["json"])
    run = read_report(path)

    assert as_json(run) == reports["json"]
    assert run.target in render(Matrix([run]), "summary")


def test_no_secret_of_the_exchange_is_in_it(reports) -> None:
    assert not any("Vx8Kq2Lm5Tz9Rw4" in text for text in reports.values())
