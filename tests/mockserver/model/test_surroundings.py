"""What a scenario says of the things around an app-server."""

from __future__ import annotations

import msgspec
import pytest

from codex_mockserver.model import (
    AppServerSetup,
    CommandSetup,
    ConfigErrorSetup,
    ExternalAgentSetup,
    MarketplaceSetup,
    McpServerSetup,
    SkillSetup,
    load_scenario,
    scenario_schema,
)
from codex_schemas import Problem

FORMS = [
    AppServerSetup,
    CommandSetup,
    ConfigErrorSetup,
    ExternalAgentSetup,
    MarketplaceSetup,
    McpServerSetup,
    SkillSetup,
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_the_schema_has_every_field_and_no_other(form):
    assert set(scenario_schema()["$defs"][form.__name__]["properties"]) == set(form.__struct_fields__)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_what_has_no_default_is_required(form):
    fields = {each.name for each in msgspec.structs.fields(form) if each.required}

    assert set(scenario_schema()["$defs"][form.__name__].get("required", ())) == fields


@pytest.mark.parametrize(
    ("setup", "place", "found"),
    [
        ({"account": "pluss"}, "app_server.account", "'pluss'"),
        ({"commands": [{"match": "["}]}, "app_server.commands[0].match", "'['"),
        ({"files": {"relative": "x"}}, "app_server.files", "relative"),
        ({"skills": [{"name": "x"}]}, "app_server.skills[0]", "name"),
        ({"mcp_servers": {"x": {"auth": "maybe"}}}, "app_server.mcp_servers.x.auth", "maybe"),
        ({"comands": []}, "app_server.comands", "comands"),
    ],
    ids=["account", "pattern", "file", "skill", "login", "slip"],
)
def test_what_is_wrong_is_told(setup, place, found):
    with pytest.raises(Problem) as caught:
        load_scenario({"app_server": setup})

    assert f"at {place}" in str(caught.value)
    assert found in caught.value.found


def test_an_account_of_the_scenario_may_be_signed_in():
    assert load_scenario({"accounts": {"mine": {}}, "app_server": {"account": "mine"}}).app_server.account == "mine"
