"""Skills that lie in the files that the server sees: ``SKILL.md`` with a front matter."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from codex_mockserver.app_server.files import Tree
from codex_schemas import Problem
from codex_schemas.yaml_text import read_yaml

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["BadSkill", "skill_files"]

Json = dict[str, Any]

_FILE = "SKILL.md"
#: How many entries of a folder are looked at.
_MOST = 2000
_LONGEST_NAME = 64
_LONGEST_DESCRIPTION = 1024


@dataclass(frozen=True, slots=True)
class BadSkill:
    """A file that is no skill, and why."""

    path: str
    message: str


def skill_files(server: AppServer, cwd: str) -> Iterator[Json | BadSkill]:
    """Yield the skills that count in a folder: those of its repository, then those of the user."""
    places = [("repo", each) for each in _repository_folders(server, cwd)]
    places += [("user", f"{server.home}/skills"), *(("user", each) for each in server.process.skill_roots)]
    seen: set[str] = set()
    for scope, folder in places:
        for path in _found(server.files, folder):
            if path not in seen:
                seen.add(path)
                yield _read(server, path, scope)


def _repository_folders(server: AppServer, cwd: str) -> Iterator[str]:
    """Yield where a repository keeps skills: from its root down to the folder that work is done in."""
    here = PurePosixPath(server.cwd, cwd)
    roots = [each for each in (here, *here.parents) if _is_there(server.files, f"{each}/.git")]
    outer = here if not roots else roots[0]
    chain = [each for each in (here, *here.parents) if each.is_relative_to(outer)]
    for each in reversed(chain):
        if each == here or server.traits.finds_outer_skills:
            yield f"{each}/.codex/skills"
        yield f"{each}/.agents/skills"


def _is_there(tree: Tree, path: str) -> bool:
    """Tell whether something can be seen at a path; beyond a sandbox nothing can."""
    try:
        return tree.exists(path)
    except OSError:
        return False


def _found(tree: Tree, folder: str) -> list[str]:
    """Return the files of skills in a folder at any depth, past hidden folders."""
    try:
        paths = [path for path, entry in islice(tree.below(folder), _MOST) if not entry.is_directory]
    except OSError:
        return []
    shown = [path for path in paths if not any(step.startswith(".") for step in path.split("/"))]
    return sorted(f"{folder}/{path}" for path in shown if posixpath.basename(path) == _FILE)


def _read(server: AppServer, path: str, scope: str) -> Json | BadSkill:
    try:
        text = server.files.read(path).decode(errors="replace")
    except OSError as error:
        return BadSkill(path, f"failed to read file: {error.strerror}")
    front = _front_matter(text)
    if front is None:
        return BadSkill(path, "missing YAML frontmatter delimited by ---")
    name = _text(front, "name") or posixpath.basename(posixpath.dirname(path))
    description = _text(front, "description")
    if not description:
        return BadSkill(path, "missing field `description`")
    if len(name) > _LONGEST_NAME:
        return BadSkill(path, f"invalid name: exceeds maximum length of {_LONGEST_NAME} characters")
    if len(description) > _LONGEST_DESCRIPTION and server.traits.limits_descriptions:
        return BadSkill(path, f"invalid description: exceeds maximum length of {_LONGEST_DESCRIPTION} characters")
    metadata = front.get("metadata")
    short = _text(metadata, "short-description") if isinstance(metadata, dict) else ""
    told = {"name": name, "description": description, "path": path, "scope": scope, "enabled": True}
    return {**told, "shortDescription": short or None}


def _front_matter(text: str) -> Json | None:
    """Return what stands between the lines of dashes; empty where that says nothing, None without them."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---" or "---" not in (line.strip() for line in lines[1:]):
        return None
    end = next(number for number, line in enumerate(lines[1:], 1) if line.strip() == "---")
    try:
        values, _ = read_yaml("\n".join([*lines[1:end], ""]), "a skill")
    except Problem:
        return {}
    return values if isinstance(values, dict) else {}


def _text(table: Json, key: str) -> str:
    value = table.get(key)
    return value.strip() if isinstance(value, str) else ""
