"""What the configuration refuses, in the words of the real one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from codex_mockserver.app_server._decode_words import mistyped
from codex_mockserver.app_server._decoding import Decoder
from codex_mockserver.app_server._errors import RpcError
from codex_mockserver.app_server._recorded import recorded

if TYPE_CHECKING:
    from codex_mockserver.app_server._server import AppServer

__all__ = ["BUILT_IN_PROVIDERS", "misfit", "unwritable"]

Json = dict[str, Any]

_LARGEST = 2**63
_CONFIG = "v2/Config"
_POLICY = "approval_policy"

#: What must be a table, with what the errors call it.
_TABLES = {
    "analytics": "struct AnalyticsConfigToml",
    "apps": "struct AppsConfigToml",
    "features": "struct FeaturesToml",
    "history": "struct History",
    "mcp_servers": "a map",
    "model_providers": "a map",
    "projects": "a map",
    "shell_environment_policy": "struct ShellEnvironmentPolicyTomlRaw",
    "skills": "struct SkillsConfig",
    "tools": "struct ToolsToml",
}
#: The providers that need no name, since they have one.
BUILT_IN_PROVIDERS = frozenset({"openai", "ollama", "lmstudio", "amazon-bedrock", "amazon-bedrock-runtime", "gcp"})
#: The words for an approval policy in a file, of which the wire knows fewer, or other ones.
_POLICIES = ["untrusted", "on-failure", "on-request", "granular", "never"]
#: What a policy in parts must say, in the order in which it is missed.
_PARTS = ["sandbox_approval", "rules", "mcp_elicitations"]
_TEXT: Json = {"type": "string"}
_SWITCH: Json = {"type": "boolean"}
_LIST: Json = {"type": "array"}
_TRUST: Json = {"enum": ["trusted", "untrusted"]}


class _Wrong(NamedTuple):
    """What is wrong with a setting."""

    message: str
    path: str


def unwritable(value: Any) -> str | None:
    """Say why a value cannot stand in the file; None where it can."""
    if value is None:
        return "invalid value: invalid type: null, expected any valid TOML value"
    if isinstance(value, int) and not isinstance(value, bool) and not -_LARGEST <= value < _LARGEST:
        return "invalid value: u64 value was too large"
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next(filter(None, map(unwritable, parts)), None)


def misfit(server: AppServer, config: Json) -> str | None:
    """Say what is wrong with a whole configuration; None where it is fine."""
    for wrong in (*_no_tables(config), *_policy(server, config), *_mistyped(server, config), *_incomplete(config)):
        return f"Invalid configuration: {wrong.message}\nin `{wrong.path}`\n"
    return None


def _no_tables(config: Json) -> Iterator[_Wrong]:
    for key, title in _TABLES.items():
        if key in config and not isinstance(config[key], dict):
            yield _Wrong(str(mistyped(config[key], title)), key)
    for app in _table(config, "apps").values():
        if not isinstance(app, dict):
            yield _Wrong(str(mistyped(app, "struct AppConfig")), "apps")


def _policy(server: AppServer, config: Json) -> Iterator[_Wrong]:
    """Yield what is wrong with the approval policy: a word, or a table with one key."""
    policy = config.get(_POLICY, "never")
    if isinstance(policy, str) and policy != "granular":
        yield from _misfits(server, _POLICY, {"enum": _POLICIES}, policy)
    elif isinstance(policy, dict) and len(policy) == 1:
        (word,) = policy
        known = _granular(server) if word == "granular" else None
        yield from _misfits(server, _POLICY, known or {"enum": _POLICIES}, policy[word] if known else word)
    elif isinstance(policy, dict):
        yield _Wrong(f"wanted exactly 1 element, found {len(policy)} elements", _POLICY)
    else:
        wanted = "newtype variant" if policy == "granular" else "string only"
        yield _Wrong(f"invalid type: unit variant, expected {wanted}", _POLICY)


def _granular(server: AppServer) -> Json | None:
    """Return the type of a policy in parts; None where the release has none."""
    branches = server.contract.definitions.get("v2/AskForApproval", {}).get("oneOf", ())
    parts = next((each["properties"]["granular"] for each in branches if "properties" in each), None)
    return None if parts is None else {**parts, "required": _PARTS}


def _mistyped(server: AppServer, config: Json) -> Iterator[_Wrong]:
    for path, schema, value in _typed(server, config):
        yield from _misfits(server, path, schema, value)
    search = _table(config, "tools").get("web_search")
    if search is not None and not isinstance(search, (bool, dict)):
        union = "untagged enum WebSearchToolConfigInput"
        yield _Wrong(f"data did not match any variant of {union}", "tools.web_search")


def _misfits(server: AppServer, path: str, schema: Json, value: Any) -> Iterator[_Wrong]:
    try:
        Decoder(server.contract.definitions).check(schema, value)
    except RpcError as error:
        yield _Wrong(error.message.removeprefix("Invalid request: "), path)


def _typed(server: AppServer, config: Json) -> Iterator[tuple[str, Json, Any]]:
    """Yield the settings whose type is known: the place that an error names, the type, the value."""
    known: Json = server.contract.definitions.get(_CONFIG, {}).get("properties", {})
    for key, schema in known.items():
        if key in config and key not in (_POLICY, "tools", "apps"):
            yield from _parts(server, key, schema, config[key])
    for key, default in recorded("settings", server.version).items():
        if key in config and isinstance(default, bool):
            yield key, _SWITCH, config[key]
    yield from _typed_parts(config)


def _typed_parts(config: Json) -> Iterator[tuple[str, Json, Any]]:
    """Yield the parts of tables that the wire does not know."""
    for switch in _table(config, "features").values():
        if not isinstance(switch, dict):
            yield "features", _SWITCH, switch
    for name, project in _inner_tables(config, "projects"):
        if "trust_level" in project:
            yield f"projects.{name}.trust_level", _TRUST, project["trust_level"]
    for name, provider in _inner_tables(config, "model_providers"):
        yield f"model_providers.{name}.name", _TEXT, provider.get("name", "")
    if "config" in _table(config, "skills"):
        yield "skills.config", _LIST, config["skills"]["config"]


def _parts(server: AppServer, path: str, schema: Json, value: Any) -> Iterator[tuple[str, Json, Any]]:
    """Yield a setting, or the parts of one that is a table: errors name the innermost."""
    inner = _resolved(server, schema)
    if isinstance(value, dict) and "properties" in inner:
        for key, known in inner["properties"].items():
            if key in value:
                yield from _parts(server, f"{path}.{key}", known, value[key])
    else:
        yield path, schema, value


def _resolved(server: AppServer, schema: Json) -> Json:
    """Follow references, and past a null."""
    while True:
        if "$ref" in schema:
            schema = server.contract.definitions[schema["$ref"].removeprefix("#/definitions/")]
        elif len(others := [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]) == 1:
            schema = others[0]
        else:
            return schema


def _incomplete(config: Json) -> Iterator[_Wrong]:
    for name, server in _inner_tables(config, "mcp_servers"):
        if not server.keys() & {"command", "url"}:
            yield _Wrong("invalid transport", f"mcp_servers.{name}")
    for name, provider in _inner_tables(config, "model_providers"):
        if not provider.get("name") and name not in BUILT_IN_PROVIDERS:
            yield _Wrong(f"model_providers.{name}: provider name must not be empty", "model_providers")


def _inner_tables(config: Json, key: str) -> Iterator[tuple[str, Json]]:
    return ((name, table) for name, table in _table(config, key).items() if isinstance(table, dict))


def _table(config: Json, key: str) -> Json:
    table = config.get(key)
    return table if isinstance(table, dict) else {}
