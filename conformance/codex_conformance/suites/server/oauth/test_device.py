"""Device login: the code for the person, the polls, and what an approval gives."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from codex_conformance.probes import Answer, HttpProbe, Unmet, require
from codex_conformance.suites.server.oauth.answers import in_short, require_one_winner, require_refusal, require_tokens
from codex_conformance.suites.server.oauth.logins import UNATTENDED, Code, Logins, at_once, challenge_of
from codex_conformance.targets import PRESENT, Target

_FIELDS = ("authorization_code", "code_challenge", "code_verifier")
#: How a client understands that nobody has decided yet.
_PENDING = (403, 404)
_LIFE = 15 * 60
_MANY = 8
#: Seconds that a server without a person may take to approve, and the longest pause between two polls meanwhile.
_PATIENCE = 60.0
_LONGEST_PAUSE = 5.0
#: By how much the end that a server tells may differ from its clock.
_TOLERANCE = timedelta(seconds=60)


def _without_dashes(code: str) -> str:
    return code.replace("-", "")


class _Device:
    """A device that logs in."""

    def __init__(self, http: HttpProbe, client_id: str) -> None:
        self._http = http
        self.answer = http.call("requestUserCode", json={"client_id": client_id}).require_status(200)
        self.id: str = self.answer.at("/device_auth_id", str)
        spelling = "/user_code" if self.answer.has("/user_code") else "/usercode"
        self.user_code: str = self.answer.at(spelling, str)

    def poll(self, user_code: str | None = None) -> Answer:
        """Ask whether it was approved."""
        body = {"device_auth_id": self.id, "user_code": user_code or self.user_code}
        return self._http.call("pollDeviceToken", json=body)

    @property
    def _pause(self) -> float:
        """The seconds between two polls, as the server wishes."""
        said = str(self.answer.json.get("interval", "1")).strip()
        return min(float(said), _LONGEST_PAUSE) if said.isdecimal() else _LONGEST_PAUSE

    def decide(self, decision: str, typed: str | None = None) -> Answer:
        """Decide as a person does on the page of our mock."""
        form = {"user_code": typed or self.user_code, "decision": decision, "account": "plus"}
        return self._http.call("submitDeviceCode", form=form)

    def polls(self, ask: Callable[[], Sequence[Answer]]) -> Sequence[Answer]:
        """Poll until an answer is not to wait, and return what came then; a server may take its time to approve."""
        deadline = time.monotonic() + _PATIENCE
        answers = ask()
        while all(each.status in _PENDING for each in answers) and time.monotonic() < deadline:
            time.sleep(self._pause)
            answers = ask()
        return answers

    def collect(self) -> Answer:
        """Poll until it is approved, at a server that does so without a person, and return that answer.

        Raises:
            Unmet: It never is.
        """
        (answer,) = self.polls(lambda: [self.poll()])
        return answer.require_status(200)

    def approved(self) -> Code:
        """Return the code that an approval gives.

        Raises:
            Unmet: It gives none.
        """
        answer = self.collect()
        redirect_uri = f"{self._http.world.urls.auth}/deviceauth/callback"
        return Code(answer.at("/authorization_code", str), answer.at("/code_verifier", str), redirect_uri)


@pytest.fixture
def undecided(http: HttpProbe, target: Target) -> frozenset[int]:
    """Return how a poll may end about which no person has decided; a server that needs none may have approved."""
    needs_nobody = http.world.control_url is None and target.capabilities["oauth.device-unattended"] in PRESENT
    return frozenset({*_PENDING, *((200,) if needs_nobody else ())})


@pytest.fixture
def device(http: HttpProbe, logins: Logins) -> _Device:
    """Return a device that has its code."""
    return _Device(http, logins.client_id)


@pytest.mark.codex("oauth.device.interval-text")
def test_the_interval_is_text(device: _Device) -> None:
    if not device.answer.has("/interval"):
        return
    found = device.answer.at("/interval")
    fine = isinstance(found, str) and found.strip().isdecimal()
    require(fine, expected='whole seconds as a text, such as "5", or no interval', found=found)


@pytest.mark.codex("oauth.device.code-typeable")
def test_the_code_can_be_typed(device: _Device) -> None:
    plain = _without_dashes(device.user_code)
    fine = plain.isascii() and plain.isalnum() and 6 <= len(plain) <= 12 and plain == plain.upper()
    require(fine, expected="6 to 12 capital letters and digits, perhaps with dashes", found=device.user_code)


@pytest.mark.codex("oauth.device.codes-differ")
def test_each_device_has_its_own_codes(http: HttpProbe, logins: Logins, device: _Device) -> None:
    others = [_Device(http, logins.client_id) for _ in range(3)]
    codes = {(each.id, each.user_code) for each in (device, *others)}
    apart = len({each[0] for each in codes}) == len({each[1] for each in codes}) == 4
    require(apart, expected="four ids and four codes", found=f"{len(codes)} pairs")


@pytest.mark.codex("oauth.device.expires-at")
def test_the_end_is_told(device: _Device) -> None:
    require(device.answer.has("/expires_at"), expected="expires_at", found=device.answer.text)


@pytest.mark.codex("oauth.device.unknown-client")
def test_an_unknown_client_gets_no_code(http: HttpProbe) -> None:
    answer = http.call("requestUserCode", json={"client_id": "app_nobody"})
    require_refusal(answer, "a client that is not registered")
    require(answer.status != 404, expected="another status than 404", found="404, which means: no device login here")


@pytest.mark.codex("oauth.device.pending")
def test_a_device_that_nobody_approved_waits(device: _Device, undecided: frozenset[int]) -> None:
    device.poll().require_status(*sorted(undecided))


@pytest.mark.codex("oauth.device.pending-code")
def test_waiting_has_a_code(device: _Device, undecided: frozenset[int]) -> None:
    answer = device.poll()
    if answer.status in undecided - set(_PENDING):
        pytest.skip("not declared: a device login that waits")
    found = in_short(answer)
    wanted = "403 deviceauth_authorization_pending"
    require(found == wanted, expected=wanted, found=found)


@pytest.mark.codex("oauth.device.polls-at-once")
def test_fast_polls_do_not_end_a_login(device: _Device, undecided: frozenset[int]) -> None:
    statuses: list[int] = []
    while len(statuses) < _MANY and 200 not in statuses:
        statuses.append(device.poll().status)
    require(undecided.issuperset(statuses), expected=f"{_MANY} polls that are told to wait", found=statuses)


@pytest.mark.codex("oauth.device.unknown-device")
def test_an_unknown_device_gets_nothing(http: HttpProbe) -> None:
    body = {"device_auth_id": "deviceauth_never_issued", "user_code": "AAAA-AAAA"}
    require_refusal(http.call("pollDeviceToken", json=body), "a device that is not known")


@pytest.mark.codex("oauth.device.wrong-user-code", scenario=UNATTENDED)
def test_the_id_alone_gives_nothing(device: _Device) -> None:
    require_refusal(device.poll("WRON-GONE"), "the id of a device with another user code")


@pytest.mark.codex("oauth.device.approved", scenario=UNATTENDED)
def test_an_approval_gives_a_code_and_its_verifier(device: _Device) -> None:
    answer = device.collect()
    missing = [name for name in _FIELDS if not answer.has(f"/{name}")]
    require(not missing, expected=", ".join(_FIELDS), found=f"no {', '.join(missing)}")


@pytest.mark.codex("oauth.device.pkce-pair", scenario=UNATTENDED)
def test_challenge_and_verifier_fit(device: _Device) -> None:
    answer = device.collect()
    wanted = challenge_of(answer.at("/code_verifier", str))
    found = answer.at("/code_challenge", str)
    require(found == wanted, expected=f"the S256 challenge {wanted} of the verifier", found=found)


@pytest.mark.codex("oauth.device.exchange", scenario=UNATTENDED)
def test_the_code_gives_all_tokens(logins: Logins, device: _Device) -> None:
    require_tokens(logins.redeem(device.approved()))


@pytest.mark.codex("oauth.device.collected-once", scenario=UNATTENDED)
def test_an_approval_is_collected_once(device: _Device) -> None:
    device.collect()
    again = require_refusal(device.poll(), "a poll after the code was collected")
    require(again.status not in _PENDING, expected="a status that ends the polling", found=again.status)


@pytest.mark.codex("oauth.device.collected-race", scenario=UNATTENDED)
def test_of_concurrent_polls_one_collects(device: _Device) -> None:
    require_one_winner(device.polls(lambda: at_once(device.poll)), "polls of one device")


@pytest.mark.codex("oauth.device.code-single-use", scenario=UNATTENDED)
def test_the_code_works_once(logins: Logins, device: _Device) -> None:
    code = device.approved()
    logins.redeem(code).require_status(200)
    require_refusal(logins.redeem(code), "the code of a device that was redeemed")


@pytest.mark.codex("oauth.device.code-bound", scenario=UNATTENDED)
def test_the_code_is_bound_to_the_device_redirect(logins: Logins, device: _Device) -> None:
    answer = logins.redeem(device.approved(), redirect_uri="http://localhost:1455/auth/callback")
    require_refusal(answer, "the code of a device at the redirect URI of a browser login")


@pytest.mark.codex("oauth.device.person-approves", scenario=UNATTENDED, needs=("oauth.device-unattended",))
def test_a_device_that_waits_gets_its_login(logins: Logins, device: _Device) -> None:
    tokens = logins.redeem(device.approved()).require_status(200)
    logins.refreshed(tokens.at("/refresh_token", str))


@pytest.mark.codex("oauth.device.person-approves", needs=("control",))
def test_a_person_approves(logins: Logins, device: _Device) -> None:
    device.poll().require_status(*_PENDING)
    device.decide("approve").require_status(200)
    logins.redeem(device.approved()).require_status(200)


@pytest.mark.codex("oauth.device.typed-loosely")
@pytest.mark.parametrize("typed", [str.lower, _without_dashes], ids=["in small letters", "without dashes"])
def test_the_code_may_be_typed_loosely(device: _Device, typed: Callable[[str], str]) -> None:
    device.decide("approve", typed(device.user_code)).require_status(200)
    device.poll().require_status(200)


@pytest.mark.codex("oauth.device.denied")
def test_a_denial_ends_the_polling(device: _Device) -> None:
    device.decide("deny").require_status(200)
    answer = require_refusal(device.poll(), "a device that a person declined")
    require(answer.status not in _PENDING, expected="a status other than 403 and 404", found=answer.status)


@pytest.mark.codex("oauth.device.expires")
def test_a_code_lives_fifteen_minutes(http: HttpProbe, device: _Device) -> None:
    http.world.advance(_LIFE + 1)
    device.decide("approve")
    answer = require_refusal(device.poll(), "a device code after 15 minutes")
    require(answer.status not in _PENDING, expected="a status other than 403 and 404", found=answer.status)


@pytest.mark.codex("oauth.device.life-long-enough")
def test_no_earlier_end_is_told(device: _Device) -> None:
    if not device.answer.has("/expires_at"):
        return
    told = device.answer.at("/expires_at", str)
    earliest = _clock(device.answer) + timedelta(seconds=_LIFE) - _TOLERANCE
    require(_moment(told) >= earliest, expected=f"expires_at not before {earliest.isoformat()}", found=told)


@pytest.mark.codex("oauth.device.life-long-enough", needs=("control",))
def test_a_code_lives_as_long_as_the_client_waits(http: HttpProbe, device: _Device) -> None:
    http.world.advance(_LIFE - 5)
    device.decide("approve").require_status(200)
    device.poll().require_status(200)


def _clock(answer: Answer) -> datetime:
    """Return the time of the server; ours where it tells none."""
    date = answer.headers.get("date")
    return parsedate_to_datetime(date) if date else datetime.now(UTC)


def _moment(text: str) -> datetime:
    """Return the moment that a text of ISO 8601 names.

    Raises:
        Unmet: It names none.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Unmet(expected="a moment such as 2026-01-01T00:15:00Z", found=text) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
