"""A client that does one thing wrong is caught by the requirement that it breaks."""

from __future__ import annotations

import pytest

from codex_conformance._pytest.running import run_suites
from codex_conformance.clients import subject_of_client
from codex_conformance.requirements import find

#: The requirement that each mutation of the reference client breaks, without what they all begin with.
RESPONSES = {
    "broken-body": "request.fits-contract",
    "no-account-header": "request.account-header",
    "account-header-with-key": "request.no-account-with-key",
    "does-not-stream": "request.streamed",
    "stores": "request.not-stored",
    "input-is-text": "request.input-is-list",
    "prompt-twice": "request.prompt-once",
    "token-in-query": "secrets.in-header-only",
    "prints-token": "secrets.not-printed",
    "prints-deltas": "turn.answer-once",
    "answer-twice": "turn.answer-once",
    "waits-for-close": "stream.terminal-event-ends",
    "half-answer-is-success": "stream.missing-terminal-event",
    "cut-is-final": "stream.cut-retried",
    "fails-on-unknown-event": "stream.unknown-event",
    "fails-on-unknown-field": "stream.unknown-fields",
    "fails-on-unknown-item": "stream.unknown-item",
    "fails-on-comment": "stream.comments",
    "only-line-feeds": "stream.line-ends",
    "decodes-each-chunk": "stream.split-anywhere",
    "failed-is-success": "failure.is-failure",
    "incomplete-is-success": "failure.incomplete",
    "retries-final-failures": "failure.final-not-retried",
    "hides-the-reason": "failure.final-told",
    "says-the-status-only": "refusal.plan-told",
    "retries-every-429": "refusal.usage-limit-once",
    "goes-by-the-status": "refusal.rate-is-no-plan",
    "retries-400": "refusal.bad-request-once",
    "hides-the-refusal": "refusal.bad-request-told",
    "401-without-end": "refusal.unauthorized-bounded",
    "no-recovery": "refusal.unauthorized-mended",
    "never-gives-up": "retry.bounded",
    "no-pauses": "retry.pauses",
    "constant-pauses": "retry.growing-pauses",
    "ignores-retry-after": "retry.after-seconds",
    "ignores-retry-date": "retry.after-date",
    "ignores-retry-text": "retry.after-text",
    "no-fallback": "websocket.refused-upgrade",
    "goes-by-the-status-of-handshakes": "websocket.refused-for-the-rate",
    "handshake-again": "websocket.refused-upgrade-once",
    "previous-on-a-new-connection": "websocket.whole-input",
    "needs-the-prewarm": "websocket.prewarm-refused",
    "wrong-call-id": "tools.outputs-answer-calls",
    "call-not-sent-back": "tools.calls-sent-back",
    "drops-the-second-call": "tools.parallel-calls",
    "skips-unknown-tools": "tools.unknown-tool",
    "fails-on-bad-arguments": "tools.broken-arguments",
    "goes-on-with-too-much": "compaction.goes-on",
    "compacts-without-outputs": "compaction.whole-conversation",
    "unseals-the-compaction": "compaction.sent-back",
    "keeps-what-is-compacted": "compaction.replaces",
    "forgets-the-prompt": "compaction.prompt-kept",
    "compacts-twice": "compaction.once",
    "follows-on-what-is-compacted": "compaction.nothing-to-follow-on",
    "takes-any-answer-for-a-compaction": "compaction.nothing-lost",
    "compacts-for-ever": "compaction.bounded",
    "compacts-but-once": "compaction.retried",
    "asks-again-for-what-is-refused": "compaction.refused-once",
    "hides-why-nothing-is-compacted": "compaction.refused-told",
    "same-bytes-again": "zstd.refused",
    "hides-what-is-refused": "zstd.refused-told",
    "zstd-with-key": "zstd.not-with-key",
    "no-client-version": "models.client-version",
    "ignores-the-etag": "models.etag",
    "needs-the-models": "models.outage",
}
WHAM = {
    "no-account-header": "request.account-header",
    "closed-list-of-plans": "usage.unknown-plan",
    "needs-both-windows": "usage.no-secondary-window",
    "needs-the-limit": "usage.no-limit",
    "names-windows-by-place": "usage.window-by-length",
    "needs-credits": "usage.credits",
    "needs-a-balance": "usage.credits",
    "closed-usage": "usage.unknown-reason",
    "consumes-a-credit": "usage.only-reads",
    "error-is-success": "usage.failure",
    "page-is-success": "usage.no-json",
    "hides-the-status": "usage.failure-told",
    "hammers": "usage.refused-bounded",
    "needs-a-task": "tasks.none",
    "follows-every-cursor": "tasks.endless-pages",
    "needs-a-status": "tasks.without-status",
    "closed-list-of-states": "tasks.unknown-status",
    "ascii-titles": "tasks.titles-intact",
    "no-task-filter": "tasks.current",
    "no-routing": "turn.routing-missing",
    "needs-the-plugins": "turn.plugins-outage",
    "logs-out-for-the-plugins": "turn.plugins-login-kept",
    "needs-the-analytics": "turn.analytics-outage",
    "has-no-patience-with-analytics": "turn.analytics-late",
    "sends-events-until-they-are-taken": "analytics.bounded",
    "sends-what-nobody-reads": "analytics.fits-contract",
    "tells-what-was-said": "analytics.no-content",
    "counts-everybody": "analytics.switched-off",
}
CASES = {
    **{f"responses: {name}": (name, f"responses.client.{requirement}") for name, requirement in RESPONSES.items()},
    **{f"wham: {name}": (name, f"wham.client.{requirement}") for name, requirement in WHAM.items()},
}


@pytest.mark.parametrize(("mutation", "requirement"), CASES.values(), ids=CASES)
def test_a_mutant_is_caught(reference, mutation: str, requirement: str) -> None:
    subject = subject_of_client(reference(mutation))
    options = [f"--codex-select={requirement}", "--codex-fail-level=OBSERVED"]

    run = run_suites("client", options, surface=find(requirement).surface, subject=subject)

    assert {(each.requirement, each.blame) for each in run.verdicts if each.outcome == "failed"} == {
        (requirement, "implementation")
    }
    assert {each.outcome for each in run.verdicts} <= {"failed", "passed"}


@pytest.mark.parametrize("surface", ["responses", "wham"])
def test_the_reference_client_meets_everything(reference, surface: str) -> None:
    run = run_suites("client", [], surface=surface, subject=subject_of_client(reference()))

    assert {each.requirement: each.outcome for each in run.verdicts if each.outcome != "passed"} == {}
    assert len(run.verdicts) > 40
