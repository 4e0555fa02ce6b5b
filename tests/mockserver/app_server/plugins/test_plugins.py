"""Plugins and marketplaces of the scenario."""

from __future__ import annotations

import pytest

DEMO = {"description": "A demo", "interface": {"displayName": "Demo"}, "skills": [{"name": "ds", "description": "d"}]}
SHOPS = {"shop": {"plugins": {"demo": DEMO}}, "late": {"plugins": {"more": {}}, "added": False, "source": "/late"}}
SHOP = "/home/user/.codex/marketplaces/shop/.agents/plugins/marketplace.json"
LOGIN = "chatgpt authentication required for remote plugin catalog"


@pytest.fixture
def someone(user):
    shops = {**SHOPS, "shop": {"plugins": {"demo": {**DEMO, "skills": []}}}}
    return user(marketplaces=shops)


@pytest.fixture
def off(user):
    return user(marketplaces=SHOPS, config={"features": {"plugins": False}})


def shown(user, method="plugin/list"):
    return {
        shop["name"]: [(plugin["id"], plugin["installed"]) for plugin in shop["plugins"]]
        for shop in user.ask(method, {})["marketplaces"]
    }


def install(user, name="demo", path=SHOP):
    return user.ask("plugin/install", {"pluginName": name, "marketplacePath": path})


def test_the_life_of_a_plugin(someone):
    assert shown(someone) == {"shop": [("demo@shop", False)]}

    assert install(someone) == {"authPolicy": "ON_INSTALL", "appsNeedingAuth": []}
    assert shown(someone) == shown(someone, "plugin/installed") == {"shop": [("demo@shop", True)]}

    someone.ask("plugin/uninstall", {"pluginId": "demo@shop"})
    someone.ask("plugin/uninstall", {"pluginId": "demo@shop"})
    assert shown(someone, "plugin/installed") == {}


def test_all_of_a_plugin(someone):
    plugin = someone.ask("plugin/read", {"pluginName": "demo", "marketplacePath": SHOP})["plugin"]

    assert (plugin["marketplaceName"], plugin["description"]) == ("shop", "A demo")
    assert plugin["summary"]["interface"]["displayName"] == "Demo"
    assert plugin["summary"]["source"] == {"type": "local", "path": "/home/user/.codex/marketplaces/shop/plugins/demo"}


def test_the_life_of_a_marketplace(someone):
    added = {"marketplaceName": "late", "installedRoot": "/late"}

    assert someone.ask("marketplace/add", {"source": "/late"}) == {**added, "alreadyAdded": False}
    assert someone.ask("marketplace/add", {"source": "/late"}) == {**added, "alreadyAdded": True}
    install(someone, "more", "/late/.agents/plugins/marketplace.json")
    removed = someone.ask("marketplace/remove", {"marketplaceName": "late"})
    assert removed == {"marketplaceName": "late", "installedRoot": None}
    assert list(shown(someone)) == ["shop"]
    assert someone.server.world.state.app_server.installed_plugins == []


def test_nothing_is_to_be_upgraded(someone):
    assert someone.ask("marketplace/upgrade", {})["selectedMarketplaces"] == []


