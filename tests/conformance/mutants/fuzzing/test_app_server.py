"""App-servers that stumble over rare messages and rare orders: fuzzing finds each."""

import pytest

from codex_conformance.fuzzing import AppServerTrial, explore
from codex_conformance.probes import Unmet
from codex_conformance.suites.server.app_server._thread_life import HESITANT, ThreadLife
from codex_mockserver.app_server import AppServer


class Silent(AppServer):
    """Answers nothing to a request with a certain field."""

    field = ""

    def _request(self, connection, identifier, message):
        params = message.get("params")
        if not (isinstance(params, dict) and self.field in params):
            super()._request(connection, identifier, message)


class SilentAboutFolders(Silent):
    field = "cwd"


class SilentAboutLogins(Silent):
    field = "loginId"


class Confused(AppServer):
    """Answers nothing where it does not know the method."""

    def _request(self, connection, identifier, message):
        if message["method"] in self._methods:
            super()._request(connection, identifier, message)


class Talkative(AppServer):
    """Answers twice."""

    def _request(self, connection, identifier, message):
        super()._request(connection, identifier, message)
        if message["method"] == "model/list":
            super()._request(connection, identifier, message)


class Shapeless(AppServer):
    """Answers what the contract does not allow."""

    def _handle(self, call):
        result = super()._handle(call)
        return {"data": 5} if call.method == "model/list" else result


class Mortal(AppServer):
    """Dies of a line that is deeply nested."""

    def receive(self, connection, text):
        if text.count("[") > 400:
            self.exit_code = 139
        if self.exit_code is None:
            super().receive(connection, text)


class Forgetful(AppServer):
    """Lists archived threads as if they were not."""

    def _request(self, connection, identifier, message):
        if message["method"] == "thread/list":
            message["params"].pop("archived", None)
        super()._request(connection, identifier, message)


@pytest.mark.parametrize(
    ("make", "kind", "prefix"),
    [
        (SilentAboutFolders, "valid", "thread/"),
        (SilentAboutLogins, "valid", "account/"),
        (Talkative, "valid", "model/"),
        (Shapeless, "valid", "model/"),
        (Confused, "nearly_valid", "model/"),
        (Mortal, "hostile", ""),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_a_message_is_found(make, kind, prefix, app_servers_of, plenty):
    client = app_servers_of(make).client()
    known = {"threadId": [client.thread()]}
    trial = AppServerTrial(client, prefix=prefix, known=known, is_on_a_machine=False)
    with pytest.raises(Unmet):
        getattr(trial, f"try_{kind}")(plenty)


def test_an_order_is_found(app_servers_of, plenty, evidence):
    client = app_servers_of(Forgetful).client(HESITANT)
    with pytest.raises(Unmet, match=r"all threads of this kind|no others"):
        explore(lambda found: ThreadLife(found, client), plenty, evidence)


def test_what_reaches_the_machine_is_left_out_where_there_is_one(app_servers_of):
    client = app_servers_of(AppServer).client()
    all_of_them, harmless = (
        {form.name for form in AppServerTrial(client, known={}, is_on_a_machine=each).forms} for each in (False, True)
    )
    assert all_of_them - harmless >= {"command/exec", "fs/remove", "thread/shellCommand"}
    assert {"thread/start", "turn/start"} <= harmless < all_of_them
