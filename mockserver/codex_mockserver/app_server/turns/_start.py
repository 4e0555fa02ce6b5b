"""``turn/start``, ``turn/steer``, ``turn/interrupt``, and ``turn/settings/update``."""

from __future__ import annotations

from typing import Any

from codex_mockserver.app_server._call import LATER, Call, Handler, Json
from codex_mockserver.app_server._errors import INTERNAL, RpcError
from codex_mockserver.app_server._tasks import Steps
from codex_mockserver.app_server.threads.forms import turn_form
from codex_mockserver.app_server.threads.loaded import LoadedThread
from codex_mockserver.app_server.threads.overrides import change_settings, tell_settings
from codex_mockserver.app_server.turns._input import check_input, user_message
from codex_mockserver.app_server.turns._warnings import warn_of_model
from codex_mockserver.app_server.turns.active import ActiveTurn, Steered, abort
from codex_mockserver.app_server.turns.begin import begin_turn
from codex_mockserver.app_server.turns.usage import tell_usage
from codex_mockserver.world import ThreadTurn

__all__ = ["HANDLERS"]


def start(call: Call) -> Json:
    """Begin a turn with the user's input, or steer the one that runs."""
    thread = call.server.threads.find(call.params["threadId"])
    check_input(call.server, call.params["input"])
    is_changed = change_settings(thread, call.params)
    active = thread.turn
    if active is not None:
        if is_changed:
            call.afterwards(_tell_settings(thread))
        return _start_while_running(call, active)
    if call.server.traits.warns_early:
        _tell(thread, is_changed=is_changed)
    active = begin_turn(
        thread,
        call.params["input"],
        call.get("clientUserMessageId"),
        root_turn_id=call.get("rootTurnId"),
        output_schema=call.get("outputSchema"),
    )
    if not call.server.traits.warns_early:
        active.before_begin = lambda: _tell(thread, is_changed=is_changed)
    return {"turn": turn_form(active.record)}


def steer(call: Call) -> Json:
    """Give the running turn further input."""
    thread = call.server.threads.find(call.params["threadId"])
    expected = call.params["expectedTurnId"]
    if not expected:
        raise RpcError("expectedTurnId must not be empty")
    check_input(call.server, call.params["input"])
    active = thread.turn
    if active is None:
        raise RpcError("no active turn to steer")
    if expected != active.record.id:
        raise RpcError(f"expected active turn id `{expected}` but found `{active.record.id}`")
    if active.kind != "regular":
        message = f"cannot steer a {active.kind} turn"
        info = {"activeTurnNotSteerable": {"turnKind": active.kind}}
        misalignment = {"misalignment": None} if call.server.traits.tells_rate_limits else {}
        data = {"message": message, "codexErrorInfo": info, "additionalDetails": None, **misalignment}
        raise RpcError(message, data=data)
    if not call.params["input"]:
        raise RpcError("input must not be empty")
    _steer(call, active)
    return {"turnId": active.record.id}


def interrupt(call: Call) -> Any:
    """End the running turn."""
    thread = call.server.threads.find(call.params["threadId"])
    active, wanted = thread.turn, call.params["turnId"]
    if active is None:
        return _interrupt_nothing(call, thread)
    if wanted not in ("", active.running_id):
        raise RpcError(f"expected active turn id {wanted} but found {active.running_id}")
    active.close()
    tell_usage(active)
    call.afterwards(_interrupt(active))
    return {}


def _interrupt_nothing(call: Call, thread: LoadedThread) -> Any:
    """Refuse an interruption of a thread in which nothing runs.

    One that names no turn is taken. After a turn that was interrupted, older releases answer when the next one ends.
    """
    if not call.params["turnId"]:
        return {}
    was_interrupted = bool(thread.turns) and thread.turns[-1].status == "interrupted"
    if call.server.traits.refuses_late_interrupts or not was_interrupted:
        raise RpcError("no active turn to interrupt")
    thread.workbench.late_interrupts.append(call)
    return LATER


def _interrupt(active: ActiveTurn) -> Steps:
    if active.thread.turn is active:
        abort(active)
    yield from ()


def _start_while_running(call: Call, active: ActiveTurn) -> Json:
    """Steer the running turn instead of beginning one; what nobody can steer loses the input, or refuses it."""
    server = call.server
    new_id = server.world.ids.uuid7(server.world.now())
    if active.kind == "regular":
        if call.params["input"]:
            _steer(call, active)
        if not server.traits.names_running_turns:
            return {"turn": turn_form(ThreadTurn(new_id))}
    elif server.traits.refuses_unsteerable_starts:
        kind = active.kind.capitalize()
        raise RpcError(f"failed to submit turn input: ActiveTurnNotSteerable {{ turn_kind: {kind} }}", INTERNAL)
    else:
        call.afterwards(_disturb(active))
        return {"turn": turn_form(ThreadTurn(new_id))}
    return {"turn": {**turn_form(active.record), "startedAt": None}}


def _disturb(active: ActiveTurn) -> Steps:
    """Show that a turn was begun which cannot run."""
    active.is_disturbed = True
    active.thread.set_status({"type": "systemError"})
    yield from ()


def _steer(call: Call, active: ActiveTurn) -> None:
    message = user_message(call.server, call.params["input"], call.get("clientUserMessageId"))
    active.input.append(message)
    if call.server.traits.steering_cuts and active.is_speaking:
        call.afterwards(_cut(active))


def _cut(active: ActiveTurn) -> Steps:
    """Cut the running answer short, so that the model sees the new input at once."""
    if active.task is not None and active.is_speaking:
        active.task.throw(Steered())
    yield from ()


def _tell(thread: LoadedThread, *, is_changed: bool) -> None:
    """Tell what is changed in the settings, and what is odd about them."""
    if is_changed:
        tell_settings(thread)
    warn_of_model(thread)


def _tell_settings(thread: LoadedThread) -> Steps:
    tell_settings(thread)
    yield from ()


def change_running_settings(_call: Call) -> Json:
    """Refuse to change what the running turn runs with, as long as the feature is off."""
    raise RpcError("turn settings updates require the step_model_switching feature")


HANDLERS: dict[str, Handler] = {
    "turn/start": start,
    "turn/steer": steer,
    "turn/interrupt": interrupt,
    "turn/settings/update": change_running_settings,
}
