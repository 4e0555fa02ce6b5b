"""``review/start``: a turn within a turn, which looks at changes."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import msgspec

from codex_mockserver.app_server._call import LATER, Answer, Call, Handler, Json
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._tasks import Steps, Wait
from codex_mockserver.app_server.threads.births import announce, new_thread
from codex_mockserver.app_server.threads.forms import turn_form
from codex_mockserver.app_server.threads.loaded import LoadedThread
from codex_mockserver.app_server.threads.views import is_paginated, spots
from codex_mockserver.app_server.turns._attempts import ask_model
from codex_mockserver.app_server.turns._input import user_message
from codex_mockserver.app_server.turns._run import guarded
from codex_mockserver.app_server.turns._stream import agent_message
from codex_mockserver.app_server.turns.active import ActiveTurn, abort
from codex_mockserver.app_server.turns.begin import begin_turn
from codex_mockserver.world import ThreadTurn

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS"]

_NO_RESPONSE = "Reviewer failed to output a response."
_INTERRUPTED = "Review was interrupted. Please re-run /review and wait for it to complete."
_ADVICE = "Provide prioritized, actionable findings."
_SHORT_SHA = 7
#: The id of the message that shows a review, in releases that do not number it.
_UNNUMBERED = "review_rollout_assistant"

#: The text that each target must have.
_NEEDED = {"baseBranch": "branch", "commit": "sha", "custom": "instructions"}


def start(call: Call) -> Answer:
    """Begin a review in the thread, or in one of its own; a running turn is interrupted."""
    server, thread = call.server, call.server.threads.find(call.params["threadId"])
    target = call.params["target"]
    needed = _NEEDED.get(target["type"])
    if needed is not None and not target[needed].strip():
        raise RpcError(f"{needed} must not be empty")
    if call.get("delivery") == "detached":
        thread = _own_thread(call, thread)
    hint, outer = _HINTS[target["type"]](target), ThreadTurn(server.world.ids.uuid7(server.world.now()))
    shown = {"type": "userMessage", "id": outer.id, "clientId": None, "content": _text(hint)}
    call.answer({"turn": {**turn_form(outer, [shown]), "rootTurnId": None}, "reviewThreadId": thread.id})
    if thread.turn is not None:
        abort(thread.turn)
    _begin(thread, outer.id, hint, _inner_turn(call, target))
    return LATER


def _begin(thread: LoadedThread, turn_id: str, hint: str, inner: ThreadTurn) -> None:
    inner.root_turn_id = turn_id
    thread.record.preview = thread.record.preview or inner.items[0]["content"][0]["text"]
    if is_paginated(thread.record):
        thread.add_turn(inner)
    message = inner.items[0]
    active = begin_turn(thread, kind="review", turn_id=turn_id, course=lambda active: _run(active, hint, message))
    active.running_id = inner.id
    if not is_paginated(thread.record):
        _keep_apart(active, hint, inner)


def _own_thread(call: Call, thread: LoadedThread) -> LoadedThread:
    """Return a new thread that begins as the other one stands."""
    record = new_thread(call, thread.record.cwd, {**thread.record.settings})
    record.opening, record.forked_from_id = thread.conversation(), thread.id
    review = call.server.threads.add(record)
    review.subscribe(call.connection)
    for _ in announce(review):
        pass
    return review


def _inner_turn(call: Call, target: Json) -> ThreadTurn:
    """Return the turn that runs within the review: it is kept with the prompt, and never ends."""
    now = call.server.world.now()
    prompt = _PROMPTS[target["type"]](call.server, target)
    message = user_message(call.server, [{"type": "text", "text": prompt}])
    timed = {**message, "startedAtMs": int(now * 1000), "completedAtMs": int(now * 1000)}
    return ThreadTurn(call.server.world.ids.uuid7(now), status="interrupted", items=[timed], started_at=now)


def _run(active: ActiveTurn, hint: str, message: Json) -> Steps:
    _tell_mode(active, "enteredReviewMode", hint)
    active.begin()
    yield from guarded(active, _review(active, message))


def _keep_apart(active: ActiveTurn, hint: str, inner: ThreadTurn) -> None:
    """Keep a review as legacy histories do: its beginning as a turn, all else as the inner turn's."""
    thread = active.thread
    thread.server.threads.drop_turns(thread, 1)
    before = spots(thread.record, thread.turns)
    line = before[-1].last + 1 if before else 1
    entered = {"type": "enteredReviewMode", "id": active.record.id, "review": hint}
    thread.add_turn(ThreadTurn(f"rollout-{line}", status="completed", items=[entered]))
    inner.status = "inProgress"
    thread.add_turn(inner)
    active.watchers.append(lambda _: _keep_end(active, inner))


