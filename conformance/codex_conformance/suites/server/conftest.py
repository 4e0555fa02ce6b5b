"""What the server suites ask with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from codex_conformance._pytest.options import RUN
from codex_conformance.probes import Evidence, HttpProbe
from codex_conformance.suites.server.app_servers import AppServers
from codex_conformance.targets import Credentials, Target

if TYPE_CHECKING:
    from codex_conformance.fuzzing import Budget


@pytest.fixture
def target(request: pytest.FixtureRequest) -> Target:
    """Return the server under test."""
    run = request.config.pluginmanager.get_plugin(RUN)
    if run is None:
        pytest.skip("no --codex-target")
    thing: Target = run.subject.thing
    return thing


@pytest.fixture
def http(request: pytest.FixtureRequest, target: Target, evidence: Evidence) -> Iterator[HttpProbe]:
    """Return a probe of the HTTP surfaces: where it can be, in a world of its own with the scenario of the marker."""
    assert target.http is not None, "an app-server has no HTTP surfaces: the requirement must need a capability"
    with target.http.world(_scenario(request)) as world:
        probe = HttpProbe(world, evidence)
        yield probe
        probe.close()


@pytest.fixture
def personal(http: HttpProbe) -> Credentials:
    """Return a personal access token of an account of the mock; of another server, the access token that is given."""
    owner = http.account()
    if http.world.control_url is not None:
        person = http.world.control("GET", "/world")["accounts"]["plus"]
        owner = replace(owner, access_token=person["personal_access_token"])
    if not owner.access_token.startswith("at-"):
        pytest.skip("not declared: an access token that begins with at-")
    return owner


@pytest.fixture
def app_servers(target: Target, evidence: Evidence) -> Iterator[AppServers]:
    """Return what starts app-servers and connects to them; all end with the case."""
    with ExitStack() as stack:
        yield AppServers(target, evidence, stack)


@pytest.fixture
def model(target: Target) -> str:
    """Return a model that the server knows."""
    return target.spec.model


@pytest.fixture
def budget(target: Target, pytestconfig: pytest.Config) -> Budget:
    """Return how long a fuzz check may go on."""
    from codex_conformance.fuzzing import Budget  # noqa: PLC0415 (hypothesis is for those who fuzz)

    if target.spec.kind == "live":
        pytest.skip("live")
    return Budget.of(pytestconfig)


def _scenario(request: pytest.FixtureRequest) -> Any:
    markers = [each.kwargs["scenario"] for each in request.node.iter_markers("codex") if "scenario" in each.kwargs]
    return markers[0] if markers else None
