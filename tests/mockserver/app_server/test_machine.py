"""Three clients do what they like with threads and turns, and the rules of the protocol hold."""

from __future__ import annotations

from collections import Counter
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from codex_mockserver.app_server import AppServer, Client, RpcError
from codex_mockserver.model import load_scenario
from codex_mockserver.world import Clock, World

CLIENTS = 3

#: What the model does, by what the user says; whatever a tool gives, it ends with a sentence.
SCENARIO = {
    "model": [
        {"when": {"tool_output": "."}, "say": [{"message": "That was it."}], "times": None},
        {"when": {"user": "run"}, "say": [{"exec_command": {"cmd": "touch a", "output": ""}}], "times": None},
        {
            "when": {"user": "both"},
            "say": [{"exec_command": {"cmd": "touch a"}}, {"exec_command": {"cmd": "touch b"}}],
            "times": None,
        },
        {
            "when": {"user": "patch"},
            "say": [{"apply_patch": "*** Begin Patch\n*** Add File: a.txt\n+a\n*** End Patch\n"}],
            "times": None,
        },
        {
            "when": {"user": "slow"},
            "say": [{"message": "One two three."}],
            "pacing": {"first_token": 1, "tokens_per_second": 1},
            "times": None,
        },
        {"say": [{"message": "Hello there."}], "times": None},
    ]
}
WISHES = ("hello", "run", "both", "patch", "slow")
DECISIONS = ("accept", "acceptForSession", "decline", "cancel")

#: What every client hears of a thread, subscribed or not.
FOR_ALL = frozenset(
    {
        "thread/started",
        "thread/status/changed",
        "thread/archived",
        "thread/unarchived",
        "thread/deleted",
        "thread/closed",
        "thread/name/updated",
        "thread/goal/updated",
        "thread/goal/cleared",
        "thread/readState/changed",
        "thread/queue/changed",
    }
)

Json = dict[str, Any]


class Listener:
    """One client with all that it was told, and the rules that each message must keep."""

    def __init__(self, server: AppServer) -> None:
        self.client = Client(server)
        self.subscribed: set[str] = set()
        #: The requests that it has to answer, with their threads.
        self.pending: dict[int, str] = {}
        #: Every request that it was ever asked.
        self.asked: set[int] = set()
        self.resolved: Counter[int] = Counter()
        self.open_turns: dict[str, str] = {}
        self.open_items: dict[tuple[str, str], str] = {}
        self.status: dict[str, str] = {}

    def leave(self, thread: str) -> None:
        """Hear nothing more of a thread, not even that somebody else has answered."""
        self.listen()
        self.subscribed.discard(thread)
        self.open_turns.pop(thread, None)
        self.pending = {request: where for request, where in self.pending.items() if where != thread}

    def listen(self) -> None:
        for message in self.client.take():
            params = message["params"]
            thread = params.get("threadId")
            if message["method"] not in FOR_ALL and thread is not None:
                assert thread in self.subscribed, f"{message['method']} came to one who does not listen"
            if "id" in message:
                self.pending[message["id"]] = thread
                self.asked.add(message["id"])
            else:
                getattr(self, "on_" + message["method"].replace("/", "_"), lambda _: None)(params)

    def on_serverRequest_resolved(self, params: Json) -> None:  # noqa: N802 (the method's own spelling)
        self.resolved[params["requestId"]] += 1
        assert self.resolved[params["requestId"]] == 1, "a request of the server is resolved once"
        self.pending.pop(params["requestId"], None)

    def on_thread_status_changed(self, params: Json) -> None:
        self.status[params["threadId"]] = params["status"]["type"]

    def on_turn_started(self, params: Json) -> None:
        thread, turn = params["threadId"], params["turn"]["id"]
        assert thread not in self.open_turns, "a thread has one turn at a time"
        self.open_turns[thread] = turn

    def on_turn_completed(self, params: Json) -> None:
        thread, turn = params["threadId"], params["turn"]["id"]
        assert self.open_turns.pop(thread, turn) == turn
        assert self.status[thread] in ("idle", "systemError", "notLoaded"), "the status comes before the end"
        self.open_items = {key: kind for key, kind in self.open_items.items() if key[0] != turn}

    def on_item_started(self, params: Json) -> None:
        key = (params["turnId"], params["item"]["id"])
        assert self.open_turns.get(params["threadId"], params["turnId"]) == params["turnId"]
        assert key not in self.open_items
        self.open_items[key] = params["item"]["type"]

    def on_item_agentMessage_delta(self, params: Json) -> None:  # noqa: N802 (as above)
        if params["threadId"] in self.open_turns:
            assert self.open_items.get((params["turnId"], params["itemId"]), "agentMessage") == "agentMessage"

    def on_item_completed(self, params: Json) -> None:
        self.open_items.pop((params["turnId"], params["item"]["id"]), None)


