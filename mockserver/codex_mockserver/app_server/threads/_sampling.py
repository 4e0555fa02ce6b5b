"""``thread/sample``: asking the model something about a thread, without a turn."""

from __future__ import annotations

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import INTERNAL, RpcError
from codex_mockserver.app_server.threads.ids import checked_id
from codex_mockserver.model import Prompt, take_turn
from codex_schemas import Problem

__all__ = ["HANDLERS"]


def sample(call: Call) -> Json:
    """Let the model answer a prompt after the last turn; nothing of it is kept."""
    server = call.server
    thread = server.threads.loaded.get(checked_id(call.params["threadId"], ""))
    if thread is None:
        raise RpcError("thread/sample requires a loaded source")
    if thread.record.is_ephemeral or not thread.record.is_kept:
        raise RpcError(f"invalid thread-store request: no rollout found for thread id {thread.id}")
    finished = [turn.id for turn in thread.turns if turn.status != "inProgress"]
    if finished[-1:] != [call.params["expectedTurnId"]]:
        raise RpcError("sample source turn must be the latest finished turn")
    content = [{"type": "input_text", "text": call.params["prompt"]}]
    asked = {"type": "message", "role": "user", "content": content}
    body = {"model": thread.record.settings["model"], "tools": []}
    try:
        answer = take_turn(server.world, server.script, Prompt(body, [*thread.conversation(), asked])).response
    except Problem as problem:
        raise RpcError(str(problem), INTERNAL) from None
    usage = answer["usage"]
    return {
        "responseId": answer["id"],
        "sourceTurnId": finished[-1],
        "text": "".join(_text(item) for item in answer["output"] if item["type"] == "message") or None,
        "inputTokens": usage["input_tokens"],
        "cachedInputTokens": usage["input_tokens_details"]["cached_tokens"],
        "outputTokens": usage["output_tokens"],
    }


def cancel(_call: Call) -> Json:
    """Stop a sample; each has ended by the time that its end can be asked for."""
    return {}


def _text(message: Json) -> str:
    return "".join(part.get("text", "") for part in message["content"])


HANDLERS: dict[str, Handler] = {"thread/sample": sample, "thread/sample/cancel": cancel}
