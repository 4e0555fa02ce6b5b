"""The process that a client starts as ``codex``: its app-server is the examiner's, and the rest is the shim's.

``python -m codex_conformance.clients._relay PORT END RELEASE SHIM ...`` is what :func:`write_relay` writes down.
"""

from __future__ import annotations

import os
import shlex
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from codex_conformance.cli.app_server import add_options, codex_home
from codex_conformance.shim.options import CommandParser, split
from codex_mockserver.app_server.traits import traits

__all__ = ["main", "write_relay"]

_CHUNK = 64 * 1024
_STDIN, _STDOUT, _STDERR = 0, 1, 2
_STREAMS = {"stdout": _STDOUT, "stderr": _STDERR}
_SCRIPT = """\
#!/bin/sh
exec {python} -P -m codex_conformance.clients._relay {words} "$@"
"""


def write_relay(executable: Path, *, port: int, end: Path, release: str, shim: Path) -> None:
    """Write an executable ``codex`` whose app-server is the examiner's.

    Args:
        executable: The file.
        port: Where the examiner listens for it.
        end: Gets the exit code of each app-server as the last thing that its process does.
        release: The release that it is.
        shim: What runs every other command.
    """
    words = shlex.join((str(port), str(end), release, str(shim)))
    executable.parent.mkdir(parents=True, exist_ok=True)
    executable.write_text(_SCRIPT.format(python=shlex.quote(sys.executable), words=words))
    executable.chmod(0o755)


def main(arguments: Sequence[str]) -> NoReturn:
    """Relay the standard streams to the examiner, and end as it says."""
    port, end, release, shim, *words = arguments
    flags = _flags(release, words)
    if flags is None:
        os.execv(shim, [shim, *words])  # noqa: S606 (of our own making)
    Path(end).unlink(missing_ok=True)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with socket.create_connection(("127.0.0.1", int(port))) as examiner:
        if traits(release).ends_well_on_sigterm:
            signal.signal(signal.SIGTERM, lambda *_: examiner.shutdown(socket.SHUT_WR))
        greeting = {"home": str(codex_home()), "cwd": str(Path.cwd()), "flags": flags}
        examiner.sendall(msgspec.json.encode(greeting) + b"\n")
        threading.Thread(target=_pass_on, args=(examiner,), daemon=True).start()
        code = _pass_back(examiner)
    _leave(Path(end), code)
    # The other thread may wait for the client.
    os._exit(code)


def _flags(release: str, words: Sequence[str]) -> dict[str, Any] | None:
    """Return the settings for an app-server on the standard streams; None for all that the shim shall do."""
    name, arguments = split(release, words)
    if name != "app-server":
        return None
    parser = CommandParser(prog="codex app-server")
    add_options(parser)
    options = parser.parse_intermixed_args(arguments)
    if options.listen != "stdio://":
        return None
    if not (options.config or options.enable or options.disable):
        return {}
    from codex_mockserver.app_server import read_flags  # noqa: PLC0415 (a client waits for the start)

    try:
        return read_flags(options.config, options.enable, options.disable)
    except ValueError:
        return None


def _pass_on(examiner: socket.socket) -> None:
    """Pass the input on until its end; an examiner that has left wants no more of it."""
    with suppress(OSError):
        while data := os.read(_STDIN, _CHUNK):
            examiner.sendall(data)
        examiner.shutdown(socket.SHUT_WR)


def _pass_back(examiner: socket.socket) -> int:
    """Pass on what the examiner says, and return the exit code; nothing comes behind it."""
    with examiner.makefile("rb") as lines:
        for line in lines:
            stream, said = msgspec.json.decode(line)
            if stream == "exit":
                return int(said)
            # As with the real one, a client that reads nothing may still write.
            with suppress(BrokenPipeError):
                _write(_STREAMS[stream], f"{said}\n".encode())
    return 1


def _leave(end: Path, code: int) -> None:
    """Leave the exit code, at one stroke: whoever ends this process now finds all of it or nothing."""
    part = end.with_suffix(".part")
    part.write_text(str(code))
    part.replace(end)


def _write(target: int, data: bytes) -> None:
    while data:
        data = data[os.write(target, data) :]


if __name__ == "__main__":
    main(sys.argv[1:])
