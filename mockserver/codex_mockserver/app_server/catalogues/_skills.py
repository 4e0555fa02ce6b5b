"""``skills/*``: the skills that the model may use, and which of them are switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_mockserver.app_server._call import Call, Handler, Json
from codex_mockserver.app_server._errors import INVALID_PARAMS, RpcError
from codex_mockserver.app_server._kept import kept
from codex_mockserver.app_server.catalogues._skill_files import BadSkill, skill_files
from codex_mockserver.app_server.configuration import write_settings
from codex_mockserver.model import SkillSetup

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["HANDLERS"]

_SELECTOR = "skills/config/write requires exactly one of path or name"
#: The scopes as they are told, one after the other.
_SCOPES = ("repo", "user", "system", "admin")
#: The folder with the skills of each scope; that of a repository lies in the working folder.
_FOLDERS = {"repo": "{cwd}/.codex/skills", "system": "{home}/skills/.system", "admin": "/etc/codex/skills"}


def list_skills(call: Call) -> Json:
    """Tell the skills for each folder, whether or not it exists."""
    folders = call.get("cwds") or [call.server.cwd]
    return {"data": [_entry(call.server, cwd) for cwd in folders]}


def list_remote_skills(_call: Call) -> Json:
    """Tell the skills that can be had elsewhere, in the releases that asked for them: none."""
    return {"data": []}


def write_config(call: Call) -> Json:
    """Switch a skill on or off, for good."""
    given = {key: value for key in ("path", "name") if (value := call.get(key, "").strip())}
    if len(given) != 1:
        raise RpcError(_SELECTOR, INVALID_PARAMS)
    enabled = call.params["enabled"]
    rules = [rule for rule in _rules(call.server) if {key: rule.get(key) for key in given} != given]
    # What is on by default needs no rule.
    changed = [*rules, {**given, "enabled": False}] if not enabled else rules
    edit = {"keyPath": "skills.config", "value": changed or None, "mergeStrategy": "replace"}
    write_settings(call.server, [edit])
    return {"effectiveEnabled": enabled}


def set_extra_roots(call: Call) -> None:
    """Look for skills in further folders, too, for as long as the process lives."""
    call.server.process.skill_roots = list(call.params["extraRoots"])
    call.server.notify_all("skills/changed", {})


def _entry(server: AppServer, cwd: str) -> Json:
    """Return what counts in a folder: skills of the scenario, and those in the files."""
    found = list(skill_files(server, cwd))
    # What the scenario says of a file counts more than the file.
    skills = {each["path"]: each for each in found if not isinstance(each, BadSkill)}
    skills |= {each["path"]: each for each in (_scripted(server, skill, cwd) for skill in server.setup.skills)}
    rules = _rules(server)
    return {
        "cwd": cwd,
        "skills": [_ruled(skill, rules) for skill in sorted(skills.values(), key=_order)],
        "errors": [{"path": each.path, "message": each.message} for each in found if isinstance(each, BadSkill)],
    }


def _scripted(server: AppServer, skill: SkillSetup, cwd: str) -> Json:
    folder = _FOLDERS.get(skill.scope, "{home}/skills").format(cwd=cwd, home=server.home)
    return {
        "name": skill.name,
        "description": skill.description,
        "interface": skill.interface,
        "path": skill.path or f"{folder}/{skill.name}/SKILL.md",
        "scope": skill.scope,
        "enabled": skill.enabled,
    }


def _ruled(skill: Json, rules: list[Json]) -> Json:
    """Return a skill, switched off or on by the last rule that names it."""
    for rule in rules:
        if rule.get("name") == skill["name"] or rule.get("path") == skill["path"]:
            skill = {**skill, "enabled": rule.get("enabled", True)}
    return skill


def _order(skill: Json) -> tuple[int, str]:
    return _SCOPES.index(skill["scope"]), skill["name"]


def _rules(server: AppServer) -> list[Json]:
    skills = kept(server).config.get("skills")
    rules = skills.get("config") if isinstance(skills, dict) else None
    return [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []


HANDLERS: dict[str, Handler] = {
    "skills/list": list_skills,
    "skills/remote/list": list_remote_skills,
    "skills/remote/read": list_remote_skills,
    "skills/config/write": write_config,
    "skills/extraRoots/set": set_extra_roots,
}
