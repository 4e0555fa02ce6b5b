"""The HTML page: whole, alone and safe; what its script does is tested in a browser."""

from __future__ import annotations

import re

import pytest
from html_page import Page

from codex_conformance.changes import Entry, render, report_on
from codex_schemas.diff import Change, Comparison, Level


def test_the_page_tells_every_change(comparison) -> None:
    page = Page(render(report_on(comparison), "html"))

    assert len(page.all("li", **{"class": "change"})) == 7
    assert all(change.text in page.text for change in comparison.changes)
    assert all(change.location in page.text for change in comparison.changes)
    assert "0.141.0 → 0.169.0" in page.text


def test_each_change_carries_what_the_filter_needs(comparison) -> None:
    page = Page(render(report_on(comparison, ignores=[Entry(1, "Seen.", location="PlanType", side="client")]), "html"))
    changes = page.all("li", **{"class": "change"})

    assert [(c["data-client"], c["data-server"], c["data-worst"]) for c in changes] == [
        ("breaking", "breaking", "breaking"),
        ("breaking", "dangerous", "breaking"),
        ("compatible", "breaking", "breaking"),
        ("compatible", "dangerous", "dangerous"),
        ("ignored", "compatible", "compatible"),
        ("ignored", "compatible", "compatible"),
        ("compatible", "compatible", "compatible"),
    ]
    assert [box["value"] for box in page.all("input", name="level")] == [
        "breaking",
        "dangerous",
        "compatible",
        "ignored",
    ]
    assert page.text.count("Ignored: Seen.") == 2


def test_the_page_asks_for_nothing_else(comparison) -> None:
    text = render(report_on(comparison), "html")

    assert not re.search(r"\b(src|href|action)=|@import|url\(|https?://", text)
    assert "default-src 'none'" in text


@pytest.mark.parametrize(("side", "choices"), [(None, ["", "client", "server"]), ("client", [])])
def test_sides_can_be_chosen_unless_one_was(comparison, side, choices) -> None:
    page = Page(render(report_on(comparison, side=side), "html"))

    assert [radio["value"] for radio in page.all("input", name="side")] == choices


def test_nothing_changed(nothing) -> None:
    assert "Nothing changed." in Page(render(report_on(nothing), "html")).text


def test_text_of_a_schema_is_shown_as_text() -> None:
    evil = "</pre><script>alert(1)</script>\" onload='x' $title ${x}"
    change = Change("type-changed", evil, evil, Level.BREAKING, Level.BREAKING, evil, {evil: evil}, (evil,))
    page = Page(render(report_on(Comparison(evil, "b", (change,)), ignores=[Entry(1, evil, location="*")]), "html"))

    assert len(page.all("script")) == 1
    assert evil in page.text
    assert not any("onload" in attributes for _, attributes in page.elements)
