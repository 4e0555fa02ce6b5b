"""Models, skills, hooks and apps: the release's own, or what the scenario shows."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server import Client

SKILL = {"name": "tides", "description": "Knows the tides."}


def test_the_models_of_a_release(user, release):
    models = user().ask("model/list", {})["data"]

    expected = {"0.169.0": ("gpt-6.1-sol", 9), "0.141.0": ("gpt-5.5", 5)}
    assert (models[0]["id"], len(models)) == expected[release]
    assert [model["id"] for model in models if model["isDefault"]] == [models[0]["id"]]


def test_hidden_models_are_told_on_demand(user):
    hidden = [model["id"] for model in user().ask("model/list", {"includeHidden": True})["data"] if model["hidden"]]

    assert "codex-auto-review" in hidden


def test_models_of_the_scenario(user):
    models = [{"id": "m-1", "efforts": ["low"], "upgrade": "m-2"}, {"id": "m-2", "hidden": True}]

    (model,) = user(models=models).ask("model/list", {})["data"]

    assert (model["model"], model["isDefault"], model["defaultReasoningEffort"]) == ("m-1", True, "low")
    assert model["upgrade"] == "m-2"


def skills(user, **params):
    return user.ask("skills/list", params)["data"]


def test_skills_for_each_folder(user):
    someone = user(skills=[SKILL, {**SKILL, "name": "local", "scope": "repo"}])

    (entry,) = skills(someone)
    assert [(skill["name"], skill["path"]) for skill in entry["skills"]] == [
        ("local", "/home/user/.codex/skills/local/SKILL.md"),
        ("tides", "/home/user/.codex/skills/tides/SKILL.md"),
    ]
    assert [each["cwd"] for each in skills(someone, cwds=["/a", "b"])] == ["/a", "b"]


@pytest.mark.parametrize("selector", [{"name": "tides"}, {"path": "/home/user/.codex/skills/tides/SKILL.md"}])
def test_a_skill_is_switched_off_and_on(user, selector):
    someone = user(skills=[SKILL])

    def enabled():
        return skills(someone)[0]["skills"][0]["enabled"]

    assert someone.ask("skills/config/write", {**selector, "enabled": False}) == {"effectiveEnabled": False}
    assert enabled() is False
    assert someone.server.world.state.app_server.config["skills"]["config"] == [{**selector, "enabled": False}]
    someone.ask("skills/config/write", {**selector, "enabled": True})
    assert enabled() is True


@pytest.mark.parametrize("selector", [{}, {"name": ""}, {"name": "x", "path": "/x"}], ids=["none", "empty", "both"])
def test_a_skill_needs_one_selector(user, refusal, selector):
    message = "skills/config/write requires exactly one of path or name"

    assert refusal(user(), "skills/config/write", {**selector, "enabled": True}) == (-32602, message)


def test_extra_roots_are_announced_to_everyone(user):
    someone = user()

    someone.ask("skills/extraRoots/set", {"extraRoots": ["/more"]})

    assert [each["method"] for each in someone.take()] == ["skills/changed"]


def test_hooks(user):
    someone = user(hooks=[{"eventName": "preToolUse", "matcher": "Bash"}, {"eventName": "stop", "timeoutSec": 5}])

    (entry,) = someone.ask("hooks/list", {})["data"]

    first, second = entry["hooks"]
    assert (first["key"], first["timeoutSec"]) == ("/home/user/.codex/hooks.json:pre_tool_use:0:0", 600)
    assert (second["eventName"], second["timeoutSec"], second["displayOrder"]) == ("stop", 5, 1)


APPS = [{"id": "mail", "name": "Mail"}, {"id": "maps", "name": "Maps", "isEnabled": False}]


def test_apps_in_pages(user):
    someone = user(apps=APPS)

    first = someone.ask("app/list", {"limit": 1})
    rest = someone.ask("app/list", {"cursor": first["nextCursor"]})

    assert [app["id"] for app in first["data"] + rest["data"]] == ["mail", "maps"]
    assert rest["nextCursor"] is None


@pytest.mark.parametrize(
    "setup", [{"account": None}, {"config": {"features": {"apps": False}}}], ids=["login", "switch"]
)
def test_apps_need_a_chatgpt_login_and_their_switch(user, setup):
    someone = user(apps=APPS, **setup)

    assert someone.ask("app/list", {})["data"] == []
    assert someone.take("app/list/updated") == []


def test_apps_are_told_to_everyone_when_they_are_fetched(user):
    someone = user(apps=APPS)
    other = Client(someone.server)

    for params in ({}, {}, {"forceRefetch": True}):
        someone.ask("app/list", params)

    assert [len(told["params"]["data"]) for told in other.take("app/list/updated")] == [2, 2]


class TestAppsOfTheNewerRelease:
    @pytest.fixture
    def release(self):
        return "0.169.0"

    def test_installed(self, user):
        rows = user(apps=APPS).ask("app/installed", {})["apps"]

        assert [(row["id"], row["callable"]) for row in rows] == [("mail", True), ("maps", False)]

    def test_in_full(self, user):
        answer = user(apps=APPS).ask("app/read", {"appIds": ["maps", "nope"], "includeTools": True})

        assert [app["id"] for app in answer["apps"]] == ["maps"]
        assert (answer["apps"][0]["toolSummaries"], answer["missingAppIds"]) == ([], ["nope"])
