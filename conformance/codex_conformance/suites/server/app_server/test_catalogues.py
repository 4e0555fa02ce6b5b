"""Lists of what a server has: models, skills, modes, and what is not installed."""

from __future__ import annotations

import pytest

from codex_conformance.app_servers import Setup
from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_servers import AppServers

_SKILL = ".agents/skills/tide/SKILL.md"
_SKILLED = Setup(
    files={_SKILL: "---\nname: tide\ndescription: Looks tides up\n---\nLook.\n", ".git/HEAD": "ref: refs/heads/main\n"},
    mock={
        "skills": [
            {"name": "tide", "description": "Looks tides up", "scope": "repo", "path": f"<cwd>/{_SKILL}"},
        ]
    },
    tables="[skills.bundled]\nenabled = false\n",
)
#: Lists that are empty where nothing is installed and nobody has logged in.
_EMPTY = {
    "mcpServerStatus/list": "/data",
    "app/list": "/data",
    "plugin/list": "/marketplaces",
    "hooks/list": "/data/0/hooks",
}


@pytest.mark.codex("app-server.models.default")
def test_one_model_is_the_default(client: AppServerProbe) -> None:
    rows = at(client.ask("model/list", {}), "/data", list)
    defaults = [row.get("id") for row in rows if row.get("isDefault") is True]
    require(len(defaults) == 1, expected="one default", found=defaults)


@pytest.mark.codex("app-server.models.efforts")
def test_the_default_effort_is_a_supported_one(client: AppServerProbe) -> None:
    for row in at(client.ask("model/list", {}), "/data", list):
        efforts = [at(each, "/reasoningEffort") for each in at(row, "/supportedReasoningEfforts", list)]
        require(row.get("defaultReasoningEffort") in efforts, expected=f"one of {efforts}", found=row)


@pytest.mark.codex("app-server.models.pages")
def test_pages_hold_each_model_once(client: AppServerProbe) -> None:
    whole = [row.get("id") for row in at(client.ask("model/list", {}), "/data", list)]
    paged: list[object] = []
    cursor = None
    while len(paged) < len(whole):
        answer = client.ask("model/list", {"limit": 2, "cursor": cursor})
        paged += [row.get("id") for row in at(answer, "/data", list)]
        cursor = answer.get("nextCursor")
        if cursor is None:
            break
    require(paged == whole and cursor is None, expected=f"{whole}, and no cursor after them", found=(paged, cursor))


@pytest.mark.codex("app-server.models.hidden")
def test_hidden_models_come_only_when_asked_for(client: AppServerProbe) -> None:
    shown = at(client.ask("model/list", {}), "/data", list)
    require(not any(row.get("hidden") for row in shown), expected="no hidden model", found=shown)
    more = at(client.ask("model/list", {"includeHidden": True}), "/data", list)
    require(len(more) > len(shown), expected=f"more than {len(shown)} models", found=len(more))


@pytest.mark.codex("app-server.models.bad-cursor")
def test_a_bad_cursor_is_refused(client: AppServerProbe) -> None:
    client.refusal("model/list", {"cursor": "bogus"})


@pytest.mark.codex("app-server.skills.found")
def test_a_skill_of_the_folder_is_listed(app_servers: AppServers) -> None:
    client = app_servers.client(_SKILLED)
    found = _skills(client)
    require(found == [("tide", "repo", True)], expected="the skill tide of the repository", found=found)


@pytest.mark.codex("app-server.skills.switched-off")
def test_a_skill_is_switched_off(app_servers: AppServers) -> None:
    client = app_servers.client(_SKILLED)
    answer = client.ask("skills/config/write", {"name": "tide", "enabled": False})
    require(answer.get("effectiveEnabled") is False, expected="effectiveEnabled: false", found=answer)
    found = _skills(client, forceReload=True)
    require(found == [("tide", "repo", False)], expected="the skill, not enabled", found=found)


@pytest.mark.codex("app-server.skills.missing-folder")
def test_a_missing_folder_is_an_entry(client: AppServerProbe) -> None:
    rows = at(client.ask("skills/list", {"cwds": ["/nowhere"]}), "/data", list)
    require([row.get("cwd") for row in rows] == ["/nowhere"], expected="one entry, for the folder", found=rows)


@pytest.mark.codex("app-server.lists.empty")
@pytest.mark.parametrize("method", _EMPTY)
def test_what_is_not_there_is_an_empty_list(client: AppServerProbe, method: str) -> None:
    rows = at(client.ask(method, {}), _EMPTY[method], list)
    require(rows == [], expected="an empty list", found=rows)


@pytest.mark.codex("app-server.lists.collaboration-modes")
def test_the_modes_of_collaboration_are_listed(client: AppServerProbe) -> None:
    names = [row.get("mode") for row in at(client.ask("collaborationMode/list", {}), "/data", list)]
    require("plan" in names, expected="plan among them", found=names)


@pytest.mark.codex("app-server.feedback.disabled")
def test_no_feedback_is_sent_where_it_is_switched_off(app_servers: AppServers) -> None:
    client = app_servers.client(Setup(settings={"feedback.enabled": False}))
    client.refusal("feedback/upload", {"classification": "bug", "includeLogs": False})


def _skills(client: AppServerProbe, **params: object) -> list[tuple[object, object, object]]:
    rows = at(client.ask("skills/list", params), "/data", list)
    skills = [skill for row in rows for skill in at(row, "/skills", list)]
    return [(each.get("name"), each.get("scope"), each.get("enabled")) for each in skills]
