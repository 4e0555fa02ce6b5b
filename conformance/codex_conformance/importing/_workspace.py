"""A folder for what an import needs in between, empty before and after."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from codex_conformance.releases import cache_folder, locked
from codex_schemas import Problem

__all__ = ["workspace"]


@contextmanager
def workspace() -> Iterator[Path]:
    """Give a folder that only one import has at a time.

    What a killed import left there is removed first.

    Raises:
        Problem: It cannot be written.
    """
    folder = cache_folder() / "import"
    with ExitStack() as stack:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked(folder.parent / ".import.lock", "waiting for another import"))
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        except OSError as error:
            raise Problem(
                "preparing the import",
                expected=f"to write in {folder.parent}",
                found=str(error.strerror),
                advice="Name another folder in XDG_CACHE_HOME.",
            ) from None
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
