"""The control calls about side worlds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_mockserver.http.control._not_there import NotThere
from codex_mockserver.model import Scenario, load_scenario, named_scenario
from codex_mockserver.world import Clock
from codex_mockserver.world.description import describe_accounts

if TYPE_CHECKING:
    from codex_mockserver.http.control._operations import ControlCall
    from codex_mockserver.http.control._side_worlds import MountedWorld, SideWorlds

__all__ = ["end_world", "list_worlds", "make_world", "read_scenario_body"]


def make_world(call: ControlCall) -> Any:
    """Make a side world, and say where it is and who is there."""
    scenario = call.body.get("scenario")
    world = _worlds(call).make(
        seed=call.body.get("seed"),
        clock=Clock(frozen_at=call.body.get("frozen_at")),
        scenario=None if scenario is None else read_scenario_body(scenario),
    )
    made = _summary(call, world) | {"accounts": describe_accounts(world.app.world)}
    world.app.ready = {"http": made["url"], "https": None, "proxy": None, "ca_file": None, "accounts": made["accounts"]}
    return made


def list_worlds(call: ControlCall) -> Any:
    """Return the side worlds."""
    return {"worlds": [_summary(call, world) for world in _worlds(call)]}


def end_world(call: ControlCall) -> Any:
    """End a side world."""
    worlds = _worlds(call)
    worlds.end(worlds.find(call.path["id"]))
    return {}


def read_scenario_body(body: Scenario | dict[str, Any] | str) -> Scenario:
    """Return the scenario that a body is, holds or names; no text of a client is taken for the path of a file."""
    if isinstance(body, Scenario):
        return body
    return named_scenario(body) if isinstance(body, str) else load_scenario(body)


def _worlds(call: ControlCall) -> SideWorlds:
    if call.worlds is None:
        raise NotThere(
            "looking for the side worlds",
            expected="the address of the mock itself",
            found="that of a side world, which has none of its own",
            advice="Call /_testkit/worlds without anything before it.",
        )
    return call.worlds


def _summary(call: ControlCall, world: MountedWorld) -> dict[str, Any]:
    app = world.app
    return {
        "id": world.id,
        "url": f"{call.origin}{world.path}",
        "scenario": app.script.scenario.name,
        "now": app.world.now(),
        "frozen": app.world.clock.frozen_at is not None,
    }
