"""A right client for every task: ``python reference [--mutation NAME] TASK ...``; a mutation breaks one thing.

Who does what: ``turn.py``, ``connection.py`` and ``stream.py`` take turns, ``side_services.py`` does
what is beside them, ``wham.py`` reads limits and tasks,
``credentials.py`` keeps and refreshes tokens, ``login.py`` logs in, ``app_server.py`` drives an app-server through
``rpc.py`` and ``transports.py``.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

import mutations
from failures import Failed

#: The module of each task; each has a function ``run``, which takes the options.
MODULES = {
    "turn": "turn",
    "usage": "wham",
    "cloud-tasks": "wham",
    "login": "login",
    "device-login": "login",
    "app-server": "app_server",
    "app-server-login": "app_server",
}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mutation", default="")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--chatgpt")
    parser.add_argument("--api")
    parser.add_argument("--auth")
    parser.add_argument("--codex")
    parser.add_argument("--url", help="of an app-server that runs already")
    parser.add_argument("task", choices=MODULES)
    parser.add_argument("prompt", nargs="?", default="hello")
    options = parser.parse_args()
    mutations.active = options.mutation
    try:
        import_module(MODULES[options.task]).run(options)
    except Failed as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
