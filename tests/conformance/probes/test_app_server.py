import pytest

from codex_conformance.app_servers import Setup
from codex_conformance.probes import AppServerProbe, Evidence, Refused, Unmet
from codex_conformance.targets import open_target, read_target
from codex_schemas import ContractError
from codex_schemas.app_server import load


@pytest.fixture(scope="module")
def target():
    with open_target(read_target("mock")) as target:
        yield target


@pytest.fixture
def probe(target):
    with target.app_server(Setup()) as server:
        probe = AppServerProbe(server.connect(), load("0.169.0", experimental=True), Evidence())
        probe.handshake()
        yield probe


def test_a_turn_runs_to_its_end(probe) -> None:
    assert probe.turn(probe.thread())["status"] == "completed"
    assert len(probe.notifications("turn/started", "turn/completed")) == 2
    assert probe.evidence.violations == []


def test_a_refusal_is_an_unmet_requirement_where_a_result_is_due(probe) -> None:
    with pytest.raises(Refused) as caught:
        probe.ask("thread/read", {"threadId": "00000000-0000-0000-0000-000000000000"})

    assert isinstance(caught.value, Unmet)
    assert caught.value.code < 0


def test_a_result_is_an_unmet_requirement_where_a_refusal_is_due(probe) -> None:
    with pytest.raises(Unmet, match="an error"):
        probe.refusal("thread/start", {})


def test_the_suite_keeps_to_the_contract_unless_it_says_so(probe) -> None:
    with pytest.raises(ContractError):
        probe.request("thread/start", {"model": 3})

    assert "code" in probe.refusal("thread/start", {"model": 3})


def test_silence_is_an_unmet_requirement_and_says_what_came(probe) -> None:
    probe.thread()
    with pytest.raises(Unmet, match="thread/started, and then silence") as caught:
        probe.wait_for("turn/completed", within=1)

    assert caught.value.doing == "thread/start"


def test_what_is_waited_for_is_taken_once_and_in_any_order(probe) -> None:
    thread = probe.thread()
    probe.turn(thread)

    assert probe.wait_for("turn/started")["params"]["threadId"] == thread
    with pytest.raises(Unmet):
        probe.wait_for("turn/started", within=1)


def test_a_message_against_the_contract_is_kept_as_evidence(probe) -> None:
    probe._connection.inbox.append('{"method": "turn/started", "params": {}}')
    probe._connection.inbox.append("no message")
    probe.settle()

    assert {where for where, _ in probe.evidence.violations} == {"turn/started"}
    assert probe.noise == ["no message"]


def test_the_end_of_a_server_is_no_silence() -> None:
    with (
        open_target(read_target("command:cat /dev/null")) as target,
        target.app_server(Setup()) as server,
        pytest.raises(Unmet, match=r"the end of the connection|a server that reads"),
    ):
        AppServerProbe(server.connect(), load("0.169.0"), Evidence()).handshake()
