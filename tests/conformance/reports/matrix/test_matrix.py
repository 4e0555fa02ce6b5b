"""The matrix: targets beside each other, in every form."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from importlib.resources import files

import jsonschema
import pytest

from codex_conformance.reports.matrix import FORMATS, Matrix, render
from codex_schemas import Problem

SCHEMA = json.loads(files("codex_schemas").joinpath("data", "report", "matrix.json").read_bytes())
ROTATES, ONCE, PENDING, TERMINAL = (
    "oauth.refresh.rotates",
    "oauth.code.used-once",
    "oauth.device.pending",
    "responses.stream.terminal-event-once",
)


@pytest.fixture
def runs(run, verdict):
    """A mock, an older one, somebody's proxy without device login, and a client."""
    return [
        run(*map(verdict, (ROTATES, ONCE, PENDING, "oauth.error.text", "wham.usage.credits", TERMINAL))),
        run(verdict(ROTATES), verdict("wham.usage.windows", "known"), target="mock:0.141.0", release="0.141.0"),
        run(
            verdict(TERMINAL, "failed"),
            verdict(PENDING, "skipped", reason="not declared: oauth.device"),
            verdict(ROTATES, "skipped", reason="disabled: oauth.token"),
            target="http://127.0.0.1:8080",
            surfaces=["oauth", "responses"],
        ),
        run(verdict("responses.client.retry-after"), role="client", target="codex exec", surfaces=["responses"]),
    ]


@pytest.fixture
def matrix(runs) -> Matrix:
    return Matrix(runs)


SUMMARY = """\
| server | oauth | wham | responses | conclusion |
|---|--:|--:|--:|---|
| `mock:0.169.0` | 4 of 4 | 1 of 1 | 1 of 1 | conformant |
| `mock:0.141.0` | 1 of 4 | 0 of 1 | 0 of 1 | incomplete |
| `http://127.0.0.1:8080 (0.169.0)` | 0 of 3 |  | 0 of 1 | failed |

| client | responses | conclusion |
|---|--:|---|
| `codex exec (0.169.0)` | 1 of 1 | passed |
"""

TEXT = """\
server                oauth    wham responses
mock:0.169.0            4/4     1/1       1/1  conformant
mock:0.141.0            1/4     0/1       0/1  incomplete
http://127.0.0.1:8080 (0.169.0)
                        0/3               0/1  failed

client              responses
codex exec (0.169.0)
                          1/1  passed
"""

OAUTH = """\
### oauth

| oauth | level | 1 | 2 | 3 |
|---|---|:-:|:-:|:-:|
| `oauth.refresh.rotates` | MUST | ✓ | ✓ | - |
| `oauth.code.used-once` | MUST | ✓ | ? | ? |
| `oauth.device.pending` | MUST | ✓ | ? | - |
| `oauth.error.text` | OBSERVED | ✓ | ? | ? |

### wham

| wham | level | 1 | 2 | 3 |
|---|---|:-:|:-:|:-:|
| `wham.usage.windows` | MUST |  | k |  |
| `wham.usage.credits` | SHOULD | ✓ |  |  |
"""


def test_the_summary_is_short_enough_for_a_readme(matrix) -> None:
    assert render(matrix, "summary") == SUMMARY


def test_the_terminal_shows_the_same(matrix) -> None:
    assert render(matrix, "text") == TEXT


def test_with_every_surface_it_fits_the_terminal(run) -> None:
    surfaces = ["oauth", "wham", "responses", "app_server", "account"]
    text = render(Matrix([run(surfaces=surfaces)]), "text")

    assert "app-server" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_whole_has_a_row_for_each_requirement(matrix) -> None:
    text = render(matrix, "markdown")

    assert SUMMARY in text
    assert OAUTH in text
    assert "- mock:0.169.0 is conformant with codex 0.169.0 (oauth, wham and responses)" in text
    assert "\n3. `http://127.0.0.1:8080 (0.169.0)`\n" in text


def test_json_fits_its_published_schema(matrix) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    document = json.loads(render(matrix, "json"))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    servers, clients = document["parts"]

    assert [target["surfaces"].get("oauth") for target in servers["targets"]] == [
        {"passed": 4, "applicable": 4},
        {"passed": 1, "applicable": 4},
        {"passed": 0, "applicable": 3},
    ]
    outcomes = {row["id"]: row["outcomes"] for row in servers["requirements"]}
    assert outcomes[ROTATES] == ["passed", "passed", "skipped"]
    assert outcomes["wham.usage.windows"] == ["out of scope", "known", "out of scope"]
    assert [row["id"] for row in clients["requirements"]] == ["responses.client.retry-after"]


class Rows(HTMLParser):
    """The rows of the big tables: the attributes of each, and its cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[tuple[dict[str, str | None], list[str]]] = []
        self.scripts = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        if tag == "tr":
            self.rows.append((dict(attrs), []))
        elif tag in ("td", "th"):
            self.rows[-1][1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1][1] and self.lasttag != "script":
            self.rows[-1][1][-1] += data.strip()


def test_the_page_has_a_row_for_each_requirement(matrix) -> None:
    text = render(matrix, "html")
    rows = {cells[0]: (facts, cells[1:]) for facts, cells in Rows(text).rows if "data-level" in facts}

    assert len(rows) == 8
    assert rows[ROTATES] == ({"data-level": "MUST", "data-met": "some"}, ["MUST", "passed", "passed", "skipped"])
    assert rows["wham.usage.credits"][0]["data-met"] == "all"
    assert not re.search(r"\b(src|href|action)=|@import|url\(", text)


@pytest.mark.parametrize("form", FORMATS)
def test_texts_of_strangers_stay_texts(hostile_run, run, form) -> None:
    text = render(Matrix([hostile_run, run()]), form)

    assert all(line.isprintable() for line in text.split("\n"))
    if form == "html":
        assert Rows(text).scripts == 1


def test_secrets_stay_out(run) -> None:
    matrix = Matrix([run(target="https://me:s3cret@127.0.0.1/")])

    assert not any("s3cret" in render(matrix, form) for form in FORMATS)


def test_two_reports_of_one_target_are_refused(run) -> None:
    with pytest.raises(Problem, match=r"two of mock:0\.169\.0"):
        Matrix([run(), run()])


def test_one_target_may_stand_there_with_several_releases(run) -> None:
    matrix = Matrix([run(target="proxy", release=release) for release in ("0.141.0", "0.169.0")])

    assert [column.title for column in matrix.parts[0].columns] == ["proxy (0.141.0)", "proxy (0.169.0)"]


def test_no_report_is_refused() -> None:
    with pytest.raises(Problem, match="at least one report"):
        Matrix([])
