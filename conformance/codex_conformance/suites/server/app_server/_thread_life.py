"""The life of threads as a state machine that walks with an app-server."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from codex_conformance.app_servers import Setup
from codex_conformance.fuzzing import Machine, Search
from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_server._reading import thread_ids
from codex_conformance.suites.server.app_server._scenes import begin, message

__all__ = ["HESITANT", "ThreadLife"]

#: A model that answers at once, but hesitates for a minute in the middle of an answer to ``slowly``.
HESITANT = Setup(
    model=[
        message(
            {"deltas": ["Half", " an answer"]},
            when={"user": "slowly"},
            times=None,
            pacing={"pauses": [{"at": {"event": "response.output_text.done"}, "seconds": 60}]},
        ),
        message(times=None),
    ]
)

#: Threads of one walk, and rows that are more than those.
_MOST = 4
_ROWS = 100


@dataclass
class _Thread:
    """A thread as the model sees it."""

    id: str
    turns: int = 0
    is_archived: bool = False
    is_loaded: bool = True
    #: Whether something was said in it: a copy is not listed everywhere before.
    has_spoken: bool = False

    def note_turn(self) -> None:
        """Note that a turn has ended."""
        self.turns += 1
        self.has_spoken = True


class ThreadLife(Machine):
    """Starts threads, talks in them, copies them and puts them away."""

    def __init__(self, found: Search, client: AppServerProbe) -> None:
        super().__init__(found)
        self.client = client
        self.threads: list[_Thread] = []

    @precondition(lambda self: len(self.threads) < _MOST)
    @rule()
    def start(self) -> None:
        """Start a thread."""
        self.threads.append(_Thread(self.client.thread()))

    @precondition(lambda self: self._such(is_loaded=True))
    @rule(data=st.data())
    def talk(self, data: st.DataObject) -> None:
        """Run a turn to its end."""
        thread = self._one(data, is_loaded=True)
        status = self.client.turn(thread.id)["status"]
        require(status == "completed", expected="a turn that is completed", found=status)
        thread.note_turn()

    @precondition(lambda self: self._such(is_loaded=True))
    @rule(data=st.data())
    def interrupt(self, data: st.DataObject) -> None:
        """Interrupt a turn in its middle."""
        thread = self._one(data, is_loaded=True)
        turn_id = begin(self.client, thread.id, "slowly")
        self.client.wait_for("item/agentMessage/delta", lambda each: each["turnId"] == turn_id)
        self.client.ask("turn/interrupt", {"threadId": thread.id, "turnId": turn_id})
        ended = self.client.wait_for("turn/completed", lambda each: each["turn"]["id"] == turn_id)
        status = ended["params"]["turn"]["status"]
        require(status == "interrupted", expected="a turn that is interrupted", found=status)
        thread.note_turn()

    @precondition(lambda self: self._such(is_archived=False, has_turns=True))
    @rule(data=st.data())
    def archive(self, data: st.DataObject) -> None:
        """Archive a thread, which unloads it."""
        thread = self._one(data, is_archived=False, has_turns=True)
        self.client.ask("thread/archive", {"threadId": thread.id})
        thread.is_archived, thread.is_loaded = True, False

    @precondition(lambda self: self._such(is_archived=True))
    @rule(data=st.data())
    def unarchive(self, data: st.DataObject) -> None:
        """Bring a thread back; it is not loaded."""
        thread = self._one(data, is_archived=True)
        self.client.ask("thread/unarchive", {"threadId": thread.id})
        thread.is_archived = False

    @precondition(lambda self: self._such(is_archived=True))
    @rule(data=st.data(), method=st.sampled_from(["thread/resume", "thread/fork", "thread/archive"]))
    def ask_too_much_of_an_archived_thread(self, data: st.DataObject, method: str) -> None:
        """Ask for what an archived thread cannot do."""
        self.client.refusal(method, {"threadId": self._one(data, is_archived=True).id})

    @precondition(lambda self: self._such(is_archived=False, has_turns=True))
    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        """Load a thread, or ask for it again."""
        thread = self._one(data, is_archived=False, has_turns=True)
        self._require_turns(thread, self.client.ask("thread/resume", {"threadId": thread.id}))
        thread.is_loaded = True

    @precondition(lambda self: len(self.threads) < _MOST and self._such(is_archived=False, has_turns=True))
    @rule(data=st.data())
    def fork(self, data: st.DataObject) -> None:
        """Copy a thread with all its turns."""
        thread = self._one(data, is_archived=False, has_turns=True)
        answer = self.client.ask("thread/fork", {"threadId": thread.id})
        copy = _Thread(at(answer, "/thread/id", str), thread.turns)
        require(copy.id != thread.id, expected="a thread of its own", found=answer)
        self._require_turns(copy, answer)
        self.threads.append(copy)

    @precondition(lambda self: self._such(has_turns=True))
    @rule(data=st.data())
    def read(self, data: st.DataObject) -> None:
        """Read a thread with its turns, loaded or not."""
        thread = self._one(data, has_turns=True)
        self._require_turns(thread, self.client.ask("thread/read", {"threadId": thread.id, "includeTurns": True}))

    @rule(is_archived=st.booleans())
    def list_threads(self, is_archived: bool) -> None:  # noqa: FBT001 (hypothesis gives it by its name)
        """List the threads of one kind."""
        listed = thread_ids(self.client, archived=is_archived, limit=_ROWS, sortKey="updated_at")
        own = self._such(is_archived=is_archived)
        missing = [each.id for each in own if each.has_spoken and each.id not in listed]
        require(not missing, expected="all threads of this kind", found=f"none of {missing}")
        wrong = [each.id for each in self._such(is_archived=not is_archived) if each.id in listed]
        require(not wrong, expected="no others", found=wrong)

    def _such(
        self, *, is_archived: bool | None = None, is_loaded: bool | None = None, has_turns: bool = False
    ) -> list[_Thread]:
        """Return the threads of a kind."""
        return [
            each
            for each in self.threads
            if is_archived in (None, each.is_archived)
            and is_loaded in (None, each.is_loaded)
            and (each.turns or not has_turns)
        ]

    def _one(self, data: st.DataObject, **kind: bool) -> _Thread:
        thread: _Thread = data.draw(st.sampled_from(self._such(**kind)))
        return thread

    def _require_turns(self, thread: _Thread, answer: object) -> None:
        found = len(at(answer, "/thread/turns", list))
        require(found == thread.turns, expected=f"{thread.turns} turns", found=found)
