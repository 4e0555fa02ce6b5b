"""Where the surfaces of a server are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from codex_schemas import Operation, Problem

__all__ = ["LOOPBACK", "Urls", "share_host"]

#: The names of this machine.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_API = "/v1"
_BACKEND = "/backend-api"
#: The prefix of the operations that are in two places, by face.
_FACES: Mapping[str, str] = {"api": _API, "codex": "/backend-api/codex"}


@dataclass(frozen=True)
class Urls:
    """The base URLs of a server, without a slash at their end; None for a surface that it does not have."""

    #: Where people log in.
    auth: str | None = None
    #: The ChatGPT backend; ends in ``/backend-api``.
    chatgpt: str | None = None
    #: The API with keys; ends in ``/v1``.
    api: str | None = None
    #: URLs of single operations, where the server has them in another place.
    endpoints: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def under(cls, base: str) -> Urls:
        """Return those of a server that has everything under one address, or only what the address names."""
        base = base.rstrip("/")
        if base.endswith(_API):
            return cls(api=base)
        if base.endswith(_BACKEND):
            return cls(chatgpt=base)
        return cls(auth=base, chatgpt=base + _BACKEND, api=base + _API)

    def with_endpoints(self, endpoints: Mapping[str, str]) -> Urls:
        """Return the same, with operations in other places."""
        return replace(self, endpoints={**self.endpoints, **endpoints})

    def without(self, *names: str) -> Urls:
        """Return the same without some of ``auth``, ``chatgpt`` and ``api``."""
        auth, chatgpt, api = (None if name in names else getattr(self, name) for name in ("auth", "chatgpt", "api"))
        return Urls(auth, chatgpt, api, self.endpoints)

    def all(self, operation: Operation, face: str | None = None) -> Mapping[str, str]:
        """Return the URLs that an operation may have, by the base that each is below."""
        if operation.id in self.endpoints:
            return {"endpoint": self.endpoints[operation.id]}
        prefixes = [_FACES[face]] if face else operation.prefixes
        places = {name: base for prefix in prefixes for name, base in self._base(operation, prefix)}
        return {name: base + operation.path for name, base in places.items()}

    def find(self, operation: Operation, face: str | None = None) -> str | None:
        """Return the URL of an operation, with the parameters of its path in braces; None where it has no place."""
        return next(iter(self.all(operation, face).values()), None)

    def of(self, operation: Operation, face: str | None = None) -> str:
        """Return what :meth:`find` does.

        Raises:
            Problem: The server has no such place.
        """
        if (url := self.find(operation, face)) is None:
            raise Problem(
                f"calling {operation.id}",
                expected=f"a target with {operation.prefixes[0] or operation.surface}",
                found=str(self),
                advice="Let the check need the capability that says so.",
            )
        return url

    def is_api(self, url: str) -> bool:
        """Tell whether a URL is one of the API with keys."""
        return self.api is not None and url.startswith(self.api)

    def _base(self, operation: Operation, prefix: str) -> Iterator[tuple[str, str]]:
        if prefix == _API and self.api is not None:
            yield "api", self.api
        elif prefix.startswith(_BACKEND) and self.chatgpt is not None:
            yield "chatgpt", self.chatgpt + prefix.removeprefix(_BACKEND)
        elif prefix == "" and operation.surface == "oauth" and self.auth is not None:
            yield "auth", self.auth


def share_host(one: str, other: str) -> bool:
    """Tell whether two URLs lead to one host; this machine has several names."""
    hosts = {urlsplit(each).hostname for each in (one, other)}
    return len(hosts) == 1 or hosts <= LOOPBACK
