"""The small client as a program with the arguments of codex."""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx

from codex_conformance.small_codex import Failed, SmallCodex


def main(arguments: Sequence[str]) -> int:
    """Do what the arguments of codex ask for, as far as they are known here."""
    trust = ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE"))
    with httpx.Client(verify=trust, timeout=30) as http:
        client = SmallCodex(Path(os.environ["CODEX_HOME"]), http)
        try:
            if arguments[0] == "login":
                client.log_in()
            else:
                print(client.take_turn(arguments[-1]))  # noqa: T201 (what it is for)
        except Failed as failed:
            print(failed, file=sys.stderr)  # noqa: T201 (what it is for)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
