"""Whether a server is reached at all: what stands between it and us, said in words that help."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from codex_conformance.targets.operations import find_operation
from codex_conformance.targets.urls import Urls
from codex_schemas import Problem

__all__ = ["nothing_there", "require_answers"]

#: What may help, by a part of what the error says; the first that fits.
_ADVICE = {
    "CERTIFICATE_VERIFY_FAILED": "Name the file with the certificate of its authority in SSL_CERT_FILE.",
    "WRONG_VERSION_NUMBER": "Write http:// where it speaks no TLS.",
    "Timeout": "See why it takes so long, or correct its address.",
    "ConnectError": "Start it, or correct its address.",
}
_NO_HTTP = "See whether it speaks HTTP, and write https:// where it speaks TLS."

#: What is looked for first where nothing was found.
_FOREMOST = ("listModels", "discovery", "readUsage")
_LOCKED = (401, 403)
_GIVE_KEYS = "Give it credentials: CODEX_TESTKIT_API_KEY, CODEX_TESTKIT_ACCESS_TOKEN."
_NAME_SURFACE = "Name the address of a surface, such as one that ends in /v1, or say with --declare what it has."


def require_answers(client: httpx.Client, urls: Urls) -> None:
    """Look whether anybody answers at the bases of a server, whatever the answer is.

    Raises:
        Problem: Nobody does.
    """
    for url in filter(None, (urls.auth, urls.chatgpt, urls.api)):
        try:
            with client.stream("GET", url):
                pass
        except httpx.TransportError as error:
            found = f"{type(error).__name__}: {error}"
            raise Problem(
                "opening the target",
                expected=f"a server at {url}",
                found=found,
                advice=next((advice for part, advice in _ADVICE.items() if part in found), _NO_HTTP),
            ) from None


def nothing_there(ask: Callable[[str, str], httpx.Response], urls: Urls) -> Problem:
    """Return the problem of a server that answers, and has nothing of what is looked for.

    Args:
        ask: Makes a call with a method and a URL.
        urls: Where its surfaces would be.
    """
    url = next(filter(None, (urls.find(find_operation(each)) for each in _FOREMOST)), "")
    try:
        answer = ask("GET", url)
    except httpx.HTTPError as error:
        found, is_locked = type(error).__name__, False
    else:
        location = f" to {answer.headers['location']}" if "location" in answer.headers else ""
        kind = answer.headers.get("content-type", "no media type")
        found, is_locked = f"{answer.status_code}{location} ({kind})", answer.status_code in _LOCKED
    return Problem(
        "asking what the target can do",
        expected="some answer that differs from that of a path that is not there",
        found=f"{found} for GET {url}, and the like",
        advice=_GIVE_KEYS if is_locked else _NAME_SURFACE,
    )