def _keep_end(active: ActiveTurn, inner: ThreadTurn) -> None:
    record = active.record
    inner.items += [inner.items[0], *(item for item in record.items if item["type"] != "enteredReviewMode")]
    inner.history, inner.status, inner.completed_at = record.history, record.status, record.completed_at
    active.server.threads.touch(active.thread)


def _review(active: ActiveTurn, message: Json) -> Generator[Wait, Any, None]:
    active.closing = lambda: _conclude(active, _NO_RESPONSE, _INTERRUPTED)
    active.start_item(message)
    active.complete_item(message, is_kept=False)
    prompt = [{"type": "input_text", "text": message["content"][0]["text"]}]
    asked = {"type": "message", "role": "user", "content": prompt}
    _turn, telling = yield from ask_model(active, [asked], shown="beginnings")
    texts = [part["text"] for item in telling.items if item["type"] == "message" for part in item["content"]]
    report = _read(texts[-1] if texts else _NO_RESPONSE)
    rendered = _rendered(report)
    _conclude(active, rendered, rendered)
    if not is_paginated(active.thread.record):
        # Legacy histories keep what was explained, without the findings.
        active.record.items = [_explained(item, report) for item in active.record.items]


def _conclude(active: ActiveTurn, review: str, text: str) -> None:
    _tell_mode(active, "exitedReviewMode", review)
    ids, now = active.server.world.ids, active.server.world.now()
    identifier = f"msg_{ids.uuid7(now)}" if active.server.traits.numbers_review_items else _UNNUMBERED
    active.tell_item(agent_message(identifier, text))
    content = [{"type": "output_text", "text": text, "annotations": []}]
    active.record.history.append({"type": "message", "role": "assistant", "content": content})


def _tell_mode(active: ActiveTurn, kind: str, review: str) -> None:
    ids, now = active.server.world.ids, active.server.world.now()
    identifier = ids.uuid7(now) if active.server.traits.numbers_review_items else active.record.id
    active.tell_item({"type": kind, "id": identifier, "review": review})


class _Lines(msgspec.Struct):
    start: int
    end: int


class _Place(msgspec.Struct):
    absolute_file_path: str
    line_range: _Lines


class _Finding(msgspec.Struct):
    title: str
    body: str
    code_location: _Place


class _Report(msgspec.Struct):
    findings: list[_Finding]
    overall_explanation: str = ""


def _read(text: str) -> _Report:
    """Return what a review found; text that is no report explains all there is."""
    try:
        return msgspec.json.decode(text, type=_Report)
    except msgspec.MsgspecError:
        return _Report([], text)


def _rendered(report: _Report) -> str:
    """Return the findings of a review as people read them."""
    parts = [report.overall_explanation] if report.overall_explanation else []
    if report.findings:
        parts.append("Review comment:" if len(report.findings) == 1 else "Full review comments:")
        parts += map(_comment, report.findings)
    return "\n\n".join(parts)


def _explained(item: Json, report: _Report) -> Json:
    is_end = item["type"] == "exitedReviewMode" and report.overall_explanation
    return {**item, "review": report.overall_explanation} if is_end else item


def _comment(finding: _Finding) -> str:
    place = finding.code_location
    head = f"- {finding.title} — {place.absolute_file_path}:{place.line_range.start}-{place.line_range.end}"
    return "\n".join([head, *(f"  {line}" for line in finding.body.splitlines())])


def _text(text: str) -> list[Json]:
    return [{"type": "text", "text": text, "text_elements": []}]


def _commit_hint(target: Json) -> str:
    title = f": {target['title']}" if target.get("title") else ""
    return f"commit {target['sha'][:_SHORT_SHA]}{title}"


#: How a target is called.
_HINTS: dict[str, Callable[[Json], str]] = {
    "uncommittedChanges": lambda _: "current changes",
    "baseBranch": lambda target: f"changes against '{target['branch']}'",
    "commit": _commit_hint,
    "custom": lambda target: str(target["instructions"].strip()),
}


def _branch_prompt(server: AppServer, target: Json) -> str:
    base, branch = server.world.ids.new("", 40), target["branch"]
    return (
        f"Review the code changes against the base branch '{branch}'. The merge base commit for this comparison is "
        f"{base}. Run `git diff {base}` to inspect the changes relative to {branch}. {_ADVICE}"
    )


def _commit_prompt(_server: AppServer, target: Json) -> str:
    title = f' ("{target["title"]}")' if target.get("title") else ""
    return f"Review the code changes introduced by commit {target['sha']}{title}. {_ADVICE}"


#: What the model is asked to do.
_PROMPTS: dict[str, Callable[[AppServer, Json], str]] = {
    "uncommittedChanges": lambda *_: (
        "Review the current code changes (staged, unstaged, and untracked files) and provide prioritized findings."
    ),
    "baseBranch": _branch_prompt,
    "commit": _commit_prompt,
    "custom": lambda _server, target: str(target["instructions"].strip()),
}

HANDLERS: dict[str, Handler] = {"review/start": start}
