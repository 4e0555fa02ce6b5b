"""One world with its scenario, its journal and its gates, as Python code sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from codex_mockserver.expectations import Expectation, verify
from codex_mockserver.http import App
from codex_mockserver.journal import Exchange
from codex_mockserver.model import Scenario, load_scenario
from codex_mockserver.serving.loop_thread import shared_loop
from codex_schemas import Problem

__all__ = ["AsyncUniverse", "SyncUniverse", "Universe", "on_shared_loop"]


class Universe:
    """One world with its scenario, its journal and its gates, whatever kind of code uses it."""

    def __init__(self, app: App) -> None:
        #: The ASGI application.
        self.app = app
        #: Everything that is remembered.
        self.world = app.world
        #: The scenario at work.
        self.script = app.script
        #: What clients sent and got.
        self.journal = app.journal
        #: Where streams wait until a test lets them go on; :meth:`Gates.open` works from any thread.
        self.gates = app.gates

    def verify(
        self,
        expect: Iterable[Expectation | Mapping[str, Any]] = (),
        *,
        never: Iterable[Expectation | Mapping[str, Any]] = (),
        in_order: bool = False,
    ) -> None:
        """Compare the journal with what was expected of the client, as :func:`codex_mockserver.verify` does.

        Raises:
            Problem: Something does not hold; the exchange that comes closest is told with its differences.
                Or an expectation is none.
        """
        wanted, unwanted = _read(expect), _read(never)
        misses = verify(self.journal, wanted, never=unwanted, in_order=in_order)
        if misses:
            raise Problem(
                "comparing the journal with the expectations",
                expected="all of them to hold",
                found="; ".join(map(str, misses)),
                advice="Look at the exchanges that are named: `backend.journal` has them.",
            )


class AsyncUniverse(Universe):
    """A universe on the running event loop."""

    def reset(self) -> None:
        """Return the world to its first moment, empty the journal and close the gates."""
        self.app.reset()

    def use_scenario(self, scenario: Scenario | Mapping[str, Any] | Path | str) -> None:
        """Put another scenario to work, from its first step on.

        Its accounts are set up in the world as it is, and nothing else of the world changes.

        Raises:
            Problem: It is no scenario; the present one goes on.
        """
        self.app.use_scenario(load_scenario(scenario))

    async def wait(self, count: int = 1, operation: str | None = None, *, within: float = 10.0) -> list[Exchange]:
        """Return the exchanges of an operation as soon as that many are answered, as ``Journal.wait`` does."""
        return await self.journal.wait(count, operation, within=within)

    async def wait_at(self, gate: str, count: int = 1, *, within: float = 10.0) -> None:
        """Wait until so many streams wait at a gate, as ``Gates.reached`` does."""
        await self.gates.reached(gate, count, within=within)


class SyncUniverse(Universe):
    """A universe on the event loop in a thread that all synchronous code shares."""

    def reset(self) -> None:
        """Return the world to its first moment, empty the journal and close the gates."""
        on_shared_loop(self.app.reset)

    def use_scenario(self, scenario: Scenario | Mapping[str, Any] | Path | str) -> None:
        """Put another scenario to work, from its first step on, as :meth:`AsyncUniverse.use_scenario` does."""
        loaded = load_scenario(scenario)
        on_shared_loop(lambda: self.app.use_scenario(loaded))

    def wait(self, count: int = 1, operation: str | None = None, *, within: float = 10.0) -> list[Exchange]:
        """Return the exchanges of an operation as soon as that many are answered, as ``Journal.wait`` does."""
        return shared_loop().run(self.journal.wait(count, operation, within=within))

    def wait_at(self, gate: str, count: int = 1, *, within: float = 10.0) -> None:
        """Wait until so many streams wait at a gate, as ``Gates.reached`` does."""
        shared_loop().run(self.gates.reached(gate, count, within=within))


def on_shared_loop(work: Callable[[], None]) -> None:
    """Do something between two calls of clients."""

    async def do() -> None:
        work()

    shared_loop().run(do())


def _read(expectations: Iterable[Expectation | Mapping[str, Any]]) -> list[Expectation]:
    plain = [each if isinstance(each, Mapping) else msgspec.to_builtins(each) for each in expectations]
    try:
        return msgspec.convert(plain, list[Expectation])
    except msgspec.ValidationError as error:
        advice = "Compare them with the table of keys in the documentation."
        raise Problem("reading expectations", expected="expectations", found=str(error), advice=advice) from None
