"""Faults around the work of a call: before it, after it, and in the place of it."""

from __future__ import annotations

import json
import logging
import ssl
import subprocess
import sys

import httpx
import pytest

from codex_mockserver import Backend
from codex_mockserver.world.tokens import CODEX_CLIENT_ID, issue_tokens
from codex_schemas import Problem

USAGE = "/backend-api/wham/usage"


async def usage(backend: Backend, account: str = "plus", **options) -> httpx.Response:
    token = backend.world.account(account).personal_access_token
    headers = {"authorization": f"Bearer {token}", **options.pop("headers", {})}
    async with httpx.AsyncClient(base_url=backend.url) as client:
        return await client.get(USAGE, headers=headers, **options)


async def refresh(backend: Backend, token: str, **more: str) -> httpx.Response:
    body = {"client_id": CODEX_CLIENT_ID, "grant_type": "refresh_token", "refresh_token": token, **more}
    async with httpx.AsyncClient(base_url=backend.url) as client:
        return await client.post("/oauth/token", json=body)


@pytest.mark.parametrize(
    ("kind", "ending"), [("cut", "closed"), ("reset", "reset"), ("half_close", "closed")], ids=lambda kind: kind
)
@pytest.mark.parametrize("place", ["request", "answer"])
async def test_a_connection_breaks_before_the_headers(served, asking, kind, ending, place) -> None:
    async with served({"on": "createResponse", "at": place, kind: True}) as backend:
        async with asking(backend) as client:
            assert await client.read_rest() == (b"", ending)
        async with asking(backend) as client:
            assert (await client.read_head()).startswith(b"HTTP/1.1 200")
            await client.read_rest()
        first, _ = backend.journal

    assert first.status is None
    assert first.faults == [f"faults[0]: {kind} at {place}"]


@pytest.mark.parametrize(("place", "is_done"), [("request", False), ("answer", True)])
async def test_the_place_decides_whether_the_work_is_done(served, place: str, is_done) -> None:
    """An answer that is lost after the work leaves a client with a refresh token that was used."""
    async with served({"on": "exchangeToken", "at": place, "cut": True}) as backend:
        token = issue_tokens(backend.world, "plus").refresh_token
        with pytest.raises(httpx.RemoteProtocolError):
            await refresh(backend, token)
        again = await refresh(backend, token)

    assert again.status_code == (401 if is_done else 200)
    assert ("refresh_token_reused" in again.text) == is_done


async def test_an_answer_takes_the_place_of_the_real_one(served) -> None:
    answer = {"status": 503, "body": {"error": {"code": "slow_down"}}, "headers": {"Retry-After": "7"}}
    async with served({"on": "readUsage", "name": "busy", "times": 2, "answer": answer}) as backend:
        answers = [await usage(backend) for _ in range(3)]
        exchanges = list(backend.journal)

    assert [each.status_code for each in answers] == [503, 503, 200]
    assert answers[0].json() == {"error": {"code": "slow_down"}}
    assert answers[0].headers["retry-after"] == "7"
    assert [each.faults for each in exchanges] == [["busy: answer at request"]] * 2 + [[]]


async def test_text_is_answered_as_it_is(served) -> None:
    answer = {"status": 502, "body": "<html>", "headers": {"content-type": "text/html"}}
    async with served({"on": "readUsage", "answer": answer}) as backend:
        broken = await usage(backend)

    assert (broken.text, broken.headers["content-type"]) == ("<html>", "text/html")


@pytest.mark.parametrize("place", ["request", "answer"])
async def test_a_gate_holds_a_call(served, asking, place: str) -> None:
    async with served({"on": "createResponse", "at": place, "hold": "door"}) as backend, asking(backend) as client:
        await backend.wait_at("door")
        (exchange,) = backend.journal
        assert exchange.status is None
        assert bool(backend.world.state.responses) == (place == "answer")
        backend.gates.open("door")
        assert (await client.read_head()).startswith(b"HTTP/1.1 200")
        await client.read_rest()


async def test_an_open_gate_lets_pass_until_it_is_closed(served, asking) -> None:
    async with served({"on": "createResponse", "times": None, "hold": "door"}) as backend:
        backend.gates.open("door")
        async with asking(backend) as client:
            assert (await client.read_head()).startswith(b"HTTP/1.1 200")
            await client.read_rest()
        backend.gates.close("door")
        async with asking(backend):
            await backend.wait_at("door")


async def test_a_delay_passes(served) -> None:
    async with served({"on": "readUsage", "delay": 0.01}) as backend:
        assert (await usage(backend)).status_code == 200


