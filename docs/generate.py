"""Write the generated pages of this folder: ``operations.md`` from the contracts.

With ``--check`` nothing is written; the exit code is 1 when a page is not up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path

from codex_schemas import SURFACES, Operation, load

FOLDER = Path(__file__).parent


def operations_page() -> str:
    """Return the page that lists every operation of every surface."""
    lines = ["# Operations", "", "Generated from the contracts by `make docs`; do not edit."]
    for surface in SURFACES:
        lines += ["", f"## {surface}", "", "| operation | call | credentials | codex |", "|---|---|---|---|"]
        lines += [_row(operation) for operation in load(surface).operations.values()]
    return "\n".join(lines) + "\n"


def _row(operation: Operation) -> str:
    method = "WebSocket" if operation.websocket else operation.method
    calls = "<br>".join(f"`{method} {prefix}{operation.path}`" for prefix in operation.prefixes)
    return f"| `{operation.id}` | {calls} | {' or '.join(operation.security) or 'none'} | {_releases(operation)} |"


def _releases(operation: Operation) -> str:
    since, until = operation.definition.get("x-codex-since"), operation.definition.get("x-codex-until")
    return ", ".join([*([f"since {since}"] if since else []), *([f"until {until}"] if until else [])])


PAGES = {"operations.md": operations_page}


def main(arguments: list[str]) -> int:
    stale = [name for name, page in PAGES.items() if _read(name) != page()]
    if "--check" in arguments:
        print("\n".join(f"docs/{name} is out of date: run make docs" for name in stale))
        return 1 if stale else 0
    for name in stale:
        (FOLDER / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"wrote docs/{name}")
    return 0


def _read(name: str) -> str | None:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