def test_without_the_feature(off, refusal):
    assert shown(off) == {}
    params = {"pluginName": "demo", "marketplacePath": SHOP}
    assert refusal(off, "plugin/read", params) == (-32600, "plugins feature is disabled")
    assert refusal(off, "plugin/share/list", {}) == (-32600, "plugin sharing is not enabled")
    assert refusal(off, "plugin/uninstall", {"pluginId": "x"}) == (-32600, "remote plugin uninstall is not enabled")
    params = {"pluginName": "x", "remoteMarketplaceName": "y"}
    assert refusal(off, "plugin/read", params)[1] == "remote plugin read is not enabled for marketplace y"


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("marketplace/add", {"source": " "}, "marketplace source must not be empty"),
        (
            "marketplace/add",
            {"source": "/nope"},
            "failed to resolve local marketplace source path: No such file or directory (os error 2)",
        ),
        (
            "marketplace/add",
            {"source": "nope"},
            "invalid marketplace source format; expected owner/repo, a git URL, or a local marketplace path",
        ),
        ("marketplace/remove", {"marketplaceName": ""}, "invalid marketplace name: must not be empty"),
        (
            "marketplace/remove",
            {"marketplaceName": "a/b"},
            "invalid marketplace name: only ASCII letters, digits, `_`, and `-` are allowed",
        ),
        ("marketplace/remove", {"marketplaceName": "x"}, "marketplace `x` is not configured or installed"),
        ("marketplace/upgrade", {"marketplaceName": "x"}, "marketplace `x` is not configured as a Git marketplace"),
        (
            "plugin/read",
            {"pluginName": "x"},
            "plugin/read requires exactly one of marketplacePath or remoteMarketplaceName",
        ),
        (
            "plugin/read",
            {"pluginName": "nope", "marketplacePath": SHOP},
            "plugin `nope` was not found in marketplace `shop`",
        ),
        (
            "plugin/install",
            {"pluginName": "x", "marketplacePath": "/nope"},
            "marketplace file `/nope` does not exist",
        ),
        ("plugin/uninstall", {"pluginId": "a@b@c"}, "invalid remote plugin id"),
        ("plugin/uninstall", {"pluginId": ""}, "invalid remote plugin id"),
        (
            "plugin/skill/read",
            {"remoteMarketplaceName": "m", "remotePluginId": "p", "skillName": "s"},
            "read remote plugin skill details: remote marketplace `m` is not supported",
        ),
        (
            "plugin/share/save",
            {"pluginPath": "/nope"},
            "save remote plugin share: invalid plugin path `/nope`: expected a plugin directory",
        ),
    ],
)
def test_what_is_refused(someone, refusal, method, params, error):
    assert refusal(someone, method, params) == (-32600, error)


@pytest.mark.parametrize(
    ("method", "params", "doing"),
    [
        ("plugin/read", {"pluginName": "x", "remoteMarketplaceName": "y"}, "read remote plugin details"),
        (
            "plugin/install",
            {"pluginName": "x", "remoteMarketplaceName": "y"},
            "read remote plugin details before install",
        ),
        ("plugin/uninstall", {"pluginId": "x"}, "resolve remote plugin before uninstall"),
        ("plugin/share/delete", {"remotePluginId": "x"}, "delete remote plugin share"),
        ("plugin/share/checkout", {"remotePluginId": "x"}, "checkout plugin share"),
        (
            "plugin/share/updateTargets",
            {"remotePluginId": "x", "discoverability": "PRIVATE", "shareTargets": []},
            "update remote plugin share targets",
        ),
    ],
)
def test_the_remote_catalogue(user, refusal, method, params, doing):
    """It needs a login at ChatGPT, and has nothing."""
    assert refusal(user(account=None), method, params) == (-32600, f"{doing}: {LOGIN}")

    code, message = refusal(user(), method, params)
    assert code == -32600
    assert message.startswith(f"{doing}: remote plugin catalog request to https://chatgpt.com/backend-api/")
    assert message.endswith('failed with status 404 Not Found: {"detail":"Not Found"}')


def test_nothing_was_shared(user):
    assert user().ask("plugin/share/list", {}) == {"data": []}


class TestTheNewerRelease:
    @pytest.fixture
    def release(self):
        return "0.169.0"

    def test_a_search(self, someone):
        (hit,) = someone.ask("plugin/search", {"searchTerm": "DEM"})["data"]

        assert (hit["plugin"]["id"], hit["marketplacePath"]) == ("demo@shop", SHOP)

    def test_nothing_is_to_be_reconciled(self, someone):
        assert someone.ask("plugin/reconcile", {})["changedPlugins"] == []
