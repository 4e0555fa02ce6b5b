"""Telling by its content what a user names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from codex_schemas.diff._protocol import Protocol
from codex_schemas.diff._sources._bounds import malformed
from codex_schemas.diff._sources._bundle import BUNDLE, is_bundle, read_bundle
from codex_schemas.diff._sources._folder import read_folder
from codex_schemas.diff._sources._openapi import read_openapi
from codex_schemas.diff._sources._reading import read_document
from codex_schemas.diff._sources._schemas import check_schema, read_schemas

__all__ = ["read_protocol"]


def read_protocol(path: Path) -> Protocol:
    """Return the protocol that a file or a folder describes.

    A file is an OpenAPI document, or a JSON Schema with its definitions. A folder holds JSON Schemas
    that may refer to each other, or is what ``codex app-server generate-json-schema`` wrote.

    Raises:
        Problem: It cannot be read, is nothing of that, or refers to what is not there.
    """
    try:
        is_folder = path.is_dir()
    except OSError as error:
        raise malformed(path, "a file or a folder", error.strerror or str(error), "Check the path.") from None
    if is_folder:
        return read_bundle(str(path), read_document(path / BUNDLE)) if (path / BUNDLE).exists() else read_folder(path)
    document = read_document(path)
    return _reader(document)(str(path), document)


def _reader(document: Any) -> Callable[[str, Any], Protocol]:
    if isinstance(document, dict) and "openapi" in document:
        return read_openapi
    return read_bundle if is_bundle(document) else _read_schema


def _read_schema(source: str, document: Any) -> Protocol:
    check_schema(source, document)
    return read_schemas(source, {"": document})
