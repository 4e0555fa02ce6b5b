"""The pages of a conformance run and of a matrix in a real browser: filters, screens, and without a script."""

from __future__ import annotations

import re

import pytest

from codex_conformance.reports import Finding, Run, Step, Verdict, matrix, render
from codex_conformance.requirements import Requirement, _registry

pytestmark = pytest.mark.browser

LONG = "responses.stream.a-very-long-word-that-somebody-thought-of.and-one-more-that-is-longer-than-that"
OUTCOMES = {
    "oauth.refresh.rotates": ("MUST", "failed"),
    "oauth.code.used-once": ("MUST", "passed"),
    "oauth.error.text": ("OBSERVED", "known"),
    "wham.usage.credits": ("SHOULD", "stale"),
    LONG: ("MUST", "skipped"),
}
REGISTRY = [
    Requirement(
        id=name,
        level=level,
        surface=name.partition(".")[0],
        role="server",
        sentence=f"What {name} says.",
        failure="It broke.",
        source="observed",
    )
    for name, (level, _) in OUTCOMES.items()
]
VIEWS = {
    "desktop-light": (1280, 800, "light"),
    "desktop-dark": (1280, 800, "dark"),
    "phone-light": (400, 800, "light"),
    "phone-dark": (400, 800, "dark"),
}


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    """Five requirements instead of those of the package."""
    monkeypatch.setattr(_registry, "_read_all", lambda: iter(REGISTRY))
    _registry.requirements.cache_clear()
    yield
    _registry.requirements.cache_clear()


def run(target="mock:0.169.0"):
    finding = Finding("asking twice", "status 401", "x" * 300, "Look there.")
    steps = [Step("suite", "POST /oauth/token", "host: mock\n\n" + "y" * 300), Step("target", "200")]
    verdicts = [
        Verdict(
            requirement=name,
            case=f"test_{outcome}[{'z' * 80}]",
            outcome=outcome,
            reason="It is so." if outcome != "passed" else "",
            finding=finding if outcome == "failed" else None,
            steps=steps if outcome == "failed" else [],
            repeat=f"codex-testkit check server {target} --select {name}",
        )
        for name, (_, outcome) in OUTCOMES.items()
    ]
    surfaces = ["oauth", "wham", "responses"]
    facts = {"role": "server", "release": "0.169.0", "started_at": "2026-11-21T10:00:00Z", "surfaces": surfaces}
    return Run(target=target, verdicts=verdicts, capabilities={"oauth.device": "declared"}, **facts)


@pytest.fixture
def address(tmp_path):
    """The page of a run in a file."""
    path = tmp_path / "report.html"
    path.write_text(render(run(), "html"))
    return path.as_uri()


@pytest.fixture
def matrix_address(tmp_path):
    """The page of a matrix in a file."""
    path = tmp_path / "matrix.html"
    runs = [run(f"mock:0.{minor}.0") for minor in range(140, 149)]
    path.write_text(matrix.render(matrix.Matrix(runs), "html"))
    return path.as_uri()


async def shown(page):
    """Return the requirements that are to be seen."""
    seen = "[...document.querySelectorAll('.requirement')].filter(e => e.checkVisibility())"
    return await page.evaluate(f"{seen}.map(e => e.id)")


async def rows(page):
    """Return the requirements of the rows that are to be seen."""
    seen = "[...document.querySelectorAll('tr[data-level]')].filter(e => e.checkVisibility())"
    return await page.evaluate(f"{seen}.map(e => e.querySelector('code').textContent)")


async def test_all_requirements_are_shown_at_first(page, address):
    await page.goto(address)
    assert await shown(page) == list(OUTCOMES)
    assert await page.evaluate("document.querySelector('output').textContent") == "5 of 5"


