"""Trying frames on the WebSocket of a Responses server."""

from __future__ import annotations

from typing import Any

from codex_conformance.fuzzing._budget import Budget
from codex_conformance.fuzzing._search import search
from codex_conformance.probes import HttpProbe, WebSocketProbe, require
from codex_conformance.strategies import FrameForm, Known, Sample, frame_forms, hostile_lines, nearly_valid, valid

__all__ = ["SocketTrial"]

#: The frame that asks for a response, and the service behind each face.
_CREATE = "response.create"
_SERVICES = {"api": "public", "codex": "codex"}


class SocketTrial:
    """Sends frames to one face of a server, each on a connection of its own, and judges what comes.

    Args:
        http: The server.
        face: ``api`` or ``codex``.
        good: A frame that it answers.
        known: Values that mean something to the server, by field.
    """

    def __init__(self, http: HttpProbe, face: str, good: dict[str, Any], known: Known) -> None:
        self._http = http
        self._face = face
        self._good = good
        self._known = known
        self._form: FrameForm = next(
            form for form in frame_forms() if (form.type, form.service) == (_CREATE, _SERVICES[face])
        )

    def try_valid(self, budget: Budget) -> int:
        """Send frames that fit the contract, and return how many."""
        return search(valid([self._form], self._known), self.judge, budget, self._http.evidence)

    def try_nearly_valid(self, budget: Budget) -> int:
        """Send frames that are one mutation away from one that fits, and return how many."""
        return search(nearly_valid([self._form], self._known), self.judge, budget, self._http.evidence)

    def try_hostile(self, budget: Budget) -> int:
        """Send texts that are no frames, and return how many."""
        samples = hostile_lines(self._good).map(lambda line: Sample(self._form, self._good, hostile=line))
        return search(samples, self.judge_hostile, budget, self._http.evidence)

    def judge(self, sample: Sample) -> None:
        """Require that a response comes to its end, or an error.

        Raises:
            Unmet: Neither came, or it breaks the contract.
        """
        with WebSocketProbe.open(self._http, face=self._face) as socket:
            socket.send(sample.value)
            if sample.value.get("type") == _CREATE:
                socket.events()
        found = self._http.evidence.violations
        require(not found, expected="events that fit the contract", found="; ".join(str(each) for _, each in found))

    def judge_hostile(self, sample: Sample) -> None:
        """Require that the server refuses a text or ends its connection, and answers the next.

        Raises:
            Unmet: It does not.
        """
        assert sample.hostile is not None
        with WebSocketProbe.open(self._http, face=self._face) as socket:
            socket.send(sample.hostile.content.decode("utf-8", "replace"))
        with WebSocketProbe.open(self._http, face=self._face) as socket:
            socket.send(self._good)
            last = socket.events()[-1]
        require(last.get("type") != "error", expected="a response on the next connection", found=last)
        self._http.evidence.violations.clear()
