"""Which methods of a release are answered."""

from __future__ import annotations

import pytest

from codex_mockserver.app_server import coverage
from codex_schemas.app_server import load, versions

SECOND = "0.120.0"


@pytest.mark.parametrize("version", [each for each in versions() if int(each.split(".")[1]) >= 120][::6])
def test_no_stable_method_is_missing(version):
    assert [row.method for row in coverage(version) if not (row.answered or row.experimental)] == []


def test_every_request_of_clients_is_listed_once():
    contract = load(SECOND, experimental=True)
    requests = [name for name, each in contract.methods.items() if each.sender == "client" and each.kind == "request"]

    assert [row.method for row in coverage(SECOND)] == sorted(requests)


def test_a_method_that_is_not_answered_is_told():
    rows = {row.method: row for row in coverage("0.58.0")}

    assert rows["newConversation"].answered is False
    assert rows["account/read"].answered is True