@pytest.mark.parametrize(
    "kind", [{"delay": 1000}, {"hold": "never"}, {"half_close": True}], ids=lambda kind: next(iter(kind))
)
@pytest.mark.parametrize("place", ["request", "answer"])
async def test_a_client_that_leaves_a_waiting_call_frees_everything(
    served, asking, has_struck, all_is_freed, kind, place
) -> None:
    async with served({"on": "createResponse", "at": place, **kind}) as backend:
        async with asking(backend):
            await has_struck(backend)
        await all_is_freed(backend)


async def test_faults_strike_together_in_the_order_of_the_scenario(served) -> None:
    faults = (
        {"on": "readUsage", "delay": 0},
        {"on": "readUsage", "answer": {"status": 500}},
        {"on": "readUsage", "answer": {"status": 501}},
    )
    async with served(*faults) as backend:
        answers = [(await usage(backend)).status_code for _ in range(2)]
        first, _ = backend.journal

    assert answers == [500, 200]
    assert first.faults == ["faults[0]: delay at request", "faults[1]: answer at request"]


SUBJECTS = {
    "an operation": ("readUsage", True),
    "a list": (["createTask", "readUsage"], True),
    "its surface": ({"surface": "wham"}, True),
    "all": ("all", True),
    "another operation": ("createTask", False),
    "another surface": ({"surface": "oauth"}, False),
}


@pytest.mark.parametrize(("on", "strikes"), SUBJECTS.values(), ids=SUBJECTS)
async def test_a_fault_strikes_what_it_names(served, on, strikes) -> None:
    async with served({"on": on, "answer": {"status": 500}}) as backend:
        assert (await usage(backend)).status_code == (500 if strikes else 200)


MATCHES = {
    "method": ({"method": "GET"}, True),
    "other method": ({"method": "POST"}, False),
    "header": ({"header": {"X-Test": "^a"}}, True),
    "other header": ({"header": {"x-test": "^b"}}, False),
    "absent header": ({"header": {"x-none": None}}, True),
    "present header": ({"header": {"x-test": None}}, False),
    "query": ({"query": {"page": "2"}}, True),
    "other query": ({"query": {"page": "3"}}, False),
    "missing query": ({"query": {"size": "3"}}, False),
    "account": ({"account": "plus"}, True),
    "other account": ({"account": "team"}, False),
    "two of two": ({"account": "plus", "query": {"page": "2"}}, True),
    "one of two": ({"account": "team", "query": {"page": "2"}}, False),
    "body of a call without one": ({"body": {"/a": 1}}, False),
}


@pytest.mark.parametrize(("when", "strikes"), MATCHES.values(), ids=MATCHES)
async def test_a_fault_strikes_the_calls_that_match(served, when, strikes) -> None:
    async with served({"on": "readUsage", "when": when, "answer": {"status": 500}}) as backend:
        answer = await usage(backend, headers={"x-test": "abc"}, params={"page": "2"})

    assert answer.status_code == (500 if strikes else 200)


@pytest.mark.parametrize(
    ("pointers", "strikes"),
    [({"/grant_type": "refresh_token"}, True), ({"/grant_type": "x"}, False), ({"/a~1b": "c"}, True)],
    ids=["same", "other", "escaped"],
)
async def test_a_fault_matches_the_body_by_pointers(served, pointers, strikes) -> None:
    async with served({"on": "exchangeToken", "when": {"body": pointers}, "answer": {"status": 500}}) as backend:
        answer = await refresh(backend, "rt", **{"a/b": "c"})

    assert (answer.status_code == 500) == strikes


async def test_a_fault_matches_a_form_too(served) -> None:
    fault = {"on": "exchangeToken", "when": {"body": {"/grant_type": "refresh_token"}}, "answer": {"status": 500}}
    async with served(fault) as backend, httpx.AsyncClient(base_url=backend.url) as client:
        answer = await client.post("/oauth/token", data={"grant_type": "refresh_token"})

    assert answer.status_code == 500


async def test_a_parameter_of_the_path_is_matched(served) -> None:
    fault = {"on": "retrieveModel", "when": {"path": {"model": r"5\.4$"}}, "answer": {"status": 500}}
    async with served(fault) as backend:
        headers = {"authorization": f"Bearer {backend.world.account('plus').api_key}"}
        async with httpx.AsyncClient(base_url=backend.url, headers=headers) as client:
            answers = [(await client.get(f"/v1/models/{slug}")).status_code for slug in ("gpt-5.5", "gpt-5.4")]

    assert answers == [200, 500]


async def test_only_matching_calls_are_counted(served) -> None:
    fault = {"on": "readUsage", "after": 1, "when": {"account": "team"}, "answer": {"status": 500}}
    async with served(fault) as backend:
        answers = [(await usage(backend, account)).status_code for account in ("team", "plus", "plus", "team", "team")]

    assert answers == [200, 200, 200, 500, 200]


