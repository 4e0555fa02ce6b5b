"""``apply_patch``: changes the files of the server, which are in memory or in its sandbox folder."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from codex_mockserver.app_server._tasks import Wait
from codex_mockserver.app_server.turns._approvals import APPROVAL, decision_of, needs_patch_approval
from codex_mockserver.app_server.turns._asking import ask
from codex_mockserver.app_server.turns._calls import BadCall, ToolCall
from codex_mockserver.app_server.turns._disk import Disk
from codex_mockserver.app_server.turns._patches import BadPatch, Change, read_patch
from codex_mockserver.app_server.turns._turn_diff import TurnDiff, hunks
from codex_mockserver.app_server.turns.active import ActiveTurn, Interrupted

__all__ = ["apply_patch"]

Json = dict[str, Any]

_REQUEST = "item/fileChange/requestApproval"
#: The letters by which the model is told of changes, in the order in which it is told.
_LETTERS = {"add": "A", "update": "M", "delete": "D"}


def apply_patch(active: ActiveTurn, call: ToolCall) -> Generator[Wait, Any, str]:
    """Show what a patch changes, after the user's approval where it needs one."""
    if call.outcome.error is not None:
        raise BadCall(call.outcome.error)
    disk = Disk(active.server.files)
    text = call.item["input"] if "input" in call.item else str(call.arguments("input")["input"])
    try:
        edits = [_Edit(change, disk) for change in read_patch(text, active.thread.record.cwd)]
    except BadPatch as bad:
        raise BadCall(f"apply_patch verification failed: {bad}") from None
    paths = [path for edit in edits for path in edit.paths]
    must_ask = needs_patch_approval(active, paths)
    changes = [edit.form() for edit in sorted(edits, key=lambda edit: edit.change.path)]
    item = {"type": "fileChange", "id": call.id, "changes": changes, "status": "inProgress"}
    active.start_item(item)
    if must_ask:
        yield from _get_approval(active, item, paths)
    try:
        for edit in edits:
            edit.make(disk, active.diff)
    except BadPatch as bad:
        active.complete_item({**item, "status": "failed"})
        raise BadCall(str(bad)) from None
    active.complete_item({**item, "status": "completed"})
    active.notify("turn/diff/updated", {"diff": active.diff.text()})
    return _report(edits, active.thread.record.cwd)


class _Edit:
    """One change of a patch, worked out on the file as it is; one that is not there is what the patch expects.

    Raises:
        BadPatch: It does not fit the file.
    """

    def __init__(self, change: Change, disk: Disk) -> None:
        self.change = change
        self.before = disk.read(change.path)
        if self.before is None and change.kind != "add":
            self.before = change.expected()
        self.after = change.apply(self.before)

    @property
    def paths(self) -> list[str]:
        """The files that it touches."""
        return [self.change.path, *([self.change.move_to] if self.change.move_to else [])]

    def form(self) -> Json:
        """Return the change as the wire has it."""
        change = self.change
        if change.kind != "update":
            text = change.text if change.kind == "add" else self.before or ""
            return {"path": change.path, "kind": {"type": change.kind}, "diff": text}
        diff = hunks(self.before or "", self.after or "")
        moved = f"\n\nMoved to: {change.move_to}" if change.move_to else ""
        return {"path": change.path, "kind": {"type": "update", "move_path": change.move_to}, "diff": diff + moved}

    def make(self, disk: Disk, diff: TurnDiff) -> None:
        """Change the file.

        Raises:
            BadPatch: It cannot be written.
        """
        target = self.change.move_to or self.change.path
        if target != self.change.path:
            diff.change(target, disk.read(target), self.after)
            disk.write(target, self.after)
        left = self.after if target == self.change.path else None
        diff.change(self.change.path, self.before, left)
        disk.write(self.change.path, left)


def _get_approval(active: ActiveTurn, item: Json, paths: Sequence[str]) -> Generator[Wait, Any, None]:
    """Ask the user.

    Raises:
        BadCall: The files are not to be changed.
        Interrupted: The turn is to end.
    """
    active.begin_waiting(APPROVAL)
    question = {"itemId": item["id"], "startedAtMs": active.now_ms(), "reason": None, "grantRoot": None}
    answer = yield from ask(active, _REQUEST, question)
    active.end_waiting(APPROVAL)
    decision = decision_of(active, answer, is_command=False)
    if decision == "cancel":
        raise Interrupted
    if decision in ("decline", "failed"):
        active.complete_item({**item, "status": "declined"})
        raise BadCall("patch rejected by user" if decision == "decline" else "approval request failed")
    if decision == "acceptForSession":
        active.thread.workbench.paths.update(paths)


def _report(edits: Sequence[_Edit], cwd: str) -> str:
    """Return what the model is told of a patch that was applied."""
    prefix = f"{cwd.rstrip('/')}/"
    lines = [
        f"{letter} {(edit.change.move_to or edit.change.path).removeprefix(prefix)}\n"
        for kind, letter in _LETTERS.items()
        for edit in edits
        if edit.change.kind == kind
    ]
    return f"Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess. Updated the following files:\n{''.join(lines)}"
