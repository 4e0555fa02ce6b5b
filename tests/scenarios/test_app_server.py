"""What a client of the app-server meets in each scenario that is about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from codex_mockserver.app_server import AppServer
from codex_mockserver.model import named_scenario, scenarios

NAMES = [name for name in scenarios() if name.startswith("app-server-")]
HELLO = {"clientInfo": {"name": "probe", "version": "1"}, "capabilities": {"experimentalApi": True}}
USER = [{"type": "text", "text": "Make a file."}]

Json = dict[str, Any]


class Clock:
    """Real time that only the test moves."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Session:
    """A client without any tolerance: it keeps each line as it came."""

    def __init__(self, name: str) -> None:
        self.clock = Clock()
        self.server = AppServer(scenario=named_scenario(name), now=self.clock)
        self.connection = self.server.connect()
        self.lines: list[str] = []
        self._count = 0

    def ask(self, method: str, params: Json) -> int:
        """Send a request and return its id."""
        self._count += 1
        self.say({"method": method, "id": self._count, "params": params})
        return self._count

    def say(self, message: Json) -> None:
        self.server.receive(self.connection, msgspec.json.encode(message))
        self.listen()

    def pass_time(self, seconds: float) -> None:
        self.clock.seconds += seconds
        self.server.wake()
        self.listen()

    def listen(self) -> None:
        self.lines += [text.decode() for text in self.connection.take()]

    @property
    def messages(self) -> list[Json]:
        return [msgspec.json.decode(line) for line in self.lines if line.startswith("{")]

    @property
    def order(self) -> list[Any]:
        """The methods of what came, and the ids of answers, in order."""
        return [message.get("method", message.get("id")) for message in self.messages]

    def first(self, method: str) -> Json:
        return next(message for message in self.messages if message.get("method") == method)

    def answer(self, identifier: int) -> Json:
        found = [each for each in self.messages if each.get("id") == identifier and "method" not in each]
        assert len(found) == 1, f"{len(found)} answers to {identifier}"
        return found[0]

    def begin(self, **params: Any) -> str:
        """Do the handshake and start a thread; return its id."""
        self.ask("initialize", HELLO)
        thread = self.ask("thread/start", params)
        started = self.answer(thread)["result"]["thread"]["id"]
        assert isinstance(started, str)
        return started


def turn_without_end(session: Session) -> None:
    thread = session.begin()
    session.ask("turn/start", {"threadId": thread, "input": USER})

    assert "turn/completed" not in session.order
    statuses = [
        each["params"]["status"]["type"] for each in session.messages if each.get("method") == "thread/status/changed"
    ]
    assert statuses == ["active", "idle"]
    session.ask("turn/start", {"threadId": thread, "input": USER})
    assert "turn/completed" in session.order


def request_before_answer(session: Session) -> None:
    thread = session.begin(approvalPolicy="on-request", sandbox="workspace-write")
    turn = session.ask("turn/start", {"threadId": thread, "input": USER})

    approval = session.first("item/commandExecution/requestApproval")
    assert session.order.index("item/commandExecution/requestApproval") + 1 == session.order.index(turn)
    session.say({"id": approval["id"], "result": {"decision": "accept"}})
    assert session.order[-1] == "turn/completed"


def malformed_line(session: Session) -> None:
    thread = session.begin()
    session.ask("turn/start", {"threadId": thread, "input": USER})

    assert [line for line in session.lines if not line.startswith("{")] == ["warning: could not read the terminal size"]
    assert session.order[-1] == "turn/completed"


def exit_in_turn(session: Session) -> None:
    thread = session.begin()
    session.ask("turn/start", {"threadId": thread, "input": USER})

    assert session.server.exit_code == 101
    assert session.order[-1] == "item/agentMessage/delta"


def unknown_notification(session: Session) -> None:
    thread = session.begin()
    session.ask("turn/start", {"threadId": thread, "input": USER})

    assert session.order.index("turn/testkit_unknown") + 1 == session.order.index("turn/started")


def older(session: Session) -> None:
    session.begin()

    assert "/0.141.0 " in session.answer(1)["result"]["userAgent"]
    newer = session.ask("modelProvider/list", {})
    assert session.answer(newer)["error"]["message"].startswith("Invalid request: unknown variant `modelProvider/list`")


def newer(session: Session) -> None:
    thread = session.begin()
    session.ask("turn/start", {"threadId": thread, "input": USER})

    assert "testkit_unknown" in session.first("turn/started")["params"]["turn"]
    items = [each["params"]["item"]["type"] for each in session.messages if each.get("method") == "item/completed"]
    assert items == ["userMessage", "reasoning", "testkit_unknown", "agentMessage"]
    statuses = [
        each["params"]["status"]["type"] for each in session.messages if each.get("method") == "thread/status/changed"
    ]
    assert statuses == ["testkit_unknown", "active", "idle"]


def slow_start(session: Session) -> None:
    session.ask("initialize", HELLO)
    assert session.lines == []
    session.pass_time(2.9)
    assert session.lines == []
    session.pass_time(0.2)
    assert session.answer(1)["result"]["platformFamily"] == "unix"


def silent_interrupt(session: Session) -> None:
    thread = session.begin()
    session.ask("turn/start", {"threadId": thread, "input": USER})
    session.pass_time(1)
    turn = session.first("turn/started")["params"]["turn"]["id"]
    interruption = session.ask("turn/interrupt", {"threadId": thread, "turnId": turn})

    assert interruption not in session.order
    assert session.first("turn/completed")["params"]["turn"]["status"] == "interrupted"


def out_of_order(session: Session) -> None:
    thread = session.begin()
    session.ask("turn/start", {"threadId": thread, "input": USER})

    assert session.order.index("thread/started") < session.order.index(2)
    assert session.order.index("turn/started") < session.order.index(3)


def duplicates(session: Session) -> None:
    thread = session.begin()
    session.ask("turn/start", {"threadId": thread, "input": USER})

    assert session.order.count("turn/completed") == 2
    assert session.order.count("item/completed") == 2 * session.order.count("item/started")


def overloaded(session: Session) -> None:
    thread = session.begin()
    refused = session.ask("turn/start", {"threadId": thread, "input": USER})
    repeated = session.ask("turn/start", {"threadId": thread, "input": USER})

    assert session.answer(refused)["error"] == {"code": -32001, "message": "Server overloaded; retry later."}
    assert session.answer(repeated)["result"]["turn"]["status"] == "inProgress"


MEETINGS: dict[str, Callable[[Session], None]] = {
    "app-server-turn-without-end": turn_without_end,
    "app-server-request-before-answer": request_before_answer,
    "app-server-malformed-line": malformed_line,
    "app-server-exit-in-turn": exit_in_turn,
    "app-server-unknown-notification": unknown_notification,
    "app-server-older": older,
    "app-server-newer": newer,
    "app-server-slow-start": slow_start,
    "app-server-silent-interrupt": silent_interrupt,
    "app-server-out-of-order": out_of_order,
    "app-server-duplicates": duplicates,
    "app-server-overloaded": overloaded,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_client_meets(name) -> None:
    MEETINGS[name](Session(name))


def test_each_scenario_of_the_app_server_is_met() -> None:
    assert sorted(MEETINGS) == NAMES
