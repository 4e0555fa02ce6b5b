"""What a client gets to know: addresses, credentials, its folders and its prompt."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

__all__ = ["Surroundings"]

#: Fields that no word of a command can hold.
_NO_WORDS = ("environment", "show")


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Everything that one task of a client needs; the fields of text are the placeholders of commands."""

    #: What the model shall be asked.
    prompt: str
    #: The public API; it ends with ``/v1``.
    base_url: str
    #: The ChatGPT backend; it ends with ``/backend-api``.
    chatgpt_url: str
    #: The identity service.
    auth_url: str
    #: The proxy that leads the real hosts to the examiner, and the certificate to trust there.
    proxy_url: str
    ca_file: str
    #: A credential of the public API; empty where the client shall not have one.
    api_key: str = field(repr=False)
    #: Credentials of the ChatGPT backend; empty where nobody is logged in.
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    account_id: str
    #: A home of codex, where ``auth.json`` holds the same credentials.
    codex_home: Path
    #: A ``codex`` whose ``app-server`` is the examiner's, and where one listens already, over WebSocket; only for
    #: the tasks with an app-server.
    codex_bin: str
    app_server_url: str
    #: The folder in which the client works.
    folder: Path
    #: The variables of its process.
    environment: Mapping[str, str] = field(repr=False)
    #: Tells the person something, such as a URL to open or a code to type: for functions, which print nothing.
    show: Callable[[str], None] = field(repr=False)

    def words(self) -> dict[str, str]:
        """Return what stands for each placeholder; ``{python}`` is the interpreter that runs the suites."""
        own = {each.name: str(getattr(self, each.name)) for each in fields(self) if each.name not in _NO_WORDS}
        return {"python": sys.executable, **own}
