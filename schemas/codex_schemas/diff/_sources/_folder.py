"""A folder of JSON Schemas, read within bounds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from codex_schemas.diff._protocol import Protocol
from codex_schemas.diff._sources._bounds import MOST_BYTES, MOST_FILES, malformed
from codex_schemas.diff._sources._bundle import is_bundle
from codex_schemas.diff._sources._reading import SUFFIXES, read_document
from codex_schemas.diff._sources._schemas import check_schema, read_schemas

__all__ = ["read_folder"]


def read_folder(folder: Path) -> Protocol:
    """Return every schema of the files in a folder and its folders, but hidden ones.

    Raises:
        Problem: It holds no schemas, other things, or more than may be read.
    """
    files = [path for path in _entries(folder) if path.suffix.lower() in SUFFIXES and path.is_file()]
    if not files:
        raise malformed(folder, "files of JSON Schemas", "none", f"Name a folder with files in {', '.join(SUFFIXES)}.")
    size = sum(path.stat().st_size for path in files)
    if size > MOST_BYTES:
        found = f"{size / 2**20:.0f} MiB"
        raise malformed(folder, f"at most {MOST_BYTES // 2**20} MiB", found, "Name a smaller folder.")
    return read_schemas(str(folder), {path.relative_to(folder).as_posix(): _read_schema(path) for path in files})


def _read_schema(path: Path) -> Any:
    document = read_document(path)
    if is_bundle(document) or (isinstance(document, dict) and "openapi" in document):
        advice = "Name the file by itself, or the folder without it."
        raise malformed(path, "a JSON Schema among those of its folder", "a document of a whole protocol", advice)
    check_schema(str(path), document)
    return document


def _entries(folder: Path) -> Iterator[Path]:
    """Yield all files and folders below a folder, sorted."""
    count, root = 0, folder.resolve()
    for name, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(inner for inner in folders if not inner.startswith("."))
        for entry in [*folders, *sorted(file for file in files if not file.startswith("."))]:
            path = Path(name, entry)
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                raise malformed(path, f"something inside {folder}", "a link that leads out", "Remove the link.")
            count += 1
            if count > MOST_FILES:
                raise malformed(folder, f"at most {MOST_FILES} files", "more", "Name a smaller folder.")
            yield path


def _refuse(error: OSError) -> NoReturn:
    raise malformed(error.filename, "a folder that can be read", error.strerror or str(error), "Check its permissions.")
