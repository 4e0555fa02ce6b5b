"""App-servers that get the handshake wrong: each is found out by the requirement that it breaks."""

from __future__ import annotations

import pytest
from app_server_mutants import IN, Broken


def needs_no_handshake(message, talk):
    talk.is_initialized = True
    yield message


def shakes_hands_again(message, talk):
    if message.get("method") == "initialize":
        talk.is_initialized = False
    yield message


def lets_nobody_opt_out(message, talk):
    if message.get("method") == "initialize":
        message["params"]["capabilities"] = {"experimentalApi": True}
    yield message


def opens_the_gate(message, talk):
    if talk.is_initialized:
        talk.is_experimental = True
    yield message


MUTANTS = (
    Broken(IN, needs_no_handshake, "initialize.first"),
    Broken(IN, shakes_hands_again, "initialize.once"),
    Broken(IN, lets_nobody_opt_out, "initialize.opt-out"),
    Broken(IN, opens_the_gate, "experimental.methods"),
    Broken(IN, opens_the_gate, "experimental.fields"),
)


@pytest.mark.parametrize("broken", MUTANTS, ids=str)
def test_a_broken_server_is_found_out_by_name(find_out, broken):
    find_out(broken)


def test_the_server_that_was_not_broken_passes(acquit):
    acquit(MUTANTS)
