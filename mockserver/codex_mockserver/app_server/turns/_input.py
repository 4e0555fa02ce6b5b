"""The user's input: whether it can be taken, and the item that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server._errors import INVALID_PARAMS, RpcError

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["check_input", "model_part", "user_message"]

Json = dict[str, Any]

#: Characters of text that one input may have.
_LONGEST = 1_048_576
#: How a part may say where its content lies; the first that is text counts.
_REFERENCES = ("url", "fileId")
#: What a part of each type has where the client leaves it out.
_BLANKS: dict[str, Json] = {
    "text": {"text_elements": []},
    "image": {"detail": None},
    "localImage": {"detail": None},
}


def check_input(server: AppServer, parts: Sequence[Json]) -> None:
    """Refuse input that is too long, or that lies on another host.

    Raises:
        RpcError: It is.
    """
    length = sum(len(part["text"]) for part in parts if part["type"] == "text")
    if length > _LONGEST:
        raise RpcError(
            f"Input exceeds the maximum length of {_LONGEST} characters.",
            INVALID_PARAMS,
            {"input_error_code": "input_too_large", "max_chars": _LONGEST, "actual_chars": length},
        )
    if server.traits.refuses_remote_images and any(map(_is_remote_image, parts)):
        raise RpcError("remote image URLs are not supported; use an inline data URL instead")


def user_message(server: AppServer, parts: Sequence[Json], client_id: str | None = None) -> Json:
    """Return the item of a message of the user."""
    ids, now = server.world.ids, server.world.now()
    identifier = ids.uuid7(now) if server.traits.orders_user_messages else ids.uuid()
    content = [{**_BLANKS.get(part["type"], {}), **_referenced(part)} for part in parts]
    return {"type": "userMessage", "id": identifier, "clientId": client_id, "content": content}


def model_part(part: Json) -> Json:
    """Return a part of the input as the model sees it; what is a file stands for itself by its name."""
    if part["type"] == "text":
        return {"type": "input_text", "text": part["text"]}
    if part["type"] == "image":
        address = {"image_url": part["url"]} if "url" in part else {"file_id": part.get("fileId")}
        return {"type": "input_image", **address}
    return {"type": "input_text", "text": str(part.get("path") or part.get("url") or part.get("fileId") or "")}


def _referenced(part: Json) -> Json:
    """Return a part with one reference at most."""
    valid = [key for key in _REFERENCES if isinstance(part.get(key), str)]
    return {key: value for key, value in part.items() if key not in _REFERENCES or key in valid[:1]}


def _is_remote_image(part: Json) -> bool:
    return part["type"] == "image" and str(part.get("url")).lower().startswith(("http://", "https://"))
