"""Device codes: a device shows a code, a person types it elsewhere, the device polls."""

from __future__ import annotations

from codex_mockserver.world._state import DeviceCode
from codex_mockserver.world._transitions import advance, can
from codex_mockserver.world._world import World
from codex_mockserver.world.authorization_codes import CODE_LIFE, challenge_of, issue_code
from codex_mockserver.world.logins import AccessDenied, choose
from codex_mockserver.world.tokens import CODEX_SCOPE, ISSUER, GrantRejected

__all__ = [
    "DEVICE_REDIRECT_PATH",
    "DEVICE_REDIRECT_URI",
    "AuthorizationPending",
    "UnknownUserCode",
    "approve_device",
    "begin_device_login",
    "deny_device",
    "poll_device",
    "waiting_device",
]

#: Seconds that a device code lives.
DEVICE_CODE_LIFE = 15 * 60
DEVICE_REDIRECT_PATH = "/deviceauth/callback"
#: The redirect URI to which the authorization code of a device is bound.
DEVICE_REDIRECT_URI = ISSUER + DEVICE_REDIRECT_PATH

#: How many wrong codes people may type in how many seconds, all together.
MISSES_ALLOWED = 20
MISSES_WINDOW = 15 * 60


class AuthorizationPending(Exception):  # noqa: N818 (an answer of the protocol, not a fault of the program)
    """Nobody has decided yet; the device polls again."""


class UnknownUserCode(Exception):  # noqa: N818 (an answer of the protocol, not a fault of the program)
    """No device waits for this code, or too many wrong codes were typed; the text says which."""


def begin_device_login(world: World, client_id: str) -> DeviceCode:
    """Return a new device code that waits for a person."""
    device = DeviceCode(
        id=world.ids.new("deviceauth_", 32),
        user_code=world.ids.user_code(),
        client_id=client_id,
        created_at=world.now(),
        expires_at=world.now() + DEVICE_CODE_LIFE,
    )
    world.remember(world.state.device_codes, device.id, device)
    return device


def poll_device(world: World, device_id: str, user_code: str, *, auto_approve: str | None = None) -> DeviceCode:
    """Return the approved device code with its authorization code and PKCE pair, exactly once.

    Args:
        world: The world.
        device_id: What :func:`begin_device_login` gave.
        user_code: The code that belongs to it.
        auto_approve: An account that approves at this poll, without a person.

    Raises:
        AuthorizationPending: Nobody has decided yet.
        GrantRejected: authorization_declined, expired_token, or invalid_grant for a code that is
            not known or was collected before.
    """
    device = world.state.device_codes.get(device_id)
    if device is None or _plain(device.user_code) != _plain(user_code):
        raise GrantRejected("invalid_grant", "The device code is not known.")
    _expire_in_time(world, device)
    if device.status == "pending" and auto_approve is not None:
        _try_to_approve(world, device, auto_approve)
    if device.status == "pending":
        raise AuthorizationPending
    if device.status != "approved":
        raise GrantRejected(*_ENDED[device.status])
    device.status = advance("device_code", device.status, "collect")
    # The code's ten minutes run from here: the device did not have it before.
    if code := world.state.authorization_codes.get(device.authorization_code or ""):
        code.expires_at = world.now() + CODE_LIFE
    return device


#: What a device is told about a code that is over, by its state.
_ENDED = {
    "collected": ("invalid_grant", "The device code was already used; start the login again."),
    "denied": ("authorization_declined", "The person declined the login."),
    "expired": ("expired_token", "The device code has expired; start the login again."),
}


def waiting_device(world: World, typed: str) -> DeviceCode:
    """Return the device that waits for the code a person typed; case, blanks and dashes do not matter.

    Raises:
        UnknownUserCode: No device waits for it, or too many wrong codes were typed lately.
    """
    earliest = world.now() - MISSES_WINDOW
    misses = [moment for moment in world.state.user_code_misses if moment > earliest]
    if len(misses) >= MISSES_ALLOWED:
        raise UnknownUserCode("Too many wrong codes were typed. Wait some minutes and try again.")
    for device in world.state.device_codes.values():
        _expire_in_time(world, device)
        if device.status == "pending" and _plain(device.user_code) == _plain(typed):
            return device
    world.state.user_code_misses = [*misses, world.now()]
    raise UnknownUserCode("No device waits for this code. Check it, or start again on the device.")


def approve_device(world: World, device: DeviceCode, picked: str) -> None:
    """Approve with the account that was picked.

    Raises:
        AccessDenied: The account may not be used, which denies the device.
    """
    try:
        choice = choose(world, picked)
        choice.demand_entitlement()
    except AccessDenied:
        deny_device(device)
        raise
    device.status = advance("device_code", device.status, "approve")
    device.code_verifier = world.ids.secret()
    device.code_challenge = challenge_of(device.code_verifier)
    device.authorization_code = issue_code(
        world,
        account=choice.account.name,
        workspace=choice.workspace.id,
        client_id=device.client_id,
        redirect_uri=DEVICE_REDIRECT_URI,
        scope=CODEX_SCOPE,
        code_challenge=device.code_challenge,
    )


def deny_device(device: DeviceCode) -> None:
    """Decline the login of the device."""
    device.status = advance("device_code", device.status, "deny")


def _try_to_approve(world: World, device: DeviceCode, account: str) -> None:
    try:
        approve_device(world, device, account)
    except AccessDenied:
        return


def _expire_in_time(world: World, device: DeviceCode) -> None:
    if can("device_code", device.status, "expire") and world.now() >= device.expires_at:
        device.status = advance("device_code", device.status, "expire")


def _plain(user_code: str) -> str:
    return "".join(character for character in user_code if character.isalnum()).upper()
