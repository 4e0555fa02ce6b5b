"""What a call of ``codex exec`` asks for: its prompt, its folder and its settings."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codex_conformance.shim._prompt import read_prompt
from codex_mockserver.app_server import read_flags

__all__ = ["ExecRequest", "Refused", "read_request"]

Json = dict[str, Any]

#: Commands of the real ``exec`` that are not here; as prompts they would be misunderstood.
_MISSING = (["review"], ["fork"], ["help"])
_NO_REPOSITORY = "Not inside a trusted directory and --skip-git-repo-check was not specified."


class Refused(Exception):  # noqa: N818 (an end that the command knows)
    """The command ends with code 1; the text is what it says."""


@dataclass(frozen=True, slots=True)
class ExecRequest:
    """A turn that is wanted."""

    prompt: str
    cwd: Path
    #: The session to go on with: an id or a name.
    session: str | None
    #: Whether to go on with a session at all; without one named, the newest.
    resumes: bool
    #: The params that ``thread/start`` and ``thread/resume`` share.
    settings: Json
    #: The input of the turn, images before the prompt.
    input: list[Json]
    output_schema: Any = None


def read_request(options: argparse.Namespace) -> ExecRequest:
    """Return what the options ask for; the prompt may come from standard input.

    Raises:
        Refused: The folder, the prompt or the schema cannot be had.
    """
    if options.words[:1] in _MISSING:
        raise Refused(f"codex-testkit: `exec {options.words[0]}` is not part of the mock")
    cwd = _folder(options.cd)
    resumes = options.words[:1] == ["resume"]
    words = options.words[1:] if resumes else options.words
    session = words.pop(0) if resumes and words and not options.last else None
    if len(words) > 1:
        raise Refused(f"error: unexpected argument '{words[1]}' found")
    prompt = read_prompt(words[0] if words else None, appends_input=not resumes)
    schema = None if options.output_schema is None else _schema(options.output_schema)
    if not (options.skip_git_repo_check or options.bypass or _is_repository(cwd)):
        raise Refused(_NO_REPOSITORY)
    images = [{"type": "localImage", "path": path} for path in options.image]
    text = {"type": "text", "text": prompt}
    return ExecRequest(prompt, cwd, session, resumes, _settings(options, cwd), [*images, text], schema)


def _folder(name: str | None) -> Path:
    folder = Path.cwd() / (name or "")
    if not folder.is_dir():
        raise Refused("Error: No such file or directory (os error 2)")
    return folder.resolve()


def _is_repository(folder: Path) -> bool:
    return any((place / ".git").exists() for place in (folder, *folder.parents))


def _schema(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        cause = f"{error.strerror} (os error {error.errno})"
        raise Refused(f"Failed to read output schema file {path}: {cause}") from None
    except (ValueError, RecursionError) as error:
        raise Refused(f"Output schema file {path} is not valid JSON: {error}") from None


def _settings(options: argparse.Namespace, cwd: Path) -> Json:
    try:
        config = read_flags(options.config)
    except ValueError as error:
        raise Refused(f"Error: {error}") from None
    sandbox = options.sandbox or config.pop("sandbox_mode", "read-only")
    settings = {
        "cwd": str(cwd),
        "model": options.model or config.pop("model", None),
        # A person who could be asked is not there.
        "approvalPolicy": "never",
        "sandbox": "danger-full-access" if options.bypass else sandbox,
        "config": config or None,
    }
    return {name: value for name, value in settings.items() if value is not None}