class Machine(RuleBasedStateMachine):
    """The clients and their server."""

    threads = Bundle("threads")

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        world = World(seed=1, clock=Clock(frozen_at=1_770_000_000))
        self.server = AppServer(scenario=load_scenario(SCENARIO), world=world, now=lambda: self.seconds)
        self.listeners = [Listener(self.server) for _ in range(CLIENTS)]
        self.unanswered: list[tuple[Listener, int]] = []

    def ask(self, listener: Listener, method: str, params: Json) -> Any:
        """Send a request; None where it is refused or answered later."""
        identifier = listener.client.begin(method, params)
        if not listener.client.is_answered(identifier):
            self.unanswered.append((listener, identifier))
            return None
        try:
            return listener.client.result(identifier)
        except RpcError:
            return None

    @rule(target=threads, who=st.integers(0, CLIENTS - 1), ephemeral=st.booleans())
    def start(self, who: int, ephemeral: bool) -> str:  # noqa: FBT001 (hypothesis names its arguments)
        params = {"approvalPolicy": "untrusted", "sandbox": "read-only", "ephemeral": ephemeral}
        thread: str = self.ask(self.listeners[who], "thread/start", params)["thread"]["id"]
        self.listeners[who].subscribed.add(thread)
        return thread

    @rule(thread=threads, who=st.integers(0, CLIENTS - 1))
    def resume(self, thread: str, who: int) -> None:
        listener = self.listeners[who]
        # What is pending comes again with the answer.
        was_subscribed = thread in listener.subscribed
        listener.subscribed.add(thread)
        if self.ask(listener, "thread/resume", {"threadId": thread}) is None and not was_subscribed:
            listener.subscribed.discard(thread)

    @rule(thread=threads, who=st.integers(0, CLIENTS - 1))
    def unsubscribe(self, thread: str, who: int) -> None:
        listener = self.listeners[who]
        self.ask(listener, "thread/unsubscribe", {"threadId": thread})
        listener.leave(thread)

    @rule(thread=threads, who=st.integers(0, CLIENTS - 1), wish=st.sampled_from(WISHES))
    def turn(self, thread: str, who: int, wish: str) -> None:
        params = {"threadId": thread, "input": [{"type": "text", "text": wish}]}
        self.ask(self.listeners[who], "turn/start", params)

    @rule(who=st.integers(0, CLIENTS - 1), decision=st.sampled_from(DECISIONS), data=st.data())
    def decide(self, who: int, decision: str, data: st.DataObject) -> None:
        """Answer what is pending, or once more what is not."""
        listener = self.listeners[who]
        listener.listen()
        if listener.asked:
            request = data.draw(st.sampled_from(sorted(listener.asked)))
            listener.client.reply(request, {"decision": decision})

    @rule(thread=threads, who=st.integers(0, CLIENTS - 1))
    def interrupt(self, thread: str, who: int) -> None:
        active = self.server.threads.loaded[thread].turn if thread in self.server.threads.loaded else None
        turn = active.record.id if active else "none"
        self.ask(self.listeners[who], "turn/interrupt", {"threadId": thread, "turnId": turn})

    @rule(thread=threads, who=st.integers(0, CLIENTS - 1))
    def read(self, thread: str, who: int) -> None:
        self.ask(self.listeners[who], "thread/read", {"threadId": thread})

    @rule(thread=threads, who=st.integers(0, CLIENTS - 1))
    def archive(self, thread: str, who: int) -> None:
        self.ask(self.listeners[who], "thread/archive", {"threadId": thread})
        self.hear_of_unload(thread)

    @rule(thread=consumes(threads), who=st.integers(0, CLIENTS - 1))
    def delete(self, thread: str, who: int) -> None:
        self.ask(self.listeners[who], "thread/delete", {"threadId": thread})
        self.hear_of_unload(thread)

    def hear_of_unload(self, thread: str) -> None:
        """Nobody listens to a thread that has left the memory."""
        for listener in self.listeners:
            if thread not in self.server.threads.loaded:
                listener.leave(thread)

    @rule(who=st.integers(0, CLIENTS - 1))
    def reconnect(self, who: int) -> None:
        listener = self.listeners[who]
        listener.listen()
        listener.client.close()
        self.unanswered = [each for each in self.unanswered if each[0] is not listener]
        self.listeners[who] = Listener(self.server)

    @precondition(lambda self: self.server.wake_at() is not None)
    @rule(seconds=st.sampled_from((0.5, 1.0, 5.0)))
    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.server.wake()

    @invariant()
    def every_message_keeps_the_rules(self) -> None:
        for listener in self.listeners:
            listener.listen()
        for listener in self.listeners:
            for request, thread in listener.pending.items():
                loaded = self.server.threads.loaded.get(thread)
                assert loaded, f"request {request} outlived its thread"
                assert loaded.turn, f"request {request} outlived its turn"

    def teardown(self) -> None:
        for listener, identifier in self.unanswered:
            assert listener.client.is_answered(identifier), "every request is answered in the end"


Machine.TestCase.settings = settings(max_examples=100, stateful_step_count=30)
TestMachine = Machine.TestCase
