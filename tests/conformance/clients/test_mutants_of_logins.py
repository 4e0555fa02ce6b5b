"""A client that logs in, keeps tokens or drives an app-server, and does one thing wrong, is caught by name."""

from __future__ import annotations

import pytest

from codex_conformance._pytest.running import run_suites
from codex_conformance.clients import Client, subject_of_client
from codex_conformance.requirements import find, requirements

#: The requirement that each mutation of the reference client breaks, without what they all begin with.
OAUTH = {
    "plain-challenge": "authorize.pkce-s256",
    "challenge-of-nothing": "authorize.pkce-verifier",
    "always-the-same-state": "authorize.fresh",
    "the-state-is-the-verifier": "authorize.state-is-no-verifier",
    "no-offline-access": "authorize.scopes",
    "exchanges-for-another-redirect": "exchange.same-redirect",
    "exchanges-twice": "exchange.once",
    "sends-a-refused-code-again": "exchange.not-repeated",
    "hides-the-reason": "exchange.refused",
    "takes-any-state": "callback.state-checked",
    "ends-at-a-stranger": "callback.survives-strangers",
    "any-path-will-do": "callback.other-paths",
    "a-denial-is-fine": "callback.denied",
    "breaks-in-the-browser": "callback.page",
    "prints-the-tokens": "login.prints-no-secret",
    "one-spelling": "device.usercode-spelling",
    "needs-an-interval": "device.interval-missing",
    "polls-without-a-pause": "device.interval",
    "pending-is-a-denial": "device.pending",
    "polls-on-after-a-denial": "device.final",
    "polls-once-more": "device.no-poll-after",
    "a-verifier-of-its-own": "device.exchange-once",
    "waits-for-a-refusal": "refresh.ahead",
    "refreshes-at-every-start": "refresh.not-without-need",
    "does-not-look-at-the-file": "refresh.race-once",
    "keeps-the-old-refresh-token": "refresh.stores-rotated",
    "refreshes-again-after-the-end": "refresh.final",
    "goes-by-the-status-of-a-refresh": "refresh.by-code",
    "forgets-the-login": "refresh.keeps-login",
    "writes-what-is-missing": "refresh.partial-answer",
    "token-in-query": "keeping.no-token-in-url",
    "a-public-file": "keeping.private-file",
}
APP_SERVER = {
    "asks-before-the-handshake": "handshake.initialize-first",
    "does-not-wait-for-the-handshake": "handshake.waits-for-answer",
    "no-initialized": "handshake.initialized-after",
    "a-second-handshake": "handshake.once",
    "only-the-newest-release": "releases.older",
    "closed-list-of-releases": "releases.unknown",
    "the-end-is-fine": "end.exit-is-failure",
    "leaves-the-server": "end.waits-for-its-end",
    "input-as-text": "requests.fit-contract",
    "writes-objects-over-lines": "requests.one-object-a-line",
    "one-id-for-all": "requests.unique-ids",
    "experimental-field": "requests.no-experimental",
    "prompts-twice": "requests.prompt-once",
    "hides-refusals": "requests.refusal-is-failure",
    "repeats-what-is-refused": "requests.refusal-not-repeated",
    "overload-is-final": "overload.retried",
    "asks-again-at-once": "overload.pause",
    "never-stops-asking": "overload.bounded",
    "takes-the-next-message": "answers.by-id",
    "takes-the-next-answer": "answers.strange-id",
    "grants-everything": "approvals.not-granted",
    "turns-the-sandbox-off": "approvals.sandbox-kept",
    "ignores-unknown-questions": "questions.answered",
    "answers-twice": "questions.answered-once",
    "says-yes-to-anything": "questions.unknown-refused",
    "drops-what-comes-early": "questions.before-the-answer",
    "closed-list-of-notifications": "openness.unknown-notification",
    "closed-list-of-items": "openness.unknown-item",
    "closed-fields": "openness.unknown-fields",
    "fails-on-noise": "lines.malformed",
    "reads-short-lines-only": "lines.long",
    "shows-duplicates": "notifications.duplicates",
    "knows-a-turn-by-its-answer": "turn.started-before-answer",
    "idle-is-the-end": "turn.idle-is-not-the-end",
    "a-failed-turn-is-fine": "turn.failed",
    "hides-why-the-turn-failed": "turn.failed-told",
    "every-error-is-the-end": "turn.passing-error",
    "shows-other-threads": "threads.foreign-items",
    "takes-the-end-of-others": "threads.foreign-end",
}
ACCOUNT = {
    "shows-no-address": "login.shown",
    "does-not-wait-for-the-login": "login.waits",
    "takes-any-login": "login.own-success",
    "a-failed-login-is-fine": "login.failed",
    "hides-why-the-login-failed": "login.failed-told",
    "closed-list-of-account-plans": "login.unknown-plan",
    "needs-a-window": "limits.sparse",
    "closed-list-of-modes": "updated.unknown-mode",
    "ignores-questions": "tokens.refresh-answered",
    "logged-out-in-silence": "logged-out.told",
}
#: The same for mutations that are looked at over WebSocket, with the whole ids.
OVER_WEBSOCKET = {
    "messages-share-a-frame": "app-server.client.requests.one-object-a-line",
    "the-end-is-fine": "app-server.client.end.exit-is-failure",
    "grants-everything": "app-server.client.approvals.not-granted",
    "a-failed-login-is-fine": "account.client.login.failed",
}
CASES = {
    f"{surface}: {name}": (name, f"{surface}.client.{requirement}")
    for surface, mutations in (("oauth", OAUTH), ("app-server", APP_SERVER), ("account", ACCOUNT))
    for name, requirement in mutations.items()
}


