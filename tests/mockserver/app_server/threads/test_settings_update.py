"""``thread/settings/update``: what the next turns run with."""

from __future__ import annotations

import pytest


def settings(thread):
    (told,) = thread.client.take("thread/settings/updated")
    return told["params"]["threadSettings"]


@pytest.mark.parametrize("params", [{}, {"approvalPolicy": "on-request"}, {"cwd": "/work"}], ids=str)
def test_nothing_is_told_when_nothing_changes(talk, release, params):
    thread = talk(version=release)

    assert thread.ask("thread/settings/update", **params) == {}

    assert thread.told() == []


def test_changes_are_told_after_the_answer(talk, release):
    thread = talk(version=release)

    thread.ask("thread/settings/update", model="gpt-5.4", effort="high", summary="concise", serviceTier="flex")

    told = settings(thread)
    assert (told["model"], told["effort"], told["summary"], told["serviceTier"]) == (
        "gpt-5.4",
        "high",
        "concise",
        "flex",
    )
    assert told["collaborationMode"]["settings"] == {
        "model": "gpt-5.4",
        "reasoning_effort": "high",
        "developer_instructions": None,
    }


def test_a_sandbox_policy_is_completed_and_replaces_the_profile(talk, release):
    thread = talk(version=release, permissions=":workspace")

    thread.ask("thread/settings/update", sandboxPolicy={"type": "readOnly"})

    told = settings(thread)
    assert told["sandboxPolicy"] == {"type": "readOnly", "networkAccess": False}
    assert told["activePermissionProfile"] is None


def test_a_mode_brings_its_own_model_and_effort(talk, release):
    thread = talk(version=release, config={"model_reasoning_effort": "high"})

    thread.ask("thread/settings/update", collaborationMode={"mode": "plan", "settings": {"model": "gpt-5.2"}})

    told = settings(thread)
    assert (told["model"], told["effort"], told["collaborationMode"]["mode"]) == ("gpt-5.2", None, "plan")
    assert told["collaborationMode"]["settings"]["developer_instructions"]


def test_another_folder_is_told_by_release(talk, release):
    thread = talk(version=release)
    thread.say("one")
    thread.client.take()

    thread.ask("thread/settings/update", cwd="/elsewhere")

    assert settings(thread)["cwd"] == "/elsewhere"
    shown = thread.ask("thread/read")["thread"]["cwd"]
    assert shown == {"0.141.0": "/work", "0.169.0": "/elsewhere"}[release]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"permissions": ":workspace", "sandboxPolicy": {"type": "readOnly"}},
            "`permissions` cannot be combined with `sandboxPolicy`",
        ),
        (
            {"permissions": "nope"},
            "failed to load configuration: default_permissions requires a `[permissions]` table",
        ),
    ],
    ids=["two sandboxes", "unknown profile"],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(talk, release, params, message):
    thread = talk(version=release)

    assert thread.refused("thread/settings/update", model="gpt-5.4", **params).message == message

    assert thread.ask("thread/start")["model"] == thread.started["model"]
    assert thread.client.take("thread/settings/updated") == []
