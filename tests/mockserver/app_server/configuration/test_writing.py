"""Changes of the configuration: all or nothing, checked, and never hidden when somebody stronger disagrees."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server import RpcError

MODES = "`read-only`, `workspace-write`, `danger-full-access`"
SEARCH = "untagged enum WebSearchToolConfigInput"
LEGACY = "use `--profile <name>` with `<name>.config.toml` instead"
TRUST = "`trusted` or `untrusted`"
POLICIES = "`untrusted`, `on-failure`, `on-request`, `granular`, `never`"


def write(user, path, value, **more):
    return user.ask("config/value/write", {"keyPath": path, "value": value, "mergeStrategy": "replace", **more})


def stored(user):
    """Return what the user's own layer holds."""
    layers = user.ask("config/read", {"includeLayers": True})["layers"]
    return next(layer["config"] for layer in layers if layer["name"]["type"] == "user")


def test_a_value(user):
    someone = user()

    written = write(someone, "model", "mine")

    assert (written["status"], written["filePath"]) == ("ok", "/home/user/.codex/config.toml")
    assert someone.ask("config/read", {})["config"]["model"] == "mine"
    assert someone.take() == []


def test_the_version_is_that_of_the_content(user):
    someone = user()
    before = write(someone, "model", "a")["version"]

    assert write(someone, "model", "b")["version"] != before
    assert write(someone, "model", "a")["version"] == before
    # As the real one computes it: of JSON with sorted keys.
    assert write(someone, "model", None)["version"].startswith("sha256:44136fa355b3")


def test_a_null_removes_also_what_is_not_there(user):
    someone = user(config={"a": {"b": 1}})

    write(someone, "a.b", None)
    write(someone, "no.such.key", None)

    assert stored(someone) == {"a": {}}


@pytest.mark.parametrize(
    ("path", "config"),
    [("a.b", {"a": {"b": 1}}), ('"a.b".c', {"a.b": {"c": 1}}), ('projects."/x".y', {"projects": {"/x": {"y": 1}}})],
)
def test_a_key_path(user, path, config):
    someone = user()
    write(someone, path, 1)

    assert stored(someone) == config


@pytest.mark.parametrize(
    ("strategy", "table"), [("upsert", {"c": 1, "d": 2}), ("replace", {"d": 2})], ids=["upsert", "replace"]
)
def test_a_table_over_a_table(user, strategy, table):
    someone = user(config={"a": {"c": 1}})

    write(someone, "a", {"d": 2}, mergeStrategy=strategy)

    assert stored(someone) == {"a": table}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("", 1, "keyPath must not be empty"),
        ("a..b", 1, "keyPath segments must not be empty"),
        ("a.", 1, "keyPath segments must not be empty"),
        ('a."b', 1, "unterminated quoted keyPath segment"),
        (
            "approval_policy",
            "bogus",
            f"Invalid configuration: unknown variant `bogus`, expected one of {POLICIES}\nin `approval_policy`\n",
        ),
        (
            "model",
            5,
            "Invalid configuration: invalid type: integer `5`, expected a string\nin `model`\n",
        ),
        (
            "model.x",
            1,
            "Invalid configuration: invalid type: map, expected a string\nin `model`\n",
        ),
        (
            "sandbox_mode",
            "weird",
            f"Invalid configuration: unknown variant `weird`, expected one of {MODES}\nin `sandbox_mode`\n",
        ),
        (
            "features.apps",
            "yes",
            'Invalid configuration: invalid type: string "yes", expected a boolean\nin `features`\n',
        ),
        (
            'projects."/tmp/x".trust_level',
            "weird",
            f"Invalid configuration: unknown variant `weird`, expected {TRUST}\nin `projects./tmp/x.trust_level`\n",
        ),
        (
            "mcp_servers.x",
            {},
            "Invalid configuration: invalid transport\nin `mcp_servers.x`\n",
        ),
        (
            "tools",
            True,
            "Invalid configuration: invalid type: boolean `true`, expected struct ToolsToml\nin `tools`\n",
        ),
        (
            "tools.web_search",
            "x",
            f"Invalid configuration: data did not match any variant of {SEARCH}\nin `tools.web_search`\n",
        ),
        ("apps.x", 5, "Invalid configuration: invalid type: integer `5`, expected struct AppConfig\nin `apps`\n"),
        (
            "hide_agent_reasoning",
            5,
            "Invalid configuration: invalid type: integer `5`, expected a boolean\nin `hide_agent_reasoning`\n",
        ),
        (
            "model_providers.x",
            {},
            "Invalid configuration: model_providers.x: provider name must not be empty\nin `model_providers`\n",
        ),
        (
            "approval_policy",
            {},
            "Invalid configuration: wanted exactly 1 element, found 0 elements\nin `approval_policy`\n",
        ),
        (
            "approval_policy",
            {"granular": {}},
            "Invalid configuration: missing field `sandbox_approval`\nin `approval_policy`\n",
        ),
        (
            "approval_policy",
            "granular",
            "Invalid configuration: invalid type: unit variant, expected newtype variant\nin `approval_policy`\n",
        ),
        (
            "profiles",
            {},
            f"`profiles` contains legacy config profile tables and can no longer be written; {LEGACY}",
        ),
        ("x", [1, None], "invalid value: invalid type: null, expected any valid TOML value"),
        ("x", 2**63, "invalid value: u64 value was too large"),
    ],
)
def test_what_is_refused(user, path, value, message):
    someone = user()

    with pytest.raises(RpcError) as caught:
        write(someone, path, value)

    assert (caught.value.code, caught.value.message) == (-32600, message)
    assert caught.value.data == {"config_write_error_code": "configValidationError"}
    assert stored(someone) == {}


