"""Settings on the command line are a layer of their own, stronger than the user's."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server import Client, read_flags

FLAGS = {
    'model="gpt-5.5"': {"model": "gpt-5.5"},
    "sandbox_mode=read-only": {"sandbox_mode": "read-only"},
    "tools.web_search=true": {"tools": {"web_search": True}},
    "a.b=[1, 2]": {"a": {"b": [1, 2]}},
    " x = 'y' ": {"x": "y"},
    "equals=a=b": {"equals": "a=b"},
    "empty=": {"empty": ""},
}


@pytest.mark.parametrize(("setting", "settings"), FLAGS.items(), ids=FLAGS)
def test_a_value_is_toml_or_else_text(setting, settings):
    assert read_flags([setting]) == settings


def test_features_are_settings_too():
    assert read_flags(["features.a=1"], enable=["goals"], disable=["plugins"]) == {
        "features": {"a": 1, "goals": True, "plugins": False}
    }


@pytest.mark.parametrize(
    ("setting", "words"), [("foo", "Invalid override (missing '='): foo"), ("=x", "Empty key in override: =x")]
)
def test_what_is_no_setting_is_refused(setting, words):
    with pytest.raises(ValueError, match=r"^error parsing -c overrides: ") as raised:
        read_flags([setting])
    assert str(raised.value).endswith(words)


def test_they_are_a_layer_that_wins(app_server):
    server = app_server(session_flags={"model": "gpt-5.5"}, scenario={"app_server": {"config": {"model": "gpt-5.4"}}})
    client = Client(server)

    read = client.ask("config/read", {"includeLayers": True})
    written = client.ask("config/value/write", {"keyPath": "model", "value": "gpt-5.2", "mergeStrategy": "replace"})

    assert read["config"]["model"] == "gpt-5.5"
    assert [layer["name"]["type"] for layer in read["layers"]] == ["sessionFlags", "user", "system"]
    assert written["status"] == "okOverridden"
    assert written["overriddenMetadata"]["message"] == "Overridden by session flags"
    assert client.ask("thread/start", {})["model"] == "gpt-5.5"
