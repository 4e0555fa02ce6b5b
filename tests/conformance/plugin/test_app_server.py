"""``codex_app_server``: a client of a mock app-server in the world of the backend."""

from __future__ import annotations


def test_it_completes_a_turn_that_the_marker_scripts(pytester, run) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.codex(scenario={"model": [{"say": [{"message": "So it is."}]}]}, release="0.141.0")
        def test_it(codex_app_server):
            thread = codex_app_server.ask("thread/start", {"cwd": "/tmp"})["thread"]["id"]
            codex_app_server.ask("turn/start", {"threadId": thread, "input": [{"type": "text", "text": "hi"}]})

            items = [each["params"]["item"] for each in codex_app_server.take("item/completed")]
            assert codex_app_server.server.version == "0.141.0"
            assert [item["text"] for item in items if item["type"] == "agentMessage"] == ["So it is."]
            assert codex_app_server.take("turn/completed")
    """)

    run().assert_outcomes(passed=1)


def test_it_is_of_the_newest_release_that_is_known(pytester, run) -> None:
    pytester.makepyfile("""
        from codex_schemas.app_server import latest

        def test_it(codex_app_server):
            assert codex_app_server.server.version == latest()
    """)

    run().assert_outcomes(passed=1)


def test_it_shares_the_world_and_the_script_of_the_backend(pytester, run) -> None:
    pytester.makepyfile("""
        def test_it(codex_app_server, codex_backend, codex_scenario):
            assert codex_app_server.server.world is codex_backend.world

            codex_scenario({"model": [{"say": [{"message": "Anew."}]}]})
            thread = codex_app_server.ask("thread/start", {"cwd": "/tmp"})["thread"]["id"]
            codex_app_server.ask("turn/start", {"threadId": thread, "input": [{"type": "text", "text": "hi"}]})

            texts = [each["params"]["item"].get("text") for each in codex_app_server.take("item/completed")]
            assert texts[-1] == "Anew."
            assert codex_backend.world.state.script_uses == {"0": 1}
    """)

    run().assert_outcomes(passed=1)


def test_a_login_over_http_is_seen_by_it(pytester, run) -> None:
    pytester.makepyfile("""
        import urllib.parse
        import urllib.request

        import pytest

        @pytest.mark.codex(account=None, scenario={"settings": {"auto_approve": True}})
        def test_it(codex_app_server, codex_backend):
            assert codex_app_server.ask("account/read", {})["account"] is None

            login = codex_app_server.ask("account/login/start", {"type": "chatgptDeviceCode"})
            assert login["verificationUrl"].startswith(codex_backend.url)
    """)

    run().assert_outcomes(passed=1)


def test_the_account_of_the_marker_is_signed_in(pytester, run) -> None:
    pytester.makepyfile("""
        import pytest

        def plan(client):
            account = client.ask("account/read", {})["account"]
            return account and account["planType"]

        def test_plus_by_default(codex_app_server):
            assert plan(codex_app_server) == "plus"

        @pytest.mark.codex(account="pro")
        def test_another(codex_app_server):
            assert plan(codex_app_server) == "pro"

        @pytest.mark.codex(account=None)
        def test_nobody(codex_app_server):
            assert plan(codex_app_server) is None

        @pytest.mark.codex(scenario={"app_server": {"account": None}})
        def test_the_scenario_says_it_where_the_marker_does_not(codex_app_server):
            assert plan(codex_app_server) is None
    """)

    run().assert_outcomes(passed=4)


def test_what_waits_is_shown_when_the_test_fails(pytester, run) -> None:
    pytester.makepyfile("""
        def test_it(codex_app_server):
            codex_app_server.ask("thread/start", {"cwd": "/tmp"})
            codex_app_server.send("no json")
            assert False
    """)

    run().stdout.fnmatch_lines(
        ["*- codex app-server -*", "release *", "waits: *thread/started*", "Failed to deserialize JSONRPCMessage*"]
    )


def test_an_unknown_release_is_told(pytester, run) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.codex(release="0.1.0")
        def test_it(codex_app_server): ...
    """)

    result = run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*::test_it: *: expected one of the * releases *, found unknown release '0.1.0'. *"])
