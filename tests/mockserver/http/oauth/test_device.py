"""Device login: what the device asks, what the person decides."""

from __future__ import annotations

import asyncio

import pytest

from codex_mockserver.world.signing import read_token
from codex_mockserver.world.tokens import CODEX_CLIENT_ID


async def begin(client):
    answer = await client.post("/api/accounts/deviceauth/usercode", json={"client_id": CODEX_CLIENT_ID})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def poll(client, device):
    body = {"device_auth_id": device["device_auth_id"], "user_code": device["user_code"]}
    return await client.post("/api/accounts/deviceauth/token", json=body)


async def decide(client, user_code, decision="approve", account="plus"):
    form = {"user_code": user_code, "account": account, "decision": decision}
    return await client.post("/codex/device", data=form)


async def redeem(client, collected, origin):
    return await client.token(
        grant_type="authorization_code",
        code=collected["authorization_code"],
        redirect_uri=f"{origin}/deviceauth/callback",
        code_verifier=collected["code_verifier"],
    )


def refused(answer, status, code):
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_the_interval_is_text_and_the_end_is_a_time(client, settings):
    settings.device_interval = 7
    device = await begin(client)

    assert device["interval"] == "7"
    assert device["expires_at"] == "2027-01-15T08:15:00Z"


@pytest.mark.parametrize(
    ("form", "written"),
    [("string", {"interval": "7"}), ("number", {"interval": 7}), ("absent", {})],
    ids=["string", "number", "absent"],
)
async def test_a_scenario_writes_the_interval_otherwise(client, settings, form, written):
    # The contract knows only the first of them.
    client.event_hooks = {}
    settings.device_interval, settings.device_interval_form = 7, form
    device = await begin(client)

    assert {name: value for name, value in device.items() if name == "interval"} == written


@pytest.mark.parametrize("key", ["user_code", "usercode"])
async def test_a_scenario_spells_the_user_code_one_way(client, settings, key):
    client.event_hooks = {}
    settings.device_code_key = key
    device = await begin(client)

    assert {name for name in device if "code" in name} == {key}
    assert (await decide(client, device[key])).status_code == 200


async def test_an_unknown_client_gets_no_code(client):
    answer = await client.post("/api/accounts/deviceauth/usercode", json={"client_id": "app_other"})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("status", [403, 404])
async def test_a_device_that_waits_gets_the_status_of_the_scenario(client, settings, status):
    settings.device_pending_status = status

    refused(await poll(client, await begin(client)), status, "deviceauth_authorization_pending")


@pytest.mark.parametrize("origin", ["own", "https://auth.openai.com"])
async def test_an_approved_device_logs_in(client, origin):
    client.base_url = "http://127.0.0.1:8765"
    device = await begin(client)
    page = await decide(client, device["user_code"], account="team")
    collected = (await poll(client, device)).json()
    answer = await redeem(client, collected, client.base_url if origin == "own" else origin)

    assert "Device connected" in page.text
    assert answer.status_code == 200
    assert read_token(answer.json()["id_token"])["email"] == "team@example.com"


async def test_a_code_of_a_device_does_not_work_for_another_redirect(client):
    device = await begin(client)
    await decide(client, device["user_code"])
    collected = (await poll(client, device)).json()
    answer = await redeem(client, collected, "http://evil.example")

    assert answer.json()["error"] == "invalid_grant"


async def test_of_concurrent_polls_one_collects(client):
    device = await begin(client)
    await decide(client, device["user_code"])
    answers = await asyncio.gather(*(poll(client, device) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7


async def test_a_declined_device_stops(client):
    device = await begin(client)
    page = await decide(client, device["user_code"], "deny")

    assert page.status_code == 200
    refused(await poll(client, device), 400, "authorization_declined")


async def test_a_device_that_nobody_approved_in_time_stops(client):
    device = await begin(client)
    client.world.clock.advance(15 * 60)

    refused(await poll(client, device), 400, "expired_token")


async def test_an_unknown_device_stops(client):
    refused(await poll(client, {"device_auth_id": "deviceauth_x", "user_code": "x"}), 400, "invalid_grant")


async def test_with_automatic_approval_the_first_poll_succeeds(client, settings):
    settings.auto_approve, settings.auto_approve_account = True, "pro"
    device = await begin(client)

    assert (await poll(client, device)).status_code == 200
    refused(await poll(client, device), 400, "invalid_grant")


async def test_a_wrong_code_keeps_what_was_typed_and_picked(client):
    picked = client.world.account("free").workspaces[0].id
    page = await decide(client, 'WRNG"<b>', account=picked)

    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert 'value="WRNG&quot;&lt;b&gt;"' in page.text
    assert f'value="{picked}" selected' in page.text


async def test_the_address_can_bring_the_code(client):
    page = await client.get("/codex/device", params={"user_code": "ABCD-EFGHJ"})

    assert 'value="ABCD-EFGHJ"' in page.text


async def test_an_account_without_codex_declines_the_device(client):
    client.world.account("plus").workspaces[0].codex_entitled = False
    device = await begin(client)
    page = await decide(client, device["user_code"])

    assert "missing_codex_entitlement" in page.text
    refused(await poll(client, device), 400, "authorization_declined")
