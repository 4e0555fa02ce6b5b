"""The page: everything is in it, nothing of a stranger acts in it, and it asks for nothing else."""

from __future__ import annotations

import re

import pytest
from html_page import Page

from codex_conformance.reports import Step, render


def test_the_page_tells_every_requirement_with_what_the_filter_needs(whole) -> None:
    page = Page(render(whole, "html"))
    entries = page.all("li", **{"class": "requirement"})

    assert [(e["id"], e["data-surface"], e["data-level"], e["data-outcome"]) for e in entries] == [
        ("oauth.refresh.rotates", "oauth", "MUST", "failed"),
        ("oauth.code.used-once", "oauth", "MUST", "known"),
        ("oauth.device.pending", "oauth", "MUST", "failed"),
        ("oauth.error.text", "oauth", "OBSERVED", "failed"),
        ("wham.usage.credits", "wham", "SHOULD", "stale"),
        ("responses.stream.terminal-event-once", "responses", "MUST", "skipped"),
    ]
    values = {name: [box["value"] for box in page.all("input", name=name)] for name in ("surface", "level", "outcome")}
    assert values == {
        "surface": ["oauth", "wham", "responses"],
        "level": ["MUST", "SHOULD", "OBSERVED"],
        "outcome": ["failed", "known", "stale", "skipped"],
    }


@pytest.mark.parametrize(
    "text",
    [
        "mock:0.169.0 is not conformant with codex 0.169.0",
        "A refresh token can be used once; a second use is refused.",
        "Without it: Users were logged out. Source: codex 0.169.0, observed.",
        "status 401 with the code refresh_token_reused",
        "Mark a refresh token as used",
        "--case 'test_refresh_rotates[json]'",
        "Codes are kept in a cache; issue 12.",
        "declared but failing: the target says that it has oauth.device",
        "POST /oauth/token",
        '{"grant_type": "refresh_token"}',
        "disabled: responses.websocket, switched off for this run",
        "codex-testkit 0.1.0",
    ],
)
def test_the_page_tells(whole, text: str) -> None:
    assert text in Page(render(whole, "html")).text


def test_what_went_wrong_is_named_first(whole) -> None:
    links = [link["href"] for link in Page(render(whole, "html")).all("a")]

    assert links == [
        "#oauth.refresh.rotates",
        "#oauth.device.pending",
        "#oauth.error.text",
        "#wham.usage.credits",
        "#oauth.code.used-once",
        "#responses.stream.terminal-event-once",
    ]


def test_many_names_are_folded(run, verdict, registry, monkeypatch) -> None:
    monkeypatch.setattr("codex_conformance.reports._html._MOST_NAMES", 1)
    failed = [verdict(each.id, "failed") for each in registry if each.surface == "oauth" and each.role == "server"]

    text = render(run(*failed), "html")

    assert "<details><summary>Not met (4)</summary>" in text


def test_a_table_can_be_scrolled_with_the_keyboard(whole) -> None:
    (scrolling,) = Page(render(whole, "html")).all("div", role="region")

    assert (scrolling["tabindex"], scrolling["aria-label"]) == ("0", "Requirements by surface, level and outcome")


def test_only_what_fails_is_open(whole, run) -> None:
    assert len(Page(render(whole, "html")).all("details", open=None)) == 4
    assert Page(render(run(), "html")).all("details", open=None) == []


def test_the_steps_keep_their_lines(whole) -> None:
    assert "content-type: application/json\n\n{" in Page(render(whole, "html")).text


def test_a_long_step_is_cut(failure, run) -> None:
    failure.steps = [Step("target", "200", "x " * 50_000)]
    text = render(run(failure), "html")

    assert "… and 80000 more characters" in text
    assert len(text) < 50_000


def test_the_page_asks_for_nothing_else(whole) -> None:
    text = render(whole, "html")

    assert not re.search(r"\b(src|action)=|@import|url\(|https?://", text)
    assert all(href.startswith("#") for href in re.findall(r'href="([^"]*)"', text))
    assert "default-src 'none'" in text


def test_texts_of_strangers_are_shown_as_texts(hostile_run) -> None:
    page = Page(render(hostile_run, "html"))

    assert len(page.all("script")) == 1
    assert "</pre><script>alert(1)</script>\" onload='x' $title" in page.text
    assert not any("onload" in attributes for _, attributes in page.elements)
    assert all(line.isprintable() for line in page.text.split("\n"))


def test_a_run_of_nothing_is_a_page(run) -> None:
    page = Page(render(run(surfaces=[]), "html"))

    assert "No requirement was in scope." in page.text
    assert "Incomplete: nothing was checked" in page.text