@pytest.mark.parametrize(("mutation", "requirement"), CASES.values(), ids=CASES)
def test_a_mutant_is_caught(reference, mutation: str, requirement: str) -> None:
    require_caught(reference(mutation), requirement)


@pytest.mark.parametrize(("mutation", "requirement"), OVER_WEBSOCKET.items(), ids=OVER_WEBSOCKET)
def test_a_mutant_over_websocket_is_caught(reference_over_websocket, mutation: str, requirement: str) -> None:
    require_caught(reference_over_websocket(mutation), requirement)


def require_caught(client: Client, requirement: str) -> None:
    subject = subject_of_client(client)
    options = [f"--codex-select={requirement}", "--codex-fail-level=OBSERVED"]

    run = run_suites("client", options, surface=find(requirement).surface, subject=subject)

    assert {(each.requirement, each.blame) for each in run.verdicts if each.outcome == "failed"} == {
        (requirement, "implementation")
    }
    assert {each.outcome for each in run.verdicts} <= {"failed", "passed"}


@pytest.mark.parametrize("surface", ["oauth", "app_server", "account"])
def test_the_reference_client_meets_everything(reference, surface: str) -> None:
    run = run_suites("client", [], surface=surface, subject=subject_of_client(reference()))

    assert {each.requirement: each.outcome for each in run.verdicts if each.outcome != "passed"} == {}
    assert {each.requirement for each in run.verdicts} == {
        each.id for each in requirements().values() if (each.surface, each.role) == (surface, "client")
    }


@pytest.mark.parametrize("surface", [pytest.param("app_server", marks=pytest.mark.slow), "account"])
def test_the_reference_client_meets_everything_over_websocket(reference_over_websocket, surface: str) -> None:
    run = run_suites("client", [], surface=surface, subject=subject_of_client(reference_over_websocket()))

    # It starts no app-server, and so it has none to wait for.
    not_asked = {"app-server.client.end.waits-for-its-end": "skipped"} if surface == "app_server" else {}
    assert {each.requirement: each.outcome for each in run.verdicts if each.outcome != "passed"} == not_asked
    assert len(run.verdicts) > 20


def test_a_login_with_a_device_code_is_as_good(reference) -> None:
    subject = subject_of_client(reference("with-a-device-code"))

    run = run_suites("client", ["--codex-select=account.client.login"], surface="account", subject=subject)

    assert {each.requirement: each.outcome for each in run.verdicts if each.outcome != "passed"} == {}
    assert len(run.verdicts) > 10
