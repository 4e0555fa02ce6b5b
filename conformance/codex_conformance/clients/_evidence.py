"""What a trial leaves for a report: the calls, the pages, and how the client ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codex_conformance.clients._outcome import Outcome
from codex_conformance.probes import Evidence
from codex_mockserver.journal import Exchange

__all__ = ["note"]


def note(outcome: Outcome, evidence: Evidence) -> None:
    """Keep what was said in a trial."""
    evidence.note("suite", str(outcome.trial), outcome.trial.scenario)
    for exchange in outcome.exchanges:
        _note_exchange(exchange, evidence)
    for page in outcome.pages:
        evidence.note("suite", f"the browser came to {page.url.partition('?')[0]}", f"status {page.status}")
    for said in outcome.transcript:
        sender = "client" if said.side == "client" else "backend"
        evidence.note(sender, str((said.message or {}).get("method", "message")), said.text)
    for host in outcome.refused_hosts:
        evidence.note("client", f"CONNECT {host}", "refused: this host is not mocked")
    for process in outcome.processes:
        title = "killed, for it did not end" if process.exit_code is None else f"exit code {process.exit_code}"
        evidence.note("client", title, f"{process.stdout}\n{process.stderr}")


def _note_exchange(exchange: Exchange, evidence: Evidence) -> None:
    evidence.note("client", f"{exchange.method} {exchange.path}", _whole(exchange.headers, exchange.body))
    if exchange.frames:
        for frame in exchange.frames:
            data = frame.data if isinstance(frame.data, str) else frame.data.decode(errors="replace")
            evidence.note("client" if frame.sender == "client" else "backend", "frame", data)
    else:
        title = str(exchange.status or "no answer")
        evidence.note("backend", title, _whole(exchange.response_headers, exchange.response_body))
    for line in _remarks(exchange):
        evidence.note("backend", line)


def _remarks(exchange: Exchange) -> Iterator[str]:
    yield from (f"struck by {fault}" for fault in exchange.faults)
    if exchange.near_miss:
        yield exchange.near_miss


def _whole(headers: Mapping[str, str], body: bytes) -> str:
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\n".join([*lines, "", body.decode(errors="replace")])
