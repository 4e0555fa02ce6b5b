"""A project with a suite of its own, run against small servers as targets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

#: A server whose discovery says what its test wants, and that has nothing else.
SERVER = """
    import json

    ANSWER = json.loads('''%s''')

    async def app(scope, receive, send):
        await receive()
        known = scope["path"] == "/.well-known/openid-configuration"
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200 if known else 404, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(ANSWER if known else {}).encode()})
"""

#: Two cases about the issuer, one about what the server lacks.
SUITE = """
    import pytest

    pytest_plugins = ["codex_conformance.suites.conftest", "codex_conformance.suites.server.conftest"]
"""
CASES = """
    import pytest

    from codex_conformance.probes import require

    @pytest.mark.parametrize("ending", ["", "/"])
    @pytest.mark.codex("oauth.discovery.issuer")
    def test_issuer(http, ending):
        issuer = http.call("discovery").at("/issuer", str)
        require(issuer + ending == "http://right" + ending, expected="http://right", found=issuer)

    @pytest.mark.codex("oauth.contract.messages", needs=["oauth.device"])
    def test_device(http):
        http.call("requestUserCode", json={"client_id": "a"})
"""

METADATA = {
    "issuer": "http://right",
    "authorization_endpoint": "http://right/a",
    "token_endpoint": "http://right/t",
    "revocation_endpoint": "http://right/r",
    "jwks_uri": "http://right/j",
    "response_types_supported": ["code"],
    "grant_types_supported": ["authorization_code"],
    "code_challenge_methods_supported": ["S256"],
    "token_endpoint_auth_methods_supported": ["none"],
    "scopes_supported": ["openid"],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["RS256"],
}


@pytest.fixture
def serve(pytester: pytest.Pytester) -> Callable[..., None]:
    """Makes a project with the suite, and a server whose metadata differ in what is given."""

    def write(**metadata: Any) -> None:
        pytester.makepyfile(server=SERVER % json.dumps({**METADATA, **metadata}), conftest=SUITE, test_cases=CASES)

    return write


@pytest.fixture
def check(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, Any]]:
    """Runs the suite against the server, and returns the exit code and the report."""
    monkeypatch.setenv("PYTHONPATH", str(pytester.path))

    def run(*options: str) -> tuple[int, Any]:
        (pytester.path / "report.json").unlink(missing_ok=True)
        result = pytester.runpytest_subprocess(
            "--codex-target=asgi:server:app", "--codex-report=report.json", "-p", "no:randomly", *options
        )
        report = pytester.path / "report.json"
        return int(result.ret), json.loads(report.read_text()) if report.exists() else result.stderr.str()

    return run
