"""The table of the benchmark: narrow enough for a terminal, and put into the README between its markers."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture(scope="module")
def table():
    """The module, loaded from a folder that is no package."""
    spec = importlib.util.spec_from_file_location("bench_table", BENCH / "table.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def rows(table):
    return [
        table.Row("streams", "/s", 6000, {"aimock": 2000, "socket": 24_000}, "3 times aimock"),
        table.Row("cold start of the process", "ms", 250.4, {"aimock": 500.8, "Starlette": 125.2}),
        table.Row("descriptors more", "", 0),
    ]


def test_a_rate_is_better_when_it_is_more_and_a_time_when_it_is_less(rows) -> None:
    rate, time, _ = rows

    assert (rate.ratio("aimock"), rate.ratio("socket")) == (3, 0.25)
    assert (time.ratio("aimock"), time.ratio("Starlette")) == (2, 0.5)


def test_the_text_has_a_line_for_each_row_and_80_columns(table, rows) -> None:
    lines = table.in_text(rows).splitlines()

    assert [" ".join(line.split()) for line in lines] == [
        "mock aimock Starlette socket",
        "streams (/s) 6,000 2,000 (3) 24,000 (0.25)",
        "wanted: 3 times aimock",
        "cold start of the process (ms) 250 501 (2) 125 (0.5)",
        "descriptors more 0",
    ]
    assert max(map(len, lines)) <= 80


def test_the_json_has_the_exact_figures_and_the_ratios(table, rows) -> None:
    first, second, _ = json.loads(table.in_json(rows))

    assert (first["ours"], first["ratios"]) == (6000, {"aimock": 3, "socket": 0.25})
    assert second["peers"] == {"aimock": 500.8, "Starlette": 125.2}


def test_the_table_replaces_what_stands_between_the_markers(table, rows, tmp_path) -> None:
    page = tmp_path / "README.md"
    page.write_text("before\n<!-- bench -->\nold\n<!-- end of bench -->\nafter\n")

    for _ in range(2):
        table.write_between_markers(page, table.in_markdown(rows))

    assert page.read_text() == f"before\n<!-- bench -->\n{table.in_markdown(rows)}<!-- end of bench -->\nafter\n"


def test_a_page_without_markers_is_left_as_it_is(table, tmp_path) -> None:
    page = tmp_path / "README.md"
    page.write_text("no table here\n")

    with pytest.raises(SystemExit, match="has no lines"):
        table.write_between_markers(page, "new")

    assert page.read_text() == "no table here\n"
