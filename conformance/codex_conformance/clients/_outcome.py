"""What became of a trial: how the client ended, what it printed, and what it said to the examiner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from codex_conformance.clients._model_call import ModelCall, model_calls
from codex_conformance.clients._person import Page, plain
from codex_conformance.clients._process import Ended
from codex_conformance.clients._said import Said
from codex_conformance.clients._surroundings import Surroundings
from codex_conformance.clients._trial import Trial
from codex_fixtures import Side
from codex_mockserver.expectations import Expectation, Miss, verify
from codex_mockserver.journal import Exchange, Journal
from codex_mockserver.model import Scenario

__all__ = ["Outcome"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a trial."""

    trial: Trial
    scenario: Scenario
    surroundings: Surroundings
    #: How each process of it ended, in order.
    processes: Sequence[Ended]
    journal: Journal
    #: ``host:port`` of each host that is not mocked and was asked for.
    refused_hosts: Sequence[str]
    #: What the client gave the person to open or to type, letter by letter.
    given: Sequence[str]
    #: Every page that the person's browser came to.
    pages: Sequence[Page]
    #: What was said between the client and its app-servers, in order.
    transcript: Sequence[Said]
    #: How many app-servers the client has started.
    app_servers_started: int
    #: The exit code of the last of them; None where it had not ended when the client did.
    app_server_exit: int | None
    #: ``auth.json`` at the end, and its permissions; None where there is none.
    auth: dict[str, Any] | None
    auth_mode: int | None

    @property
    def timed_out(self) -> bool:
        """Whether a process was killed because it went on for too long."""
        return any(process.exit_code is None for process in self.processes)

    @property
    def exit_code(self) -> int | None:
        """The exit code of the last process."""
        return self.processes[-1].exit_code

    @property
    def succeeded(self) -> bool:
        """Whether every process says that it did what it was asked for."""
        return all(process.exit_code == 0 for process in self.processes)

    @property
    def seconds(self) -> float:
        """How long the last process took."""
        return self.processes[-1].seconds

    @cached_property
    def stdout(self) -> str:
        """What went to standard output, as a terminal shows it."""
        return plain("\n".join(process.stdout for process in self.processes))

    @cached_property
    def output(self) -> str:
        """All that was printed, as a terminal shows it."""
        return plain("\n".join(text for process in self.processes for text in (process.stdout, process.stderr)))

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        if self.timed_out:
            return f"killed after {self.seconds:.0f} s, in which it did not end"
        last = self.output.strip()[-400:]
        return (
            f"exit code {self.exit_code}, and printed {last!r}" if last else f"exit code {self.exit_code}, in silence"
        )

    @cached_property
    def exchanges(self) -> list[Exchange]:
        """Every call to the examiner, in order."""
        return list(self.journal)

    def requests(self, *operations: str) -> list[Exchange]:
        """Return the calls of operations."""
        return [exchange for exchange in self.exchanges if exchange.operation in operations]

    @cached_property
    def model_calls(self) -> list[ModelCall]:
        """Every request to the model over HTTP or WebSocket, prewarms too."""
        return model_calls(self.exchanges)

    @cached_property
    def turns(self) -> list[ModelCall]:
        """Every request to the model but prewarms."""
        return [call for call in self.model_calls if not call.is_prewarm]

    @property
    def compactions(self) -> list[ModelCall]:
        """Every request for a compaction."""
        return [call for call in self.turns if call.is_compaction]

    @cached_property
    def pauses(self) -> list[float]:
        """The seconds between each request to the model and the next."""
        times = [call.at for call in self.turns]
        return [later - earlier for earlier, later in pairwise(times)]

    def misses(self, *expectations: Expectation) -> list[Miss]:
        """Return what the calls do not meet; without expectations, of those of the scenario."""
        wanted = expectations or tuple(each.request for each in self.scenario.expect if each.request)
        return verify(self.journal, wanted)

    def messages(self, side: Side, method: str | None = None) -> list[dict[str, Any]]:
        """Return the JSON messages of one side of the app-server's conversation, narrowed to a method."""
        said = [each.message for each in self.transcript if each.side == side and each.message is not None]
        return [message for message in said if method is None or message.get("method") == method]

    @property
    def questions(self) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
        """The requests of the app-server, such as those for an approval, each with its answer or None."""
        answers = {message["id"]: message for message in self.messages("client") if _is_answer(message)}
        asked = [message for message in self.messages("server") if "method" in message and "id" in message]
        return [(message, answers.get(message["id"])) for message in asked]


def _is_answer(message: dict[str, Any]) -> bool:
    return "method" not in message and isinstance(message.get("id"), str | int)
