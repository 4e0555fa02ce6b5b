"""A login server that others wrote, reached by its URL: what it does well and what not, told fairly."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from codex_conformance._pytest.running import run_suites
from codex_conformance.cli import main
from codex_conformance.reports import Run, conclusion
from codex_conformance.requirements import find

NODE_FOLDER = Path(__file__).parent.parent.parent.parent / ".sdk"
PROGRAM = NODE_FOLDER / "node_modules" / "oauth2-mock-server" / "dist" / "oauth2-mock-server.mjs"

#: What the tool finds out by itself. That logins end without a person, only its user can tell.
FOUND = {"oauth.login", "oauth.token", "oauth.revoke", "oauth.discovery", "oauth.jwks"}
UNATTENDED = "oauth.unattended"

#: What it fails in both runs: each is a way in which it differs from the standards, and no belief of ours.
FAILED = {
    "oauth.discovery.grants",
    "oauth.discovery.issuer",
    "oauth.revoke.nothing",
    "oauth.token.error-described",
    "oauth.token.error-not-stored",
    "oauth.token.missing-fields",
    "oauth.token.unsupported-grant",
}
#: What it fails besides when it is asked for tokens: it checks PKCE, and takes any refresh token of anybody.
FAILED_WITH_TOKENS = {
    "oauth.authorize.challenge-required",
    "oauth.authorize.s256-only",
    "oauth.code.other-client",
    "oauth.code.refusal-code",
    "oauth.code.replay-revokes",
    "oauth.code.verifier-required",
    "oauth.code.wrong-redirect-uri",
    "oauth.refresh.access-token-is-none",
    "oauth.refresh.other-client",
    "oauth.refresh.revoked-code",
    "oauth.refresh.scope-not-widened",
    "oauth.refresh.unknown",
    "oauth.revoke.ends-refreshes",
    "oauth.token.repeated-field",
    "oauth.tokens.scope",
}
PASSED = {
    "oauth.authorize.accepted",
    "oauth.authorize.any-port",
    "oauth.authorize.error-tells-nothing",
    "oauth.authorize.loopback-hosts",
    "oauth.authorize.response-type",
    "oauth.authorize.second-port",
    "oauth.authorize.state-on-error",
    "oauth.authorize.unknown-parameters",
    "oauth.contract.messages",
    "oauth.discovery.code-flow",
    "oauth.discovery.endpoints",
    "oauth.discovery.public-clients",
    "oauth.discovery.s256",
    "oauth.jwks.ids",
    "oauth.jwks.keys",
    "oauth.jwks.public",
    "oauth.revoke.unknown",
    "oauth.token.broken-body",
    "oauth.token.error-readable",
}
PASSED_WITH_TOKENS = {
    "oauth.authorize.code-at-redirect",
    "oauth.authorize.code-unguessable",
    "oauth.authorize.redirect-query-kept",
    "oauth.authorize.repeated-parameter",
    "oauth.authorize.state-returned",
    "oauth.code.challenge-as-verifier",
    "oauth.code.example-of-the-standard",
    "oauth.code.json",
    "oauth.code.race",
    "oauth.code.single-use",
    "oauth.code.tokens",
    "oauth.code.unknown",
    "oauth.code.verifier-lengths",
    "oauth.code.wrong-verifier",
    "oauth.id-token.audience",
    "oauth.id-token.issuer",
    "oauth.id-token.nonce",
    "oauth.id-token.readable",
    "oauth.id-token.signature",
    "oauth.id-token.subject",
    "oauth.id-token.times",
    "oauth.refresh.access-token",
    "oauth.refresh.again-and-again",
    "oauth.refresh.form",
    "oauth.refresh.json",
    "oauth.refresh.logins-apart",
    "oauth.refresh.more-fields",
    "oauth.refresh.race-not-lost",
    "oauth.refresh.rotates",
    "oauth.refresh.same-person",
    "oauth.revoke.form",
    "oauth.revoke.json",
    "oauth.revoke.others-live",
    "oauth.revoke.twice",
    "oauth.token.charset",
    "oauth.token.errors-tell-no-secrets",
    "oauth.token.not-in-query",
    "oauth.token.post-only",
    "oauth.tokens.expires-in",
    "oauth.tokens.json",
    "oauth.tokens.no-store",
    "oauth.tokens.type",
    "oauth.tokens.unguessable",
}


#: What is drawn at random finds this or that, as the time allows.
WITHOUT_FUZZ = "--codex-fuzz=0"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Start the server and return its address."""
    if shutil.which("node") is None or not PROGRAM.exists():
        pytest.skip("oauth2-mock-server is not installed (make test installs it through npm)")
    command = ["node", str(PROGRAM), "-a", "127.0.0.1", "-p", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        found = (re.search(r"listening on (http://\S+)", line) for line in process.stdout)
        yield next(match[1] for match in found if match)
        process.terminate()


@pytest.fixture(scope="module")
def plain(url) -> Run:
    """The run of somebody who names the address and says nothing else."""
    return run_suites("server", [f"--codex-target={url}", "--codex-evidence", WITHOUT_FUZZ], surface="oauth")


@pytest.fixture(scope="module")
def declared(url) -> Run:
    """The run of somebody who says that logins need no person."""
    return run_suites(
        "server", [f"--codex-target={url}", f"--codex-declare={UNATTENDED}", WITHOUT_FUZZ], surface="oauth"
    )


def named(run: Run, outcome: str) -> set[str]:
    """Return the requirements with a case of that outcome."""
    return {verdict.requirement for verdict in run.verdicts if verdict.outcome == outcome}


def test_what_it_can_is_found_out(plain):
    present = {name for name, state in plain.capabilities.items() if state != "not declared"}

    assert (present, plain.surfaces) == (FOUND, ["oauth"])


def test_its_own_paths_are_used(plain):
    asked = {step.title for verdict in plain.verdicts for step in verdict.steps if step.sender == "suite"}

    assert {"GET /authorize", "POST /token", "POST /revoke", "GET /jwks"} <= asked
    assert "POST /oauth/token" not in asked


def test_what_it_passes_and_fails_is_told_by_name(plain):
    assert named(plain, "failed") == FAILED
    assert named(plain, "passed") - FAILED == PASSED


def test_more_is_asked_when_more_is_declared(declared):
    assert named(declared, "failed") == FAILED | FAILED_WITH_TOKENS
    assert named(declared, "passed") - named(declared, "failed") == PASSED | PASSED_WITH_TOKENS


@pytest.mark.parametrize("run", ["plain", "declared"])
def test_what_it_does_not_claim_is_not_declared(run, request):
    reasons = {verdict.reason for verdict in request.getfixturevalue(run).verdicts if verdict.reason}

    assert {reason.partition(":")[0] for reason in reasons - {"disabled: fuzz"}} == {"not declared"}


@pytest.mark.parametrize("run", ["plain", "declared"])
def test_a_failure_is_told_in_parts_and_blamed_on_the_server(run, request):
    verdicts = request.getfixturevalue(run).verdicts
    failures = [verdict for verdict in verdicts if verdict.outcome not in ("passed", "skipped")]

    assert {(verdict.outcome, verdict.blame) for verdict in failures} == {("failed", "implementation")}
    for verdict in failures:
        assert all((verdict.finding.doing, verdict.finding.expected, verdict.finding.found, verdict.steps))
        assert verdict.repeat.startswith("codex-testkit check server --select")


def test_no_token_of_the_server_is_in_a_finding(declared):
    told = " ".join(verdict.finding.found for verdict in declared.verdicts if verdict.finding)

    assert not re.search(r"eyJ|[0-9a-f]{8}-[0-9a-f]{4}-", told)


def test_it_is_not_called_conformant(plain, declared):
    assert (conclusion(plain), conclusion(declared)) == ("failed", "failed")
    assert {find(each).level for each in FAILED_WITH_TOKENS} == {"MUST", "SHOULD"}


def test_the_command_says_it_in_words(url, capsys):
    status = main(["check", "server", url, "--surface", "oauth"])
    said = capsys.readouterr()
    printed = " ".join(said.out.split())

    assert status == 1, said.err
    assert "MUST oauth.token.unsupported-grant" in printed
    assert "found invalid_grant blame the implementation" in printed
    assert "oauth.device: oauth.device.interval-text" in printed
    assert f"{url} is not conformant with codex" in printed
