"""The settings that hold, and where each comes from."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server import Client

REQUIREMENTS = {"allowedApprovalPolicies": ["on-request"], "enforceResidency": "us"}


def origins(read, key):
    return read["origins"][key]["name"]["type"]


def test_an_empty_configuration_has_the_defaults(user):
    config = user().ask("config/read", {})["config"]

    assert config["model"] is None
    assert config["project_doc_max_bytes"] == 32768
    assert config["features"]["mentions_v2"] is True


def test_layers_and_origins(user):
    someone = user(
        config={"model": "mine", "review_model": "mine", "nested": {"list": [1]}},
        system_config={"model": "system", "model_reasoning_effort": "low"},
        managed_config={"review_model": "theirs"},
    )

    read = someone.ask("config/read", {"includeLayers": True})

    types = [layer["name"]["type"] for layer in read["layers"]]
    assert types == ["legacyManagedConfigTomlFromFile", "user", "system"]
    assert (read["config"]["model"], origins(read, "model")) == ("mine", "user")
    assert (read["config"]["model_reasoning_effort"], origins(read, "model_reasoning_effort")) == ("low", "system")
    assert (read["config"]["review_model"], origins(read, "review_model")) == ("theirs", types[0])
    assert origins(read, "nested.list.0") == "user"
    assert "nested" not in read["config"]


def test_layers_are_left_out_unless_asked_for(user):
    assert "layers" not in user().ask("config/read", {})


def test_a_project_counts_only_inside_its_folder(user):
    someone = user(config={"model": "mine"}, project_config={"/work/app": {"model": "project"}})

    def model(cwd):
        return someone.ask("config/read", {"cwd": cwd})["config"]["model"]

    assert [model("/work/app/src"), model("/work/app"), model("/work/application")] == ["project", "project", "mine"]


def test_the_tables_of_providers_and_servers_are_filled_up(user):
    tables = {"model_providers": {"own": {"name": "Own"}}, "mcp_servers": {"x": {"command": "y"}}}
    config = user(config=tables).ask("config/read", {})["config"]

    assert config["model_providers"]["own"]["wire_api"] == "responses"
    assert config["mcp_servers"]["x"]["enabled"] is True


def test_requirements(user):
    assert user().ask("configRequirements/read")["requirements"] is None
    told = user(requirements=REQUIREMENTS).ask("configRequirements/read")["requirements"]
    assert {key: told[key] for key in REQUIREMENTS} == REQUIREMENTS


def test_features(user, release):
    someone = user(config={"features": {"memories": True}})
    rows = {row["name"]: row for row in someone.ask("experimentalFeature/list", {})["data"]}

    assert len(rows) == {"0.169.0": 215, "0.141.0": 85}[release]
    assert (rows["memories"]["enabled"], rows["memories"]["defaultEnabled"]) == (True, False)


def test_features_are_set_for_the_process_alone(user):
    someone = user()

    answer = someone.ask("experimentalFeature/enablement/set", {"enablement": {"memories": True, "nope": True}})

    assert answer == {"enablement": {"memories": True}}
    assert someone.ask("config/read", {})["config"]["features"]["memories"] is True
    assert someone.server.world.state.app_server.config == {}


@pytest.mark.parametrize(
    ("method", "noun", "count"),
    [("permissionProfile/list", "permission profiles", 3), ("model/list", "models", None)],
)
def test_pages(user, refusal, method, noun, count):
    someone = user()
    whole = someone.ask(method, {})
    first = someone.ask(method, {"limit": 0})

    assert whole["nextCursor"] is None
    assert count in (None, len(whole["data"]))
    assert (first["data"], first["nextCursor"]) == (whole["data"][:1], "1")
    assert someone.ask(method, {"cursor": "1"})["data"] == whole["data"][1:]
    assert refusal(someone, method, {"cursor": "x"}) == (-32600, "invalid cursor: x")
    assert refusal(someone, method, {"cursor": "99"})[1] == f"cursor 99 exceeds total {noun} {len(whole['data'])}"


def test_collaboration_modes(user):
    modes = user().ask("collaborationMode/list", {})["data"]

    assert [mode["mode"] for mode in modes] == ["plan", "default"]


ERROR = {"message": "unclosed array", "line": 3, "column": 5}
DETAILS = "/home/user/.codex/config.toml:3:5: unclosed array"


class TestAFileThatCannotBeRead:
    @pytest.fixture
    def someone(self, user):
        return user(config={"model": "mine"}, config_error=ERROR)

    def test_every_client_is_warned(self, someone):
        someone.take()
        another = Client(someone.server)

        (warning,) = another.take("configWarning")
        assert warning["params"] == {
            "summary": "Invalid configuration; using defaults.",
            "details": DETAILS,
            "path": "/home/user/.codex/config.toml",
            "range": {"start": {"line": 3, "column": 5}, "end": {"line": 3, "column": 5}},
        }

    def test_the_server_works_with_defaults(self, someone):
        assert someone.ask("account/read", {})["requiresOpenaiAuth"] is True
        assert someone.ask("model/list", {})["data"]

    @pytest.mark.parametrize(
        ("method", "params", "code", "doing"),
        [
            ("config/read", {}, -32603, "failed to read configuration layers"),
            (
                "config/value/write",
                {"keyPath": "model", "value": "x", "mergeStrategy": "replace"},
                -32603,
                "failed to load configuration",
            ),
            ("experimentalFeature/list", {}, -32603, "failed to reload config"),
            ("thread/start", {}, -32600, "failed to load configuration"),
        ],
    )
    def test_what_needs_the_file(self, someone, refusal, method, params, code, doing):
        assert refusal(someone, method, params) == (code, f"{doing}: {DETAILS}")


def test_a_value_that_does_not_fit(user, refusal):
    wrong = "unknown variant `bogus`, expected one of `read-only`, `workspace-write`, `danger-full-access`"

    error = refusal(user(config={"sandbox_mode": "bogus"}), "config/read", {})
    assert error == (-32603, f"invalid configuration: {wrong}\nin `sandbox_mode`\n")


@pytest.mark.parametrize(
    ("config", "is_warned"),
    [
        ({"features": {"code_mode": True}}, True),
        ({"features": {"code_mode": True}, "suppress_unstable_features_warning": True}, False),
        ({"features": {"code_mode": False, "shell_tool": True}}, False),
    ],
    ids=["unfinished", "suppressed", "finished"],
)
def test_unfinished_switches_are_warned_of_in_every_new_thread(user, config, is_warned):
    someone = user(config=config)
    someone.ask("thread/start", {})

    told = [each["params"]["message"].partition(".")[0] for each in someone.take("warning")]
    assert told == (["Under-development features enabled: code_mode"] if is_warned else [])


def test_switches_of_older_releases(client, refusal):
    someone = client(version="0.120.0")
    set_ = "experimentalFeature/enablement/set"

    assert someone.ask(set_, {"enablement": {"apps": True}}) == {"enablement": {"apps": True}}
    assert refusal(someone, set_, {"enablement": {"nope": True}})[1] == "invalid feature enablement `nope`"
    message = refusal(someone, set_, {"enablement": {"shell_tool": True}})[1]
    assert message.startswith("unsupported feature enablement `shell_tool`: currently supported features are ")


def test_old_releases_tell_what_is_set_and_nothing_else(client):
    someone = client(version="0.100.0", scenario={"app_server": {"config": {"model": "m", "own": 1}}})
    config = someone.ask("config/read", {})["config"]

    assert (config["model"], config["own"]) == ("m", 1)
    assert "project_doc_max_bytes" not in config
