"""The server's own part: what is a message, the handshake, what may be used, and to whom answers go."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server import AppServer, Client, RpcError

RELEASES = ["0.141.0", "0.169.0"]
CLIENT_INFO = {"name": "probe", "version": "1"}

NO_MESSAGES = {
    "broken JSON": b'{"method": "initialize"',
    "empty": b"",
    "a list": b"[]",
    "a batch": b'[{"method": "model/list", "id": 1, "params": {}}]',
    "null": b"null",
    "a string": b'"initialize"',
    "neither method nor result": b'{"id": 1}',
    "a null id": b'{"method": "model/list", "id": null, "params": {}}',
    "a float id": b'{"method": "model/list", "id": 1.5, "params": {}}',
    "a boolean id": b'{"method": "model/list", "id": true, "params": {}}',
    "an id of 64 bits and a sign": b'{"method": "model/list", "id": 9223372036854775808, "params": {}}',
    "a method that is no text": b'{"method": 5, "id": 1}',
    "two objects": b'{"id": 1, "method": "a"} {"id": 2, "method": "b"}',
    "no UTF-8": b'{"method": "\xff", "id": 1}',
    "nested too deeply": b"[" * 100_000,
    "an answer to nobody": b'{"id": 17, "result": {}}',
    "a notification that nobody knows": b'{"method": "no/such/notification"}',
    "initialized once more": b'{"method": "initialized"}',
}


@pytest.fixture(params=RELEASES)
def server(request, app_server) -> AppServer:
    return app_server(version=request.param)


@pytest.fixture
def stranger(server) -> Client:
    """A client before its handshake."""
    return Client(server, initialize=False)


@pytest.mark.parametrize("text", NO_MESSAGES.values(), ids=NO_MESSAGES)
def test_what_is_no_request_gets_no_answer_and_the_connection_stays(server, text):
    client = Client(server)
    client.take()

    client.send(text)

    assert client.take() == []
    assert client.ask("thread/loaded/list", {})["data"] == []


def test_ids_come_back_as_they_were(server):
    client = Client(server)

    for identifier in (0, -7, 2**63 - 1, "", "seven", "1"):
        client.send({"method": "thread/loaded/list", "id": identifier, "params": {}})
        assert client.result(identifier)["data"] == []


def test_an_id_may_be_used_twice(server):
    connection = server.connect()
    request = b'{"method": "initialize", "id": 1, "params": {"clientInfo": {"name": "a", "version": "1"}}}'

    server.receive(connection, request)
    server.receive(connection, request)

    answers = [message for message in connection.take() if b'"id"' in message]
    assert b"userAgent" in answers[0]
    assert b"Already initialized" in answers[1]


class TestHandshake:
    """``initialize`` comes first, and once."""

    def test_nothing_is_answered_before(self, stranger):
        with pytest.raises(RpcError, match=r"^Not initialized$") as refused:
            stranger.ask("thread/loaded/list", {})
        assert refused.value.code == -32600

    def test_what_cannot_be_decoded_is_said_first(self, stranger):
        with pytest.raises(RpcError, match="unknown variant `no/such/method`, expected one of `"):
            stranger.ask("no/such/method", {})
        with pytest.raises(RpcError, match="missing field `params`"):
            stranger.ask("thread/read")

    def test_it_names_client_and_release(self, stranger, server):
        result = stranger.ask("initialize", {"clientInfo": CLIENT_INFO, "capabilities": None})

        assert result["userAgent"].startswith(f"probe/{server.version} (")
        assert result["userAgent"].endswith("(probe; 1)")

    def test_a_second_one_is_refused(self, server):
        client = Client(server)
        with pytest.raises(RpcError, match=r"^Already initialized$"):
            client.ask("initialize", {"clientInfo": CLIENT_INFO})
        with pytest.raises(RpcError, match="missing field `clientInfo`"):
            client.ask("initialize", {})

    def test_a_failed_one_may_be_repeated(self, stranger):
        with pytest.raises(
            RpcError, match=r"^Invalid clientInfo.name: 'bad\nname'. Must be a valid HTTP header value\.$"
        ):
            stranger.ask("initialize", {"clientInfo": {"name": "bad\nname", "version": "1"}})
        assert stranger.ask("initialize", {"clientInfo": CLIENT_INFO})["platformFamily"] == "unix"

    def test_only_initialized_clients_hear_anything(self, server, stranger):
        Client(server).ask("thread/start", {})

        assert stranger.take() == []

    def test_unwanted_notifications_do_not_come(self, server):
        client = Client(server, capabilities={"optOutNotificationMethods": ["thread/started", "item/*"]})
        thread = client.ask("thread/start", {})["thread"]["id"]
        client.ask("turn/start", {"threadId": thread, "input": [{"type": "text", "text": "hi"}]})

        methods = {message["method"] for message in client.take()}
        assert "thread/started" not in methods
        assert {"item/started", "turn/completed"} <= methods


class TestExperimental:
    """What is experimental needs the capability."""

    REFUSED = (
        ("thread/backgroundTerminals/list", {"threadId": "x"}, "thread/backgroundTerminals/list"),
        ("thread/start", {"dynamicTools": []}, "thread/start.dynamicTools"),
        ("thread/start", {"experimentalRawEvents": True}, "thread/start.experimentalRawEvents"),
        ("account/login/start", {"type": "chatgptAuthTokens", "accessToken": "a", "chatgptAccountId": "b"},
         "account/login/start.chatgptAuthTokens"),
        ("thread/start", {"approvalPolicy": {"granular": {"mcp_elicitations": True, "rules": True,
                                                          "sandbox_approval": True}}}, "askForApproval.granular"),
    )  # fmt: skip

    @pytest.mark.parametrize(("method", "params", "name"), REFUSED, ids=[name for *_, name in REFUSED])
    def test_it_is_refused_without(self, server, method, params, name):
        client = Client(server, experimental=False)

        with pytest.raises(RpcError, match=rf"^{name} requires experimentalApi capability$") as refused:
            client.ask(method, params)
        assert refused.value.code == -32600

    @pytest.mark.parametrize("params", [{"dynamicTools": None}, {"experimentalRawEvents": False}, {"unknown": 5}])
    def test_null_false_and_unknown_fields_use_nothing(self, server, params):
        client = Client(server, experimental=False)

        assert client.ask("thread/start", params)["thread"]["status"] == {"type": "idle"}

    def test_wrong_params_are_said_first(self, server):
        client = Client(server, experimental=False)

        with pytest.raises(RpcError, match=r"^Invalid request: missing field `threadId`$"):
            client.ask("thread/backgroundTerminals/list", {})


def test_notifications_are_stamped_since_0_150(app_server):
    for version, is_stamped in (("0.141.0", False), ("0.169.0", True)):
        client = Client(app_server(version=version))
        client.ask("thread/start", {})
        assert ["emittedAtMs" in message for message in client.take("thread/started")] == [is_stamped]
