"""Device codes: typed by people, polled by devices, collected once."""

from __future__ import annotations

import pytest

from codex_mockserver.world import Clock, World
from codex_mockserver.world.authorization_codes import challenge_of, redeem_code
from codex_mockserver.world.device_codes import (
    DEVICE_REDIRECT_URI,
    AuthorizationPending,
    UnknownUserCode,
    approve_device,
    begin_device_login,
    deny_device,
    poll_device,
    waiting_device,
)
from codex_mockserver.world.logins import AccessDenied
from codex_mockserver.world.tokens import CODEX_CLIENT_ID, GrantRejected


@pytest.fixture
def world():
    return World(seed=1, clock=Clock(frozen_at=1_800_000_000))


@pytest.fixture
def device(world):
    return begin_device_login(world, CODEX_CLIENT_ID)


def refusal(world, device, user_code=None):
    with pytest.raises(GrantRejected) as refused:
        poll_device(world, device.id, user_code or device.user_code)
    return refused.value.code


def test_a_device_waits_until_somebody_decides(world, device):
    for _ in range(3):
        with pytest.raises(AuthorizationPending):
            poll_device(world, device.id, device.user_code)


def test_an_approved_device_gets_a_code_that_its_own_verifier_redeems(world, device):
    approve_device(world, device, "pro")
    collected = poll_device(world, device.id, device.user_code)
    tokens = redeem_code(
        world,
        collected.authorization_code,
        client_id=CODEX_CLIENT_ID,
        redirect_uri=DEVICE_REDIRECT_URI,
        verifier=collected.code_verifier,
    )

    assert collected.code_challenge == challenge_of(collected.code_verifier)
    assert tokens.account_id == world.account("pro").workspaces[0].id


def test_an_approval_is_collected_once(world, device):
    approve_device(world, device, "plus")
    poll_device(world, device.id, device.user_code)

    assert refusal(world, device) == "invalid_grant"


def test_the_ten_minutes_of_the_code_run_from_its_collection(world, device):
    approve_device(world, device, "plus")
    world.clock.advance(14 * 60)
    collected = poll_device(world, device.id, device.user_code)
    world.clock.advance(9 * 60)

    assert redeem_code(
        world,
        collected.authorization_code,
        client_id=CODEX_CLIENT_ID,
        redirect_uri=DEVICE_REDIRECT_URI,
        verifier=collected.code_verifier,
    )


def test_a_declined_device_is_told_so(world, device):
    deny_device(device)

    assert refusal(world, device) == "authorization_declined"


@pytest.mark.parametrize("approved", [False, True], ids=["pending", "approved"])
def test_a_device_code_is_over_after_fifteen_minutes(world, device, approved):
    if approved:
        approve_device(world, device, "plus")
    world.clock.advance(15 * 60)

    assert refusal(world, device) == "expired_token"
    with pytest.raises(UnknownUserCode):
        waiting_device(world, device.user_code)


def test_an_unknown_device_or_a_wrong_code_is_refused_and_not_pending(world, device):
    assert refusal(world, device, "WRNG-WRNGG") == "invalid_grant"
    with pytest.raises(GrantRejected, match="invalid_grant"):
        poll_device(world, "deviceauth_unknown", device.user_code)


@pytest.mark.parametrize(
    "typed",
    [
        str,
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: f"  {' '.join(code)}\t",
    ],
    ids=["as shown", "lower case", "no dash", "blank for dash", "blanks"],
)
def test_people_may_type_the_code_their_way(world, device, typed):
    assert waiting_device(world, typed(device.user_code)) is device


@pytest.mark.parametrize("typed", ["", "-", "WRNG-WRNGG", "\0", "٣"])
def test_a_wrong_code_finds_no_device(world, device, typed):
    with pytest.raises(UnknownUserCode, match="No device waits"):
        waiting_device(world, typed)


def test_guessing_is_bounded_for_a_while(world, device):
    for _ in range(20):
        with pytest.raises(UnknownUserCode, match="No device waits"):
            waiting_device(world, "WRNG-WRNGG")
    with pytest.raises(UnknownUserCode, match="Too many"):
        waiting_device(world, device.user_code)

    world.clock.advance(15 * 60)
    later = begin_device_login(world, CODEX_CLIENT_ID)
    assert waiting_device(world, later.user_code) is later


def test_a_decided_device_cannot_be_decided_again(world, device):
    approve_device(world, device, "plus")
    with pytest.raises(UnknownUserCode):
        waiting_device(world, device.user_code)


def test_an_account_without_codex_declines_the_device(world, device):
    world.account("plus").workspaces[0].codex_entitled = False
    with pytest.raises(AccessDenied, match="missing_codex_entitlement"):
        approve_device(world, device, "plus")

    assert refusal(world, device) == "authorization_declined"


def test_a_device_can_be_approved_at_its_first_poll(world, device):
    collected = poll_device(world, device.id, device.user_code, auto_approve="free")

    assert world.state.authorization_codes[collected.authorization_code].account == "free"


def test_automatic_approval_respects_entitlement(world, device):
    world.account("plus").workspaces[0].codex_entitled = False
    with pytest.raises(GrantRejected, match="authorization_declined"):
        poll_device(world, device.id, device.user_code, auto_approve="plus")
