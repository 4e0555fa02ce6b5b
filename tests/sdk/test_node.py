"""SDKs for Node, over a real socket; the scripts beside this file hold what they must do."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("script", ["openai.mjs", "ai.mjs"])
def test_the_flows_of_a_node_sdk_run_through(script: str, run_node) -> None:
    assert run_node(script) == "done\n"
