"""What the tests of scenarios share: another implementation's view of them."""

from __future__ import annotations

import jsonschema
import pytest

from codex_mockserver.model import scenario_schema


@pytest.fixture(scope="session")
def published_schema() -> jsonschema.Draft202012Validator:
    """Return another implementation's view of the schema."""
    jsonschema.Draft202012Validator.check_schema(scenario_schema())
    return jsonschema.Draft202012Validator(scenario_schema())
