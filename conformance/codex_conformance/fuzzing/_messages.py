"""Trying messages on an app-server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codex_conformance.fuzzing._budget import Budget
from codex_conformance.fuzzing._search import search
from codex_conformance.probes import AppServerProbe, require
from codex_conformance.strategies import (
    Known,
    MessageForm,
    Sample,
    hostile_lines,
    message_forms,
    nearly_valid,
    reach_of,
    valid,
)

__all__ = ["AppServerTrial"]

Json = dict[str, Any]

#: Seconds that an answer may take.
_PATIENCE = 15.0

#: The ids of what is tried, far from those of the probe.
_FIRST_ID = 1_000_000

#: A request that every release answers at once, whatever its state.
_PULSE = "thread/loaded/list"


class AppServerTrial:
    """Sends messages to an app-server, and judges the answers.

    Args:
        client: A connection after its handshake.
        prefix: What the methods that are tried begin with.
        known: Values that mean something to the server, by field.
        is_on_a_machine: Whether the server could do harm, so that what reaches beyond its own state is left out.
    """

    def __init__(self, client: AppServerProbe, *, prefix: str = "", known: Known, is_on_a_machine: bool) -> None:
        self._client = client
        self._known = known
        self._last_id = _FIRST_ID
        every = [form for form in message_forms(client.contract) if form.method.kind == "request"]
        #: The forms of request that are tried.
        self.forms: Sequence[MessageForm] = [
            form
            for form in every
            if form.name.startswith(prefix)
            and form.name != "initialize"
            and not (is_on_a_machine and reach_of(form.name))
        ]

    def try_valid(self, budget: Budget) -> int:
        """Send requests that fit the contract, and return how many."""
        return search(valid(self.forms, self._known), self.judge, budget, self._client.evidence)

    def try_nearly_valid(self, budget: Budget) -> int:
        """Send requests that are one mutation away from one that fits, and return how many."""
        return search(nearly_valid(self.forms, self._known), self.judge, budget, self._client.evidence)

    def try_hostile(self, budget: Budget) -> int:
        """Send lines that are no messages, or hardly, and return how many."""
        good = {"method": _PULSE, "id": 0, "params": {}}
        form = MessageForm(self._client.contract, self._client.contract.method(_PULSE))
        samples = hostile_lines(good).map(lambda line: Sample(form, good, hostile=line))
        return search(samples, self.judge_hostile, budget, self._client.evidence)

    def judge(self, sample: Sample) -> None:
        """Require one answer that fits the contract; what is no request any more may get none.

        Raises:
            Unmet: There is none, or another.
        """
        self._last_id += 1
        self._client.send({"id": self._last_id, **sample.value}, misuse=True)
        if isinstance(sample.value.get("method"), str):
            self._client.answer(self._last_id, _PATIENCE)
        self._pulse()
        answers = [each for each in self._client.messages if "method" not in each and each.get("id") == self._last_id]
        require(len(answers) <= 1, expected="one answer", found=answers)
        found = self._client.evidence.violations
        require(not found, expected="messages that fit the contract", found="; ".join(str(each) for _, each in found))

    def judge_hostile(self, sample: Sample) -> None:
        """Require that the server answers the next request.

        Raises:
            Unmet: It does not.
        """
        assert sample.hostile is not None
        self._client.send(sample.hostile.content.decode("utf-8", "replace"), misuse=True)
        self._pulse()
        self._client.evidence.violations.clear()

    def _pulse(self) -> None:
        """Ask for something simple, and refuse what the server asks for: a turn must not wait for us."""
        self._client.ask(_PULSE, {})
        for message in self._client.settle(0):
            if "method" in message and "id" in message:
                self._client.refuse(message["id"])