@pytest.mark.parametrize("path", ["/nope/config.toml", "config.toml"])
def test_only_the_users_own_file_is_written(user, refusal, path):
    params = {"keyPath": "model", "value": "x", "mergeStrategy": "replace", "filePath": path}

    assert refusal(user(), "config/value/write", params)[1] == "Only writes to the user config are allowed"


def test_a_stale_version(user, refusal):
    someone = user()
    fresh = write(someone, "model", "a")["version"]
    params = {"keyPath": "model", "value": "b", "mergeStrategy": "replace"}

    message = "Configuration was modified since last read. Fetch latest version and retry."
    assert refusal(someone, "config/value/write", {**params, "expectedVersion": "sha256:0"}) == (-32600, message)
    assert write(someone, "model", "b", expectedVersion=fresh)["status"] == "ok"


def test_a_batch_with_one_bad_edit_writes_nothing(user, refusal):
    someone = user()
    edits = [
        {"keyPath": "model", "value": "x", "mergeStrategy": "replace"},
        {"keyPath": "approval_policy", "value": "bogus", "mergeStrategy": "replace"},
    ]

    assert refusal(someone, "config/batchWrite", {"edits": edits})[0] == -32600
    assert stored(someone) == {}
    assert someone.ask("config/batchWrite", {"edits": edits[:1]})["status"] == "ok"
    assert stored(someone) == {"model": "x"}


def test_a_stronger_layer_is_told(user):
    someone = user(managed_config={"model": "theirs"})

    written = write(someone, "model", "mine")

    assert written["status"] == "okOverridden"
    told = written["overriddenMetadata"]
    assert told["message"] == "Overridden by legacy managed_config.toml: /etc/codex/managed_config.toml"
    assert told["effectiveValue"] == "theirs"
    assert told["overridingLayer"]["name"]["type"] == "legacyManagedConfigTomlFromFile"
    assert write(someone, "model", "theirs")["status"] == "ok"


def test_the_configuration_is_kept(user, client, release):
    someone = user()
    write(someone, "model", "mine")

    again = client(version=release, world=someone.server.world)

    assert again.ask("config/read", {})["config"]["model"] == "mine"


def test_a_reset_world_begins_with_the_scenario_again(user):
    someone = user(config={"model": "first"})
    write(someone, "model", "second")

    someone.server.world.reset()

    assert someone.ask("config/read", {})["config"]["model"] == "first"


def test_it_does_not_grow_without_end(user, refusal, monkeypatch):
    monkeypatch.setattr("codex_mockserver.app_server.configuration._writing._LARGEST", 20)
    params = {"keyPath": "x", "value": 30 * "y", "mergeStrategy": "replace"}

    assert refusal(user(), "config/value/write", params) == (-32600, "the configuration would be too large")


def test_a_policy_that_is_not_known_any_more(user, release):
    someone = user()
    write(someone, "approval_policy", "on-failure")

    policy = someone.ask("config/read", {})["config"]["approval_policy"]
    assert policy == ("on-request" if release == "0.169.0" else "on-failure")
