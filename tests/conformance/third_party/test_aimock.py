"""A mock of model APIs that others wrote, reached by its URL: what it does well and what not, told fairly."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from codex_conformance._pytest.running import run_suites
from codex_conformance.reports import Run, conclusion
from codex_conformance.requirements import find

NODE_FOLDER = Path(__file__).parent.parent.parent.parent / ".sdk"
PROGRAM = NODE_FOLDER / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"

USAGE = {
    "prompt_tokens": 12, "completion_tokens": 4,
    "input_tokens": 12, "output_tokens": 4, "total_tokens": 16,
}  # fmt: skip


def answered(match, **response):
    return {"match": match, "response": {**response, "usage": USAGE}}


#: What it says to the prompts of the suite: it answers by what the user says, the first that fits.
FIXTURES = [
    answered({"toolName": "get_weather", "hasToolResult": True}, content="It is sunny in Paris."),
    answered({"userMessage": "Ask the tool"}, toolCalls=[{"name": "get_weather", "arguments": {"city": "Paris"}}]),
    answered({"userMessage": "as JSON"}, content='{"name": "Paris", "people": 2100000}'),
    answered({"userMessage": "a long story"}, content="Once upon a time", finishReason="length"),
    answered({"userMessage": "Think first"}, reasoning="A week has seven days.", content="Twenty-one days."),
    answered({"model": "gpt-5.5"}, content="Hello."),
]

#: What the tool finds out by itself, and what its own pages claim besides.
FOUND = {"responses.api", "responses.models", "responses.chat"}
CLAIMED = {"responses.websocket", "responses.reasoning"}

#: What it fails in both runs. It checks little of what it is asked, and repeats nothing of it.
FAILED = {
    "responses.chat.choices",
    "responses.chat.missing-messages",
    "responses.chat.usage-null-before",
    "responses.contract.messages",
    "responses.echo.defaults",
    "responses.echo.metadata",
    "responses.echo.settings",
    "responses.echo.tools",
    "responses.end.incomplete",
    "responses.end.incomplete-event",
    "responses.errors.envelope",
    "responses.errors.method",
    "responses.errors.missing-code",
    "responses.errors.missing-model",
    "responses.errors.unknown-model-code",
    "responses.errors.unknown-model-named",
    "responses.errors.unknown-parameter",
    "responses.errors.wrong-item",
    "responses.errors.wrong-type",
    "responses.errors.wrong-type-code",
    "responses.include.logprobs",
    "responses.models.by-version",
    "responses.models.retrieve",
    "responses.models.unknown-code",
    "responses.object.id-prefix",
    "responses.stream.sequence-numbers",
    "responses.structured.bad-schema",
    "responses.structured.format-echoed",
    "responses.tools.open-call",
    "responses.tools.orphan-output",
    "responses.usage.details",
}
#: What it fails of what it claims: on a socket it knows no earlier responses, and its errors have no status.
FAILED_OF_CLAIMED = {
    "responses.reasoning.tokens",
    "responses.websocket.binary",
    "responses.websocket.error-status",
    "responses.websocket.incremental-history",
    "responses.websocket.plain-get",
    "responses.websocket.previous-elsewhere",
    "responses.websocket.previous-unknown",
    "responses.websocket.sequence-numbers",
}
PASSED_OF_CLAIMED = {
    "responses.reasoning.before-message",
    "responses.reasoning.encrypted",
    "responses.reasoning.not-asked",
    "responses.reasoning.summary",
    "responses.reasoning.summary-join",
    "responses.reasoning.taken-back",
    "responses.websocket.close",
    "responses.websocket.close-midway",
    "responses.websocket.fragments",
    "responses.websocket.goes-on",
    "responses.websocket.incremental",
    "responses.websocket.large",
    "responses.websocket.odd-frame",
    "responses.websocket.ping",
    "responses.websocket.queue",
    "responses.websocket.same-events",
    "responses.websocket.several-turns",
    "responses.websocket.sockets-apart",
    "responses.websocket.turn",
    "responses.websocket.uncompressed",
}
PASSED = {
    "responses.chat.ids-unique",
    "responses.chat.length",
    "responses.chat.message",
    "responses.chat.parts",
    "responses.chat.roles",
    "responses.chat.stop",
    "responses.chat.stream-arguments",
    "responses.chat.stream-call",
    "responses.chat.stream-call-once",
    "responses.chat.stream-done",
    "responses.chat.stream-finish",
    "responses.chat.stream-head",
    "responses.chat.stream-role",
    "responses.chat.stream-text",
    "responses.chat.stream-unnamed",
    "responses.chat.structured",
    "responses.chat.tool-arguments",
    "responses.chat.tool-call",
    "responses.chat.tool-finish",
    "responses.chat.tool-output",
    "responses.chat.unknown-model",
    "responses.chat.usage",
    "responses.chat.usage-asked",
    "responses.chat.usage-not-asked",
    "responses.codex.client-metadata",
    "responses.codex.prompt-cache-key",
    "responses.end.no-error",
    "responses.errors.before-stream",
    "responses.errors.malformed",
    "responses.errors.not-an-object",
    "responses.errors.unknown-model",
    "responses.errors.unknown-path",
    "responses.input.easy-message",
    "responses.input.history",
    "responses.input.image",
    "responses.input.large",
    "responses.input.list",
    "responses.input.roles",
    "responses.input.text",
    "responses.models.list",
    "responses.models.unknown",
    "responses.object.created-at",
    "responses.object.ids-unique",
    "responses.object.item-ids-unique",
    "responses.object.json",
    "responses.object.message-role",
    "responses.object.model",
    "responses.object.request-id",
    "responses.object.text",
    "responses.robust.at-once",
    "responses.robust.disconnect",
    "responses.stream.completed",
    "responses.stream.content-index",
    "responses.stream.created-first",
    "responses.stream.deltas-join",
    "responses.stream.event-names",
    "responses.stream.final-output",
    "responses.stream.item-begins-empty",
    "responses.stream.item-done",
    "responses.stream.item-ids",
    "responses.stream.item-text",
    "responses.stream.media-type",
    "responses.stream.no-done-marker",
    "responses.stream.opening",
    "responses.stream.output-index",
    "responses.stream.part-done",
    "responses.stream.response-id",
    "responses.stream.terminal-last",
    "responses.stream.terminal-once",
    "responses.stream.whole",
    "responses.structured.object",
    "responses.structured.schema",
    "responses.tools.arguments-join",
    "responses.tools.arguments-json",
    "responses.tools.call-begins-empty",
    "responses.tools.call-id",
    "responses.tools.forced",
    "responses.tools.none",
    "responses.tools.output-accepted",
    "responses.tools.output-parts",
    "responses.usage.present",
    "responses.usage.total",
}


@pytest.fixture(scope="module")
def url(tmp_path_factory) -> Iterator[str]:
    """Start the server and return the address of its API."""
    if shutil.which("node") is None or not PROGRAM.exists():
        pytest.skip("aimock is not installed (make test installs it through npm)")
    fixtures = tmp_path_factory.mktemp("aimock") / "fixtures.json"
    fixtures.write_text(json.dumps({"fixtures": FIXTURES}))
    command = ["node", str(PROGRAM), "-p", "0", "-f", str(fixtures), "--log-level", "info"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = (re.search(r"listening on (http://\S+)", line) for line in process.stdout)
        yield f"{next(match[1] for match in found if match)}/v1"
        process.terminate()


@pytest.fixture(scope="module")
def plain(url) -> Run:
    """The run of somebody who names the address and says nothing else; without fuzz, which finds now this, now that."""
    return run_suites("server", [f"--codex-target={url}", "--ignore-glob=*test_fuzz.py"], surface="responses")


@pytest.fixture(scope="module")
def claimed(url) -> Run:
    """The run of somebody who also says what the pages of the server claim, where only that tells."""
    words = [f"--codex-declare={name}" for name in sorted(CLAIMED)]
    chosen = [f"--codex-select={name}" for name in sorted(CLAIMED)]
    options = [f"--codex-target={url}", "--ignore-glob=*test_fuzz.py", *words, *chosen]
    return run_suites("server", options, surface="responses")


def named(run: Run, outcome: str) -> set[str]:
    """Return the requirements with a case of that outcome."""
    return {verdict.requirement for verdict in run.verdicts if verdict.outcome == outcome}


def test_what_it_can_is_found_out(plain):
    present = {name for name, state in plain.capabilities.items() if state != "not declared"}

    assert (present, plain.surfaces) == (FOUND, ["responses"])


def test_what_it_passes_and_fails_is_told_by_name(plain):
    assert named(plain, "failed") == FAILED
    assert named(plain, "passed") - FAILED == PASSED


def test_more_is_asked_when_more_is_declared(claimed):
    failed = named(claimed, "failed")

    assert failed - FAILED == FAILED_OF_CLAIMED
    assert named(claimed, "passed") - failed == PASSED_OF_CLAIMED


@pytest.mark.parametrize("run", ["plain", "claimed"])
def test_what_it_does_not_claim_is_not_declared(run, request):
    reasons = {verdict.reason.partition(":")[0] for verdict in request.getfixturevalue(run).verdicts if verdict.reason}

    assert reasons == {"not declared"}


@pytest.mark.parametrize("run", ["plain", "claimed"])
def test_every_failure_is_told_in_parts_and_blamed_on_the_server(run, request):
    verdicts = request.getfixturevalue(run).verdicts
    failures = [verdict for verdict in verdicts if verdict.outcome not in ("passed", "skipped")]

    assert {(verdict.outcome, verdict.blame) for verdict in failures} == {("failed", "implementation")}
    for verdict in failures:
        assert all((verdict.finding.doing, verdict.finding.expected, verdict.finding.found, verdict.steps))
        assert verdict.repeat.startswith("codex-testkit check server --select")


def test_it_is_not_called_conformant(plain):
    assert conclusion(plain) == "failed"
    assert {find(each).level for each in FAILED} == {"MUST", "SHOULD", "MAY", "OBSERVED"}
