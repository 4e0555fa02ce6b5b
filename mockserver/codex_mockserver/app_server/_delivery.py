"""The way of messages to clients, and the faults that strike them there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from codex_mockserver.app_server._connection import Connection
from codex_mockserver.app_server._gates import Gate, Gates
from codex_mockserver.app_server._tasks import Pause, Steps, Tasks, Wait
from codex_mockserver.faults import MessageFault

__all__ = ["Delivery"]

Json = dict[str, Any]

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class _Parcel:
    """One message for some clients; several texts where a fault adds to it, none where it takes it away."""

    connections: list[Connection]
    method: str
    texts: list[bytes]

    def hand_over(self) -> None:
        for connection in self.connections:
            for text in self.texts:
                connection.send(text)


class Delivery:
    """Sends messages in order; a fault that waits lets all that follows wait.

    Args:
        tasks: Where waiting is done.
        gates: What ``hold`` waits for.
        faults: What strikes messages.
        count: Counts one more message that a fault fits, by the fault's number, and returns how many there were.
        end: Ends the process with an exit code.
        log: Takes a line for stderr.
        widen: Adds to a message what no client knows, given the method and the message; None leaves it as it is.
    """

    def __init__(
        self,
        tasks: Tasks,
        gates: Gates,
        faults: Iterable[MessageFault],
        *,
        count: Callable[[int], int],
        end: Callable[[int], None],
        log: Callable[[str], None],
        widen: Callable[[str, Json], Json] | None = None,
    ) -> None:
        self._tasks = tasks
        self._gates = gates
        self._faults = list(faults)
        self._count = count
        self._end = end
        self._log = log
        self._widen = widen
        self._queue: deque[tuple[_Parcel, list[MessageFault]]] = deque()
        self._is_waiting = False
        self._has_ended = False
        #: Parcels that wait for another message to pass: any, or one of that method.
        self._parked: list[tuple[str | None, _Parcel]] = []

    def send(self, connections: Iterable[Connection], method: str, message: Json) -> None:
        """Send a message to clients.

        Args:
            connections: The clients.
            method: Its method; of an answer, that of the request.
            message: The message.
        """
        if self._has_ended:
            return
        if self._widen is not None:
            message = self._widen(method, message)
        parcel = _Parcel(list(connections), method, [_encode(message)])
        if not self._faults:
            parcel.hand_over()
            return
        strikes = list(self._strikes(method, message))
        self._queue.append((_changed(parcel, message, strikes), strikes))
        self._move()

    def _strikes(self, method: str, message: Json) -> Iterator[MessageFault]:
        for number, fault in enumerate(self._faults):
            if fault.fits(method, message) and fault.is_due(self._count(number)):
                kind = next(iter(fault.kinds))
                self._log(f"fault {fault.name or number + 1}: {kind} at {method}")
                yield fault

    def _move(self) -> None:
        """Hand over what waits for nothing; what waits is left to a task."""
        while self._queue and not self._is_waiting:
            parcel, strikes = self._queue.popleft()
            if waits := list(self._waits(strikes)):
                self._is_waiting = True
                self._tasks.spawn(self._hand_over_later(waits, parcel, strikes))
            else:
                self._finish(parcel, strikes)

    def _waits(self, strikes: Iterable[MessageFault]) -> Iterator[Wait]:
        for fault in strikes:
            if fault.delay is not None:
                yield Pause(fault.delay)
            if fault.hold is not None:
                yield Gate(self._gates, fault.hold)

    def _hand_over_later(self, waits: Iterable[Wait], parcel: _Parcel, strikes: list[MessageFault]) -> Steps:
        yield from waits
        self._is_waiting = False
        self._finish(parcel, strikes)
        self._move()

    def _finish(self, parcel: _Parcel, strikes: list[MessageFault]) -> None:
        for fault in strikes:
            if fault.exit is not None:
                self._end(fault.exit)
                self._has_ended = True
                self._queue.clear()
                return
        parking = [fault for fault in strikes if fault.swap or fault.behind is not None]
        if parking:
            self._parked.append((parking[0].behind, parcel))
            return
        parcel.hand_over()
        passed = [each for each in self._parked if each[0] in (None, parcel.method)]
        self._parked = [each for each in self._parked if each not in passed]
        for _, late in passed:
            late.hand_over()


def _changed(parcel: _Parcel, message: Json, strikes: Iterable[MessageFault]) -> _Parcel:
    """Return the parcel with the texts that the faults leave of it."""
    texts = parcel.texts
    for fault in strikes:
        if fault.drop:
            texts = []
        if fault.duplicate:
            texts = texts * 2
        if fault.insert is not None:
            texts = [_text(fault.insert), *texts]
        if fault.replace is not None:
            identifier = {"id": message["id"]} if "id" in message else {}
            texts = [_text(fault.replace if isinstance(fault.replace, str) else {**identifier, **fault.replace})]
    return _Parcel(parcel.connections, parcel.method, texts)


def _text(value: Json | str) -> bytes:
    return value.encode() if isinstance(value, str) else _encode(value)
