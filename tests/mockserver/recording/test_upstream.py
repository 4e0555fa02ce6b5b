"""Where recorded traffic may go."""

from __future__ import annotations

import pytest

from codex_mockserver.recording import live_upstream
from codex_schemas import Problem


def test_the_real_hosts_have_to_be_allowed() -> None:
    with pytest.raises(Problem, match="--allow-live"):
        live_upstream(allow_live=False)


def test_a_tunnel_to_a_real_host_leads_to_that_host_and_to_no_other() -> None:
    upstream = live_upstream(allow_live=True)

    assert upstream.address("chatgpt.com") == ("chatgpt.com", 443)
    assert upstream.heads(keep_host=True) is None
    with pytest.raises(OSError, match=r"'example\.com' is no host of codex"):
        upstream.address("example.com")
