"""The configuration: read, written, and protected."""

from __future__ import annotations

from typing import Any

import pytest

from codex_conformance.app_servers import Setup
from codex_conformance.probes import AppServerProbe, at, require
from codex_conformance.suites.server.app_servers import AppServers

Json = dict[str, Any]


@pytest.fixture
def owner(app_servers: AppServers) -> AppServerProbe:
    """Return a connection to a server with a configuration of its own, which may be changed."""
    return app_servers.client(Setup(settings={"model": "gpt-5.4"}))


def _edit(key: str, value: Any, strategy: str = "replace") -> Json:
    return {"keyPath": key, "value": value, "mergeStrategy": strategy}


def _config(client: AppServerProbe) -> Json:
    config: Json = at(client.ask("config/read", {}), "/config", dict)
    return config


@pytest.mark.codex("app-server.config.read")
def test_the_configuration_says_what_the_file_says(client: AppServerProbe) -> None:
    found = _config(client).get("model")
    require(found == "gpt-5.5", expected="gpt-5.5", found=found)


@pytest.mark.codex("app-server.config.layers")
def test_the_layers_are_told_when_asked_for(client: AppServerProbe) -> None:
    layers = at(client.ask("config/read", {"includeLayers": True}), "/layers", list)
    kinds = [at(each, "/name/type") for each in layers]
    require("user" in kinds, expected="a layer of the user", found=kinds)
    unasked = client.ask("config/read", {}).get("layers")
    require(unasked is None, expected="no layers unasked", found=unasked)


@pytest.mark.codex("app-server.config.origins")
def test_a_value_names_its_origin(client: AppServerProbe) -> None:
    origin = at(client.ask("config/read", {}), "/origins", dict).get("model")
    require(at(origin, "/name/type") == "user", expected="the layer of the user", found=origin)


@pytest.mark.codex("app-server.config.write")
def test_what_is_written_is_read_back(owner: AppServerProbe) -> None:
    answer = owner.ask("config/value/write", _edit("model", "gpt-5.2"))
    require(answer.get("status") == "ok", expected="the status ok", found=answer)
    found = _config(owner).get("model")
    require(found == "gpt-5.2", expected="gpt-5.2", found=found)


@pytest.mark.codex("app-server.config.used")
def test_what_is_written_holds_for_new_threads(owner: AppServerProbe) -> None:
    owner.ask("config/value/write", _edit("model", "gpt-5.2"))
    found = at(owner.ask("thread/start", {}), "/model")
    require(found == "gpt-5.2", expected="gpt-5.2", found=found)


@pytest.mark.codex("app-server.config.remove")
def test_null_removes_a_value(owner: AppServerProbe) -> None:
    for _ in range(2):
        owner.ask("config/value/write", _edit("model", None))
    found = _config(owner).get("model")
    require(found is None, expected="no model", found=found)


@pytest.mark.codex("app-server.config.merge")
def test_upsert_merges_tables(owner: AppServerProbe) -> None:
    owner.ask("config/value/write", _edit("features", {"goals": False}, "upsert"))
    owner.ask("config/value/write", _edit("features", {"apps": False}, "upsert"))
    found = _config(owner).get("features") or {}
    wanted = {"goals": False, "apps": False}
    require({**found, **wanted} == found, expected=f"both of {wanted}", found=found)


@pytest.mark.codex("app-server.config.version")
def test_the_version_that_was_answered_is_accepted(owner: AppServerProbe) -> None:
    version = at(owner.ask("config/value/write", _edit("model", "gpt-5.2")), "/version", str)
    owner.ask("config/value/write", {**_edit("model", "gpt-5.5"), "expectedVersion": version})


@pytest.mark.codex("app-server.config.version-conflict")
def test_a_stale_version_writes_nothing(owner: AppServerProbe) -> None:
    error = owner.refusal("config/value/write", {**_edit("model", "gpt-5.2"), "expectedVersion": "sha256:0"})
    found = (at(error, "/data/config_write_error_code"), _config(owner).get("model"))
    wanted = ("configVersionConflict", "gpt-5.4")
    require(found == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("app-server.config.invalid")
def test_an_invalid_value_is_not_written(owner: AppServerProbe) -> None:
    error = owner.refusal("config/value/write", _edit("approval_policy", "bogus"))
    found = (at(error, "/data/config_write_error_code"), _config(owner).get("approval_policy"))
    require(found == ("configValidationError", "never"), expected="an error, and the value of before", found=found)


@pytest.mark.codex("app-server.config.other-file")
def test_other_files_are_not_written(owner: AppServerProbe) -> None:
    error = owner.refusal("config/value/write", {**_edit("model", "x"), "filePath": "/tmp/other.toml"})  # noqa: S108
    found = at(error, "/data/config_write_error_code")
    require(found == "configLayerReadonly", expected="configLayerReadonly", found=error)


@pytest.mark.codex("app-server.config.bad-key")
def test_a_bad_key_is_refused(owner: AppServerProbe) -> None:
    for key in ("", "a..b"):
        owner.refusal("config/value/write", _edit(key, 1))


@pytest.mark.codex("app-server.config.batch")
def test_a_batch_is_written(owner: AppServerProbe) -> None:
    edits = [_edit("model", "gpt-5.2"), _edit("model_reasoning_effort", "low")]
    owner.ask("config/batchWrite", {"edits": edits})
    config = _config(owner)
    found = (config.get("model"), config.get("model_reasoning_effort"))
    require(found == ("gpt-5.2", "low"), expected="both values", found=found)


@pytest.mark.codex("app-server.config.batch-whole")
def test_a_batch_with_a_bad_edit_writes_nothing(owner: AppServerProbe) -> None:
    owner.refusal("config/batchWrite", {"edits": [_edit("model", "gpt-5.2"), _edit("approval_policy", "bogus")]})
    found = _config(owner).get("model")
    require(found == "gpt-5.4", expected="the model of before", found=found)


@pytest.mark.codex("app-server.config.broken-file")
def test_a_server_starts_with_a_broken_file(app_servers: AppServers) -> None:
    problem = {"message": "unclosed array, expected `]`", "line": 16, "column": 13}
    setup = Setup(tables="broken = [1,", mock={"config": {}, "config_error": problem})
    client = app_servers.client(setup)
    client.wait_for("configWarning")
    client.refusal("thread/start", {})


@pytest.mark.codex("app-server.config.requirements")
def test_without_requirements_there_are_none(client: AppServerProbe) -> None:
    found = client.ask("configRequirements/read").get("requirements")
    require(found is None, expected="no requirements", found=found)
