"""Whether an app-server has a model that answers is found out by one turn."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from codex_conformance.app_servers import InProcessServer, Setup, has_model, scenario_of
from codex_conformance.targets import PRESENT, open_target, read_target
from codex_mockserver.model import load_scenario
from codex_mockserver.world import World
from codex_schemas import Problem

FOLDER = PurePosixPath("/home/user")
#: A port of this machine at which nobody listens: it is none that a server gets by itself.
NOBODY = "ws://127.0.0.1:1"

MODELS = {
    "answers": ({"say": [{"message": "Hello."}]}, True),
    "hesitates for an hour": ({"say": [{"message": "Hello."}], "pacing": {"first_token": 3600}}, False),
    "fails": ({"say": [], "end": {"failed": {"code": "server_error", "message": "failed"}}}, False),
}


def server_with(**setup):
    scenario = load_scenario(scenario_of(Setup(**setup), FOLDER))
    return InProcessServer("0.169.0", scenario, World(), FOLDER)


@pytest.mark.parametrize(("model", "is_there"), MODELS.values(), ids=MODELS)
def test_a_model_is_there_when_it_answers(model, is_there):
    assert has_model(server_with(model=[model])) is is_there


def test_a_server_that_starts_no_thread_has_no_model():
    assert not has_model(server_with(settings={"model_provider": "nobody"}))


def test_a_server_that_is_gone_has_no_model():
    class Gone:
        """A server whose connections take nothing."""

        def connect(self):
            return self

        def send(self, text):
            raise BrokenPipeError(text)

    assert not has_model(Gone())


@pytest.mark.parametrize(("option", "is_there"), [("declare", True), ("disable", False)])
def test_who_says_whether_there_is_a_model_is_not_asked(option, is_there):
    with open_target(read_target(NOBODY, **{option: frozenset({"app-server.model"})})) as target:
        assert (target.capabilities["app-server.model"] in PRESENT) is is_there


def test_a_server_that_is_not_there_is_told_at_once():
    with pytest.raises(Problem, match=NOBODY), open_target(read_target(NOBODY)):
        pass