@pytest.mark.parametrize(
    ("clicks", "left"),
    [
        (["input[value=passed]", "input[value=skipped]"], ["failed", "known", "stale"]),
        (["input[value=MUST]"], ["known", "stale"]),
        (["input[value=oauth]"], ["stale", "skipped"]),
        (["input[value=oauth]", "input[value=MUST]"], ["stale"]),
    ],
    ids=["outcomes", "level", "surface", "together"],
)
async def test_filters_are_joined(page, address, clicks, left):
    await page.goto(address)
    for selector in clicks:
        await page.click(selector)
    assert [OUTCOMES[name][1] for name in await shown(page)] == left
    assert await page.evaluate("document.querySelector('output').textContent") == f"{len(left)} of 5"


async def test_every_word_of_a_search_must_occur(page, address):
    await page.goto(address)
    await page.click("input[type=search]")
    await page.type("OAUTH token")
    assert await shown(page) == ["oauth.refresh.rotates"]
    headings = "[...document.querySelectorAll('h2')].filter(e => e.checkVisibility()).map(e => e.textContent)"
    assert await page.evaluate(headings) == ["oauth 1"]
    await page.press("Enter")
    assert await shown(page) == ["oauth.refresh.rotates"]


async def test_what_fails_is_open_and_shows_what_was_said(page, address):
    await page.goto(address)
    opened = "[...document.querySelectorAll('.requirement > details[open]')].map(e => e.parentElement.id)"
    assert await page.evaluate(opened) == ["oauth.refresh.rotates", "wham.usage.credits"]
    assert not await page.evaluate("document.querySelector('.steps pre').checkVisibility()")
    await page.click(".case details summary")
    assert await page.evaluate("document.querySelector('.steps pre').checkVisibility()")


async def test_a_link_opens_its_requirement(page, address):
    await page.goto(f"{address}#oauth.code.used-once")
    assert await page.evaluate("document.getElementById('oauth.code.used-once').firstElementChild.open")


async def test_the_page_can_be_read_without_its_script(page, tmp_path, address):
    whole = (tmp_path / "report.html").read_text()
    (tmp_path / "report.html").write_text(re.sub("<script>.*</script>", "", whole, flags=re.DOTALL))
    await page.goto(address)
    assert await shown(page) == list(OUTCOMES)
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
    outcomes = [f".outcome.{outcome}" for _, outcome in OUTCOMES.values()]
    for selector in ("h1", ".verdict", ".verdict strong", ".soft", "dt", "dd", "pre", ".level", *outcomes):
        assert await page.contrast(selector) >= 4.5, selector


async def test_the_page_can_be_read_aloud(page, address):
    await page.goto(address)
    tree = await page.accessibility()
    assert {role for role, _ in tree} >= {"main", "search", "table", "list", "status"}
    fields = [name for role, name in tree if role in ("checkbox", "searchbox")]
    assert len(fields) == 12
    assert all(fields)


async def test_a_matrix_shows_what_differs(page, matrix_address):
    await page.goto(matrix_address)
    assert await rows(page) == list(OUTCOMES)
    await page.click("input[name=all]")
    assert "oauth.code.used-once" not in await rows(page)
    await page.click("input[value=MUST]")
    assert await rows(page) == ["oauth.error.text", "wham.usage.credits"]
    await page.click("input[type=search]")
    await page.type("usage")
    assert await rows(page) == ["wham.usage.credits"]
    assert await page.evaluate("document.querySelector('output').textContent") == "1 of 5"


@pytest.mark.parametrize("view", VIEWS)
async def test_a_matrix_fits_the_screen(page, matrix_address, tmp_path, view):
    """Only its tables scroll sideways."""
    width, height, scheme = VIEWS[view]
    await page.show_as(width, height, scheme=scheme)
    await page.goto(matrix_address)
    (tmp_path / f"{view}.png").write_bytes(await page.screenshot())
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for selector in ("h1", "thead th", ".rows th code", "td.failed", "td.passed", "td.known", "td.skipped", "td.tone"):
        assert await page.contrast(selector) >= 4.5, selector
