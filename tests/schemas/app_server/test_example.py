"""The examples fit, for every method of old and new releases."""

from __future__ import annotations

import pytest

from codex_schemas.app_server import example_params, load, param_names


@pytest.mark.parametrize("version", ["0.58.0", "0.100.0", "0.141.0", "0.169.0"])
def test_each_example_fits_its_method(version):
    contract = load(version, experimental=True)

    for method in contract.methods.values():
        if (params := example_params(contract, method.name)) is None and not method.params_required:
            message = {"method": method.name}
        else:
            message = {"method": method.name, "params": params}
        identifier = {"id": 1} if method.kind == "request" else {}
        contract.check(message | identifier, method.sender)


def test_the_names_are_those_of_all_branches():
    contract = load("0.169.0")

    assert {"threadId", "input", "expectedTurnId"} <= set(param_names(contract, "turn/steer"))
    assert {"type", "apiKey"} <= set(param_names(contract, "account/login/start"))
