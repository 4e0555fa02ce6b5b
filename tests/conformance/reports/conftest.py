"""A small registry, and runs that are judged by it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from codex_conformance.reports import Finding, Run, Step, Verdict
from codex_conformance.requirements import Requirement, _registry

#: Everything that a stranger's text can do to a report.
HOSTILE = "\x1b[31m</pre><script>alert(1)</script>\" onload='x' $title `*_|&amp;]]>\n\r\x00\u202e\ud800 ü"


def _requirement(name: str, level: str, **more: Any) -> Requirement:
    surface = name.partition(".")[0].replace("-", "_")
    role = "client" if ".client." in name else "server"
    facts = {
        "sentence": f"{name.replace('.', ' ').capitalize()}.",
        "failure": "Users were logged out.",
        "source": "codex 0.169.0, observed",
    }
    return Requirement(id=name, level=level, surface=surface, role=role, **(facts | more))  # type: ignore[arg-type]


REGISTRY = (
    _requirement(
        "oauth.refresh.rotates", "MUST", sentence="A refresh token can be used once; a second use is refused."
    ),
    _requirement("oauth.code.used-once", "MUST", sentence="An authorization code can be used once."),
    _requirement("oauth.device.pending", "MUST", needs=("oauth.device",)),
    _requirement("oauth.error.text", "OBSERVED", sentence="Errors have the texts of the vendor's server."),
    _requirement("oauth.client.state", "MUST", sentence="The state of a login is checked."),
    _requirement("wham.usage.windows", "MUST", needs=("wham.usage",), until="0.160.0"),
    _requirement("wham.usage.credits", "SHOULD", since="0.150.0"),
    _requirement("responses.stream.terminal-event-once", "MUST", failure="The client waited for ever."),
    _requirement("responses.client.retry-after", "SHOULD"),
    _requirement("app-server.turn.status-before-completed", "MUST"),
)


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Requirement, ...]]:
    """The requirements of these tests, instead of those of the package."""
    monkeypatch.setattr(_registry, "_read_all", lambda: iter(REGISTRY))
    _registry.requirements.cache_clear()
    yield REGISTRY
    _registry.requirements.cache_clear()


@pytest.fixture
def hostile() -> str:
    """A text that tries to be more than a text."""
    return HOSTILE


def make_verdict(requirement: str, outcome: str = "passed", **fields: Any) -> Verdict:
    words = requirement.partition(".")[2].replace(".", "_").replace("-", "_")
    fields = {"case": f"test_{words}"} | fields
    return Verdict(requirement=requirement, outcome=outcome, **fields)  # type: ignore[arg-type]


def make_run(*verdicts: Verdict, **fields: Any) -> Run:
    facts = {
        "role": "server",
        "target": "mock:0.169.0",
        "release": "0.169.0",
        "surfaces": ["oauth", "wham", "responses"],
        "started_at": "2026-11-21T10:00:00Z",
        "seconds": 2.5,
        "tool": "codex-testkit 0.1.0",
    }
    return Run(verdicts=list(verdicts), **(facts | fields))  # type: ignore[arg-type]


@pytest.fixture
def verdict() -> Callable[..., Verdict]:
    """Make a verdict."""
    return make_verdict


@pytest.fixture
def run() -> Callable[..., Run]:
    """Make a run of the server suites against three surfaces."""
    return make_run


@pytest.fixture
def failure() -> Verdict:
    """A case that failed, with what was said."""
    return make_verdict(
        "oauth.refresh.rotates",
        "failed",
        case="test_refresh_rotates[json]",
        finding=Finding(
            "using a refresh token twice",
            "status 401 with the code refresh_token_reused",
            "200 with new tokens",
            "Mark a refresh token as used in the transaction that makes the next one.",
        ),
        blame="implementation",
        seconds=0.25,
        steps=[
            Step("suite", "POST /oauth/token", 'content-type: application/json\n\n{"grant_type": "refresh_token"}'),
            Step("target", "200", 'content-type: application/json\n\n{"token_type": "Bearer"}'),
        ],
        repeat="codex-testkit check server mock:0.169.0 --select oauth.refresh.rotates"
        " --case 'test_refresh_rotates[json]'",
    )


@pytest.fixture
def whole(failure: Verdict) -> Run:
    """A run in which nothing passed unseen."""
    return make_run(
        failure,
        make_verdict("oauth.refresh.rotates", case="test_refresh_rotates[form]"),
        make_verdict("oauth.code.used-once", "known", reason="Codes are kept in a cache; issue 12."),
        make_verdict("oauth.device.pending", "failed", finding=Finding("polling", "status 403", "404"), seconds=0.1),
        make_verdict("oauth.error.text", "failed", finding=Finding("sending no grant", "a text", "another")),
        make_verdict("wham.usage.credits", "stale", reason="Credits are not counted."),
        make_verdict("responses.stream.terminal-event-once", "skipped", reason="disabled: responses.websocket"),
        capabilities={"oauth.device": "declared", "wham.usage": "not declared"},
    )


@pytest.fixture
def hostile_run() -> Run:
    """A run in which every text is hostile."""
    finding = Finding(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    steps = [Step("suite", HOSTILE, HOSTILE), Step("target", HOSTILE, f"x-evil: {HOSTILE}")]
    fields: dict[str, Any] = {"case": HOSTILE, "reason": HOSTILE, "repeat": HOSTILE, "finding": finding, "steps": steps}
    names = ("oauth.refresh.rotates", "oauth.code.used-once", "oauth.device.pending", "wham.usage.credits")
    verdicts = [make_verdict(name, outcome, **fields) for name, outcome in zip(names, OUTCOMES, strict=True)]
    skipped = make_verdict("responses.stream.terminal-event-once", "skipped", case=HOSTILE, reason=HOSTILE)
    return make_run(*verdicts, skipped, target=HOSTILE, tool=HOSTILE, capabilities={HOSTILE: "declared"})


OUTCOMES = ("failed", "known", "stale", "passed")


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen() -> Screen:
    """A terminal that keeps what it shows."""
    return Screen()
