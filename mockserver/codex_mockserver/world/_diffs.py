"""Unified diffs: writing one that adds a file, and counting what one changes."""

from __future__ import annotations

import re

__all__ = ["added_file", "diff_stats"]

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")


def added_file(path: str, text: str) -> str:
    """Return the diff that adds a text file at a path; it applies wherever that file is missing."""
    lines = text.splitlines()
    head = [
        f"diff --git a/{path} b/{path}",
        "new file mode 100644",
        "--- /dev/null",
        f"+++ b/{path}",
        f"@@ -0,0 +1,{len(lines)} @@",
    ]
    return "\n".join([*head, *(f"+{line}" for line in lines), ""])


def diff_stats(diff: str) -> dict[str, int]:
    """Return how many files, added and removed lines a diff has."""
    files = added = removed = 0
    # Lines that the present hunk still has on the old and on the new side: only outside of
    # a hunk is "+++ " a header.
    old = new = 0
    for line in diff.split("\n"):
        if old <= 0 and new <= 0:
            files += line.startswith("+++ ")
            if hunk := _HUNK.match(line):
                old, new = (int(count or 1) for count in hunk.groups())
            continue
        added += line.startswith("+")
        removed += line.startswith("-")
        old -= not line.startswith(("+", "\\"))
        new -= not line.startswith(("-", "\\"))
    return {"files_modified": files, "lines_added": added, "lines_removed": removed}
