import json

import httpx
import pytest

from codex_conformance.probes import Answer, Evidence, HttpProbe, Unmet
from codex_conformance.targets import Credentials, HttpTarget, Urls
from codex_mockserver import SyncBackend
from codex_mockserver.serving import serve_app
from codex_schemas import ContractError, Problem

BODY = {"model": "gpt-5.5", "input": "hello"}


@pytest.fixture(scope="module")
def mock():
    with SyncBackend() as backend:
        target = HttpTarget(Urls.under(backend.url), Credentials())
        yield target
        target.close()


@pytest.fixture
def probe(mock):
    with mock.world() as world:
        probe = HttpProbe(world, Evidence())
        yield probe
        probe.close()


def answering(status, body, content_type="application/json", length=None):
    """An application with one answer, which may break off before its length is reached."""

    async def app(_scope, receive, send):
        await receive()
        headers = [(b"content-type", content_type.encode()), (b"content-length", str(length or len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": length is not None})

    return app


def asking(app, operation="discovery", **call):
    """Ask an application for one operation, and return the answer with the evidence."""
    evidence = Evidence()
    with serve_app(app) as url:
        target = HttpTarget(Urls.under(url), Credentials(api_key="sk-any"))
        with target.world() as world:
            probe = HttpProbe(world, evidence)
            try:
                return probe.call(operation, **call), evidence
            finally:
                probe.close()
                target.close()


def test_each_world_is_its_own(mock) -> None:
    with mock.world() as first, mock.world() as second:
        assert first.urls.auth != second.urls.auth
        assert first.credentials().access_token != second.credentials().access_token


@pytest.mark.parametrize("face", ["api", "codex"])
def test_a_call_goes_to_the_face_with_its_credentials(probe, face) -> None:
    body = BODY if face == "api" else {**BODY, "input": [], "instructions": "", "store": False, "stream": True}

    answer = probe.call("createResponse", json=body, credentials=probe.account(), face=face)

    assert answer.status == 200
    assert probe.evidence.violations == []
    assert [step.sender for step in probe.evidence.steps] == ["suite", "target"]


def test_the_evidence_holds_no_secret(probe) -> None:
    account = probe.account()
    probe.call("createResponse", json=BODY, credentials=account, face="api")

    said = "".join(step.text for step in probe.evidence.steps)
    assert account.api_key not in said
    assert "hello" in said


def test_the_suite_keeps_to_the_contract_unless_it_says_so(probe) -> None:
    with pytest.raises(ContractError):
        probe.call("createResponse", json={"model": 7}, credentials=probe.account(), face="api")
    with pytest.raises(Problem, match="a body of"):
        probe.call("createResponse", credentials=probe.account(), face="api")

    assert (
        probe.call("createResponse", json={"model": 7}, credentials=probe.account(), face="api", misuse=True).status
        == 400
    )


def test_the_world_takes_scenarios_and_time(probe) -> None:
    probe.world.use_scenario("usage-insufficient-quota")
    before = probe.world.control("GET", "/clock")["now"]
    probe.world.advance(3600)

    assert probe.world.control("GET", "/clock")["now"] >= before + 3600
    assert probe.call("createResponse", json=BODY, credentials=probe.account(), face="api").status == 429


def test_an_answer_against_the_contract_is_kept_as_evidence() -> None:
    answer, evidence = asking(answering(200, b'{"issuer": 3}'))

    assert answer.status == 200
    assert {where for where, _ in evidence.violations} == {"discovery 200"}
    assert "/issuer" in {violation.path for _, violation in evidence.violations}


def test_an_answer_that_is_no_json_is_kept_too() -> None:
    _, evidence = asking(answering(200, b"{oops"))

    assert [violation.expected for _, violation in evidence.violations] == ["JSON"]


def test_a_stream_in_wrong_order_is_kept_too() -> None:
    events = b'data: {"type": "response.completed", "response": {}}\n\n'
    body = {"model": "m", "input": "x", "stream": True}

    _, evidence = asking(answering(200, events, "text/event-stream"), "createResponse", json=body, face="api")

    assert "stream order" in {violation.where for _, violation in evidence.violations}


def test_a_body_that_breaks_off_is_not_whole() -> None:
    answer, evidence = asking(answering(200, b'{"iss', length=100))

    assert not answer.is_whole
    assert evidence.violations == []


def test_no_answer_is_an_unmet_requirement() -> None:
    async def silent(_scope, _receive, _send):
        pass

    with serve_app(answering(200, b"{}")) as url:
        target = HttpTarget(Urls.under(url), Credentials())
        target.urls = target.urls.with_endpoints({"discovery": "http://127.0.0.1:9/"})
        with target.world() as world, pytest.raises(Unmet, match="an answer"):
            HttpProbe(world, Evidence()).call("discovery")
        target.close()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_events_are_read_whatever_ends_a_line(end) -> None:
    text = end.join(
        [": hello", "event: a", 'data: {"type":', 'data: "a"}', "", "data: [DONE]", "", 'data:{"type":"b"}', "", ""]
    )
    answer = Answer("GET /", httpx.Response(200, content=text.encode()))

    assert answer.events == [{"type": "a"}, {"type": "b"}]


def test_parts_of_an_answer() -> None:
    answer = Answer("GET /", httpx.Response(400, json={"error": {"code": "x"}}))

    assert answer.at("/error/code", str) == "x"
    assert answer.has("/error")
    assert not answer.has("/detail")
    with pytest.raises(Unmet, match="status 200 or 201"):
        answer.require_status(200, 201)
    assert json.loads(answer.text) == answer.json