@pytest.mark.parametrize(
    ("counts", "struck"),
    [
        ({}, [0]),
        ({"after": 2}, [2]),
        ({"times": 3}, [0, 1, 2]),
        ({"times": None, "after": 3}, [3, 4, 5]),
        ({"every": 2, "times": None}, [0, 2, 4]),
        ({"every": 2, "times": 2, "after": 1}, [1, 3]),
    ],
    ids=["once", "after", "times", "from then on", "every", "all three"],
)
async def test_a_fault_strikes_by_count(served, counts, struck) -> None:
    async with served({"on": "readUsage", "answer": {"status": 500}, **counts}) as backend:
        answers = [(await usage(backend)).status_code for _ in range(6)]

    assert [number for number, status in enumerate(answers) if status == 500] == struck


async def test_a_refusal_can_be_lost_too(served) -> None:
    async with served({"on": "readUsage", "at": "answer", "cut": True}) as backend:
        with pytest.raises(httpx.RemoteProtocolError):
            await usage(backend, headers={"authorization": "Bearer wrong"})


async def test_a_stream_fault_on_an_answer_that_is_no_stream_is_told(served, asking) -> None:
    fault = {"on": "createResponse", "at": 3, "cut": True}
    async with served(fault) as backend, asking(backend, stream=False) as client:
        await client.read_head()
        body, _ = await client.read_rest()
        (exchange,) = backend.journal

    assert json.loads(body)["status"] == "completed"
    assert exchange.near_miss == "there was no such place for faults[0]: cut at event 3"


CHAOS = {"seed": 7, "rate": 0.5, "faults": [{"on": "readUsage", "answer": {"status": status}} for status in (500, 503)]}


async def struck_by(served, chaos) -> tuple[list[int], list[str]]:
    async with served(chaos=chaos) as backend:
        answers = [(await usage(backend)).status_code for _ in range(20)]
        return answers, [report for exchange in backend.journal for report in exchange.faults]


async def test_chaos_is_the_same_for_the_same_seed(served, caplog) -> None:
    with caplog.at_level(logging.WARNING, "codex_mockserver"):
        first = await struck_by(served, CHAOS)
        second = await struck_by(served, CHAOS)
        other = await struck_by(served, {**CHAOS, "seed": 8})

    assert first == second
    assert first != other
    assert set(first[0]) == {200, 500, 503}
    assert "(seed 7, roll " in first[1][0]
    assert caplog.messages[0] == "chaos: seed 7, rate 0.5"


def test_chaos_is_said_on_stderr() -> None:
    code = f"from codex_mockserver import *; create_app(script=Script(load_scenario({ {'chaos': CHAOS} })))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stderr == "chaos: seed 7, rate 0.5\n"


@pytest.mark.parametrize(("rate", "statuses"), [(0, {200}), (1, {500, 503})])
async def test_the_rate_of_chaos_goes_from_never_to_always(served, rate: int, statuses) -> None:
    answers, _ = await struck_by(served, {**CHAOS, "rate": rate})

    assert set(answers) == statuses


async def test_a_scenario_is_swapped_from_its_first_step_on(served) -> None:
    fault = {"on": "readUsage", "answer": {"status": 500}}
    async with served(fault) as backend:
        before = [(await usage(backend)).status_code for _ in range(2)]
        backend.use_scenario({"faults": [fault], "accounts": {"plus": {"plan": "pro"}}})
        after = [await usage(backend) for _ in range(2)]

    assert before == [500, 200]
    assert [answer.status_code for answer in after] == [500, 200]
    assert after[1].json()["plan_type"] == "pro"


async def test_a_scenario_that_is_none_leaves_the_present_one(served) -> None:
    async with served({"on": "readUsage", "answer": {"status": 500}}) as backend:
        with pytest.raises(Problem, match="Write readUsage"):
            backend.use_scenario({"faults": [{"on": "readUsages"}]})

        assert (await usage(backend)).status_code == 500


@pytest.mark.parametrize(("kind", "error"), [("reset", httpx.ReadError), ("cut", httpx.RemoteProtocolError)])
async def test_a_connection_breaks_over_tls_too(kind, error) -> None:
    scenario = {"faults": [{"on": "jwks", kind: True}]}
    async with Backend(scenario=scenario, tls=True) as backend:
        trust = ssl.create_default_context(cafile=str(backend.ca_file))
        async with httpx.AsyncClient(base_url=backend.https_url, verify=trust) as client:
            with pytest.raises(error):
                await client.get("/.well-known/jwks.json")

            assert (await client.get("/.well-known/jwks.json")).status_code == 200
