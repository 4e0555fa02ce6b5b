"""Backends of several threads, the first of their process."""

from __future__ import annotations

import subprocess
import sys

#: All that is made when it is first needed is needed by all threads at once.
PROGRAM = """
import threading

from codex_mockserver import SyncBackend

together = threading.Barrier(8)
ran = []

def run():
    together.wait()
    with SyncBackend(scenario={"faults": [{"on": "jwks", "cut": True}]}) as backend:
        ran.append(backend.url)

threads = [threading.Thread(target=run) for _ in range(together.parties)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(ran), sum(thread.name == "codex-testkit" for thread in threading.enumerate()))
"""


def test_threads_that_begin_at_once_share_one_loop() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stdout) == (0, "8 1\n"), done.stderr
