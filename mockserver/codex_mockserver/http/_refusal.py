"""Refusals, and the error envelope in which each backend says them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from codex_mockserver.http._answer import Answer, json_answer
from codex_mockserver.http._oauth_pages import error_page

__all__ = ["NO_STORE", "Refusal", "dialect_of", "envelope"]

#: What the token endpoint says to caches, with tokens as with refusals.
NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}


class Refusal(Exception):  # noqa: N818 (an answer of the protocol, not a fault of the program)
    """A request is refused; each backend says it in its own error envelope.

    Args:
        status: The HTTP status.
        message: One sentence for people.
        code: The machine-readable code, where the backend has one.
        param: The field at fault, where the backend names it.
        kind: The ``type`` of a nested error object.
        headers: Further response headers.
        body: The exact body, for refusals that have a form of their own.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind
        self.headers = dict(headers or {})
        self.body = body


def _rfc6749(refusal: Refusal) -> Any:
    """Render as RFC 6749 section 5.2 has it."""
    return {"error": refusal.code or "invalid_request", "error_description": refusal.message}


def _nested(refusal: Refusal) -> Any:
    """Render as the public API does."""
    return {
        "error": {"message": refusal.message, "type": refusal.kind, "param": refusal.param, "code": refusal.code},
    }


def _chatgpt(refusal: Refusal) -> Any:
    """Render as the ChatGPT backend does: a code in the nested form with its status, all else as a detail."""
    if refusal.code is None:
        return {"detail": refusal.message}
    return {**_nested(refusal), "status": refusal.status}


#: The JSON envelope of each backend; what a person sees in a browser is a page instead.
_ENVELOPES: dict[str, Callable[[Refusal], Any]] = {
    "oauth": _rfc6749,
    "wham": _chatgpt,
    "codex": _chatgpt,
    "public": _nested,
}


def envelope(dialect: str, refusal: Refusal) -> Answer:
    """Return the answer that says a refusal in the words of a backend: oauth, wham, codex, public or page."""
    if dialect == "page":
        return error_page(refusal.message, refusal.status, refusal.headers)
    body = refusal.body if refusal.body is not None else _ENVELOPES[dialect](refusal)
    return json_answer(body, status=refusal.status, headers=refusal.headers)


def dialect_of(path: str) -> str:
    """Name the error envelope of the backend that a path belongs to."""
    for prefix, dialect in _DIALECTS:
        if path.startswith(prefix):
            return dialect
    return "oauth"


_DIALECTS = (
    ("/oauth/authorize", "page"),
    ("/codex/device", "page"),
    ("/backend-api/codex", "codex"),
    ("/backend-api", "wham"),
    ("/api/codex", "wham"),
    ("/v1", "public"),
)
