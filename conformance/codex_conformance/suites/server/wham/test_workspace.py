"""What a workspace tells and sets: messages, managed configuration, settings, notices, e-mails."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from codex_conformance.probes import HttpProbe, Unmet, at, require
from codex_conformance.suites.server.wham.asking import workspace

#: Seconds after which codex gives up messages.
_PATIENCE = 1.0

_POLICY = 'allowed_approval_policies = ["never"]\n'
_BUNDLE = {
    "config_toml": {"enterprise_managed": [{"id": "c1", "name": "Defaults", "contents": 'model = "gpt-5.5"\n'}]},
    "requirements_toml": {"enterprise_managed": [{"id": "r1", "name": "Policy", "contents": _POLICY}]},
}


@pytest.mark.codex("wham.messages.in-time")
def test_messages_come_before_codex_gives_up(http: HttpProbe) -> None:
    began = time.monotonic()
    answer = http.call("listWorkspaceMessages", credentials=http.account())
    took = time.monotonic() - began
    answer.require_status(200, 404)
    require(took < _PATIENCE, expected=f"an answer within {_PATIENCE:g} s", found=f"{took:.2f} s")


@pytest.mark.codex("wham.messages.shown")
def test_a_message_is_shown_as_it_is(http: HttpProbe) -> None:
    with workspace(http, "team") as record:
        message = {"id": "m1", "body": "Maintenance tonight.", "type": "headline", "created_at": 1_800_000_000.0}
        record["messages"] = [message | {"archived_at": None}]
    answer = http.call("listWorkspaceMessages", credentials=http.account("team")).require_status(200)
    found = answer.at("/messages/0", dict)
    said = tuple(found.get(each) for each in ("message_id", "message_type", "message_body", "created_at"))
    wanted = ("m1", "headline", "Maintenance tonight.", "2027-01-15T08:00:00Z")
    require(said == wanted, expected=str(wanted), found=found)


@pytest.mark.codex("wham.config.answered")
def test_the_managed_configuration_is_there_even_where_nothing_is_managed(http: HttpProbe) -> None:
    http.call("readConfigBundle", credentials=http.account()).require_status(200).at("", dict)


@pytest.mark.codex("wham.config.fragments-are-toml")
def test_every_fragment_is_toml(http: HttpProbe) -> None:
    _manage(http)
    answer = http.call("readConfigBundle", credentials=http.account("team")).require_status(200)
    fragments = list(_fragments(answer.json))
    require(len(fragments) == 2, expected="both managed fragments", found=answer.json)
    for fragment in fragments:
        _toml(at(fragment, "/contents", str))


@pytest.mark.codex("wham.config.requirements-alone")
def test_the_requirements_can_be_had_as_one_file(http: HttpProbe) -> None:
    _manage(http)
    answer = http.call("readConfigRequirements", credentials=http.account("team")).require_status(200)
    found = _toml(answer.at("/contents", str))
    require(found == tomllib.loads(_POLICY), expected=_POLICY, found=found)


@pytest.mark.codex("wham.settings.readable")
def test_the_settings_are_an_object(http: HttpProbe) -> None:
    http.call("readUserSettings", credentials=http.account()).require_status(200).at("", dict)


@pytest.mark.codex("wham.security-setup.link")
def test_a_notice_leads_to_the_vendor(http: HttpProbe) -> None:
    answer = http.call("readSecuritySetup", credentials=http.account()).require_status(200)
    notice = answer.at("/notice", (dict, type(None)))
    if notice is not None:
        _require_own_link(at(notice, "/action/url", str))


@pytest.mark.codex("wham.security-setup.shown")
def test_the_notice_of_a_workspace_is_shown(http: HttpProbe) -> None:
    link = {"label": "Set up", "url": "https://chatgpt.com/security"}
    notice = {"title": "A second factor", "description": "Your workspace asks for one.", "action": link}
    with workspace(http, "team") as record:
        record["security_notice"] = notice
    answer = http.call("readSecuritySetup", credentials=http.account("team")).require_status(200)
    require(answer.at("/notice") == notice, expected=str(notice), found=answer.json)


@pytest.mark.codex("wham.nudge.cooldown")
def test_a_second_e_mail_has_to_wait(http: HttpProbe) -> None:
    credentials, body = http.account("team"), {"credit_type": "credits"}
    http.call("sendNudgeEmail", json=body, credentials=credentials).require_status(200, 204)
    http.call("sendNudgeEmail", json=body, credentials=credentials).require_status(429)


@pytest.mark.codex("wham.nudge.unknown-type")
def test_an_e_mail_about_something_else_is_refused(http: HttpProbe) -> None:
    body = {"credit_type": "cash"}
    answer = http.call("sendNudgeEmail", json=body, credentials=http.account("team"), misuse=True)
    answer.require_status(400, 422)


def _manage(http: HttpProbe) -> None:
    with workspace(http, "team") as record:
        record["config_bundle"] = _BUNDLE


def _fragments(bundle: Any) -> Iterator[Any]:
    """Yield the fragments of a bundle, wherever they are."""
    if isinstance(bundle, dict):
        if "contents" in bundle:
            yield bundle
            return
        bundle = list(bundle.values())
    for part in bundle if isinstance(bundle, list) else []:
        yield from _fragments(part)


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unmet(expected="TOML", found=f"{error}: {text!r}") from None


def _require_own_link(url: str) -> None:
    parts = urlsplit(url)
    holds = parts.scheme == "https" and parts.netloc == "chatgpt.com"
    require(holds, expected="a link to https://chatgpt.com/ without user and port", found=url)
