"""The page of a diff in a real browser: the filter, the screen, and without a script."""

from __future__ import annotations

import re

import pytest

from codex_conformance.changes import Entry, render, report_on
from codex_schemas.diff import Change, Comparison, Level

pytestmark = pytest.mark.browser

BREAKING, DANGEROUS, COMPATIBLE = Level.BREAKING, Level.DANGEROUS, Level.COMPATIBLE
LONG = "ThreadRealtimeConversationItemTranscriptDeltaNotification"
CHANGES = (
    Change(
        "request-removed", "thread/rollback", "It is gone.", BREAKING, COMPATIBLE, {}, messages=("thread/rollback",)
    ),
    Change("required-field-added", "Thread.cwd", "It must be sent.", COMPATIBLE, BREAKING, new={"type": "string"}),
    Change("type-changed", f"{LONG}.{LONG}", "It changed.", BREAKING, DANGEROUS, {"a": 1}, {"a": 2}, ("a", "b")),
    Change("enum-value-added", "PlanType", "It has a new value, sci.", DANGEROUS, COMPATIBLE, new="sci"),
    Change("optional-field-added", "Turn.model", "It is new.", COMPATIBLE, COMPATIBLE, new={}),
    Change("default-changed", "Turn.effort", "It changed.", DANGEROUS, DANGEROUS, 1, 2),
)
ENTRIES = (Entry(1, "We never ask for it.", location="Turn.effort"),)
VIEWS = {
    "desktop-light": (1280, 800, "light"),
    "desktop-dark": (1280, 800, "dark"),
    "phone-light": (400, 800, "light"),
    "phone-dark": (400, 800, "dark"),
}


@pytest.fixture
def address(tmp_path):
    """The page in a file."""
    path = tmp_path / "changes.html"
    path.write_text(render(report_on(Comparison("0.141.0", "0.169.0", CHANGES), ignores=ENTRIES), "html"))
    return path.as_uri()


async def shown(page):
    """Return the places of the changes that are to be seen."""
    seen = "[...document.querySelectorAll('.change')].filter(e => e.checkVisibility())"
    return await page.evaluate(f"{seen}.map(e => e.querySelector('code').textContent)")


async def test_all_changes_are_shown_at_first(page, address):
    await page.goto(address)
    assert len(await shown(page)) == len(CHANGES)
    assert await page.evaluate("document.querySelector('output').textContent") == "6 of 6"


async def test_a_side_shows_what_hurts_it_and_what_hurts_nobody(page, address):
    await page.goto(address)
    await page.click("input[value=client]")
    assert await shown(page) == ["thread/rollback", f"{LONG}.{LONG}", "PlanType", "Turn.model", "Turn.effort"]
    await page.click("input[value=server]")
    assert await shown(page) == [f"{LONG}.{LONG}", "Thread.cwd", "Turn.model", "Turn.effort"]


async def test_a_level_is_that_of_the_chosen_side(page, address):
    await page.goto(address)
    await page.click("input[value=server]")
    await page.click("input[value=breaking]")
    assert await shown(page) == [f"{LONG}.{LONG}", "Turn.model", "Turn.effort"]
    await page.click("input[value=dangerous]")
    await page.click("input[value=ignored]")
    assert await shown(page) == ["Turn.model"]
    headings = "[...document.querySelectorAll('h2')].filter(e => e.checkVisibility()).map(e => e.textContent)"
    assert await page.evaluate(headings) == ["New or changed, and compatible 1"]


async def test_every_word_of_a_search_must_occur(page, address):
    await page.goto(address)
    await page.click("input[type=search]")
    await page.type("TURN new")
    assert await shown(page) == ["Turn.model"]
    assert await page.evaluate("document.querySelector('output').textContent") == "1 of 6"


async def test_enter_in_the_search_keeps_the_page(page, address):
    await page.goto(address)
    await page.click("input[type=search]")
    await page.type("plan")
    await page.press("Enter")
    assert await shown(page) == ["PlanType"]


async def test_the_page_can_be_read_without_its_script(page, tmp_path, address):
    whole = (tmp_path / "changes.html").read_text()
    (tmp_path / "changes.html").write_text(re.sub("<script>.*</script>", "", whole, flags=re.DOTALL))
    await page.goto(address)
    assert len(await shown(page)) == len(CHANGES)
    assert not await page.evaluate("document.querySelector('form').checkVisibility()")


@pytest.mark.parametrize("view", VIEWS)
async def test_the_page_fits_the_screen(page, address, tmp_path, view):
    """Nothing scrolls sideways, opened or not, and the text has contrast."""
    width, height, scheme = VIEWS[view]
    await page.show_as(width, height, scheme=scheme)
    await page.goto(address)
    await page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true; })")
    (tmp_path / f"{view}.png").write_bytes(await page.screenshot())
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for selector in ("h1", "h2.breaking", "h2.dangerous", "h2.compatible", "h2.ignored", ".change p", ".facts", "pre"):
        assert await page.contrast(selector) >= 4.5, selector


async def test_the_page_can_be_read_aloud(page, address):
    await page.goto(address)
    tree = await page.accessibility()
    assert {role for role, _ in tree} >= {"main", "search", "table", "list", "status"}
    fields = [name for role, name in tree if role in ("radio", "checkbox", "searchbox")]
    assert len(fields) == 8
    assert all(fields)
    assert await page.evaluate("document.documentElement.lang") == "en"
