"""Recording a conversation with an app-server over its standard streams."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path
from typing import IO

from parity import cases as parity_cases
from parity._driver import run

from codex_conformance.app_servers import Connection, Home, QueuedConnection, home_for
from codex_fixtures import Redactor
from codex_mockserver.recording import Recorder, tee
from shipping._cases import Case
from shipping._http import header_of

__all__ = ["record_app_server"]

#: For how many seconds nothing must come until a server counts as idle.
_QUIET = 0.4


def record_app_server(case: Case, release: str, binary: Path, file: Path, folder: Path) -> None:
    """Record what a client and an app-server say in a case of its parity.

    Args:
        case: The case.
        release: The release of codex.
        binary: Its program.
        file: The recording.
        folder: An empty folder to work in.
    """
    conversation = parity_cases()[case.parity]
    header = header_of(case, release, "app-server")
    recorder = Recorder(file, header, Redactor(header))
    with home_for(conversation.setup, folder) as home:
        run(conversation, home.places, lambda: _RecordedServer([str(binary), "app-server"], home, recorder), _QUIET)
    recorder.finish()
    assert recorder.problem is None, recorder.problem


class _RecordedServer:
    """An app-server whose lines are recorded between it and its client."""

    def __init__(self, command: list[str], home: Home, recorder: Recorder) -> None:
        with home.log.open("a") as log:
            process = subprocess.Popen(
                command,
                cwd=home.work,
                env=home.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        (theirs, ours), (answers, said) = os.pipe(), os.pipe()
        self._input: IO[str] = os.fdopen(ours, "w", encoding="utf-8")
        self._client = QueuedConnection(self._send, self._input.close)
        self._threads = (
            threading.Thread(target=self._tee, args=(process, recorder, theirs, said), daemon=True),
            threading.Thread(target=self._read, args=(os.fdopen(answers, encoding="utf-8"),), daemon=True),
        )
        for thread in self._threads:
            thread.start()

    def connect(self) -> Connection:
        return self._client

    def stop(self) -> None:
        self._input.close()
        for thread in self._threads:
            thread.join()

    def _send(self, text: str) -> None:
        self._input.write(text + "\n")
        self._input.flush()

    @staticmethod
    def _tee(process: subprocess.Popen[bytes], recorder: Recorder, stdin: int, stdout: int) -> None:
        tee(process, recorder, stdin=stdin, stdout=stdout)
        os.close(stdout)

    def _read(self, output: IO[str]) -> None:
        with output:
            for line in output:
                self._client.feed(line)
