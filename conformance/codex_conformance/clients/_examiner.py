"""The examiner: lets a client do its tasks, each in a world of its own, and keeps what became of them."""

from __future__ import annotations

import asyncio
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from inspect import iscoroutine

from codex_conformance._login_port import login_port
from codex_conformance.clients._client import Client, Task, fill
from codex_conformance.clients._interruption import Interruption
from codex_conformance.clients._outcome import Outcome
from codex_conformance.clients._person import Witness
from codex_conformance.clients._process import Ended, run_process
from codex_conformance.clients._stage import Stage, stage
from codex_conformance.clients._surroundings import Surroundings
from codex_conformance.clients._trial import Trial

__all__ = ["Examiner"]

#: Tasks after which the browser goes to the one port on which codex waits for it.
_BROWSER_LOGINS = frozenset({"login", "app-server-login"})


class Examiner:
    """Runs the trials of one client, equal ones once."""

    def __init__(self, client: Client) -> None:
        #: The client under test.
        self.client = client
        #: Ctrl-C, wherever it is waited for a trial.
        self.interruption = Interruption()
        self._outcomes: dict[Trial, Outcome] = {}

    def run(self, trial: Trial) -> Outcome:
        """Return what became of a trial; it is run where it was not yet."""
        if trial not in self._outcomes:
            self._outcomes[trial] = self._run(trial)
        return self._outcomes[trial]

    def _run(self, trial: Trial) -> Outcome:
        tasks = [trial.task, *([trial.then] if trial.then else [])]
        lock = login_port() if _BROWSER_LOGINS.intersection(tasks) else nullcontext()
        with lock, stage(self.client, trial) as set_up:
            processes = [ended for task in tasks for ended in self._together(set_up, task, trial)]
            app_server_exit = set_up.app_server_exit()
            auth, auth_mode = set_up.auth()
        # Behind the block nothing more can come into the journal.
        return Outcome(
            trial=trial,
            scenario=set_up.scenario,
            surroundings=set_up.surroundings,
            processes=processes,
            journal=set_up.backend.journal,
            refused_hosts=set_up.backend.refused_hosts,
            given=set_up.person.given,
            pages=set_up.person.pages,
            transcript=set_up.app_servers.transcript if set_up.app_servers else [],
            app_servers_started=set_up.app_servers.started if set_up.app_servers else 0,
            app_server_exit=app_server_exit,
            auth=auth,
            auth_mode=auth_mode,
        )

    def _together(self, set_up: Stage, task: Task, trial: Trial) -> list[Ended]:
        """Do a task, in as many processes at the same time as the trial wants."""
        with self.interruption.threads(trial.together) as pool:
            running = [pool.submit(self._do, set_up, task, trial) for _ in range(trial.together)]
            return [each.result() for each in running]

    def _do(self, set_up: Stage, task: Task, trial: Trial) -> Ended:
        witness = Witness(set_up.person, trial.person)
        action, known = self.client.tasks[task], set_up.surroundings
        deadline = trial.deadline or self.client.deadline
        try:
            if callable(action):
                return _call(
                    action, replace(known, show=lambda text: witness.watch(f"{text}\n")), deadline, self.interruption
                )
            words = known.words()
            command = [fill(word, words) for word in action]
            return run_process(
                command,
                known.environment,
                known.folder,
                deadline=deadline,
                watch=witness.watch,
                interruption=self.interruption,
                also=set_up.ear,
            )
        finally:
            witness.finish()


def _call(
    action: Callable[[Surroundings], object], known: Surroundings, deadline: float, interruption: Interruption
) -> Ended:
    """Let a function do a task; it returns what it prints, or an exit code, and its exceptions are failures.

    What is asynchronous has an event loop of its own.
    """
    found: list[tuple[int, str, str]] = []
    over = threading.Event()

    def act() -> None:
        try:
            result = action(known)
            if iscoroutine(result):
                result = asyncio.run(result)
        except Exception:  # noqa: BLE001 (whatever it is, it is how the client fails)
            found.append((1, "", traceback.format_exc()))
        else:
            found.append((result, "", "") if isinstance(result, int) else (0, str(result or ""), ""))
        finally:
            over.set()

    began = time.monotonic()
    threading.Thread(target=act, daemon=True).start()
    with interruption.heeded(over.set):
        over.wait(deadline)
    seconds = time.monotonic() - began
    return Ended(*found[0], seconds) if found else Ended(None, "", "", seconds)
