"""``codex_scenario``: another scenario in the middle of a test."""

from __future__ import annotations

_CLIENT = """
    import json
    import urllib.error
    import urllib.request

    import pytest

    def status(backend):
        key = backend.world.account("plus").api_key
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        body = json.dumps({"model": "gpt-5.5", "input": "hello"}).encode()
        try:
            return urllib.request.urlopen(urllib.request.Request(f"{backend.url}/v1/responses", body, headers)).status
        except urllib.error.HTTPError as error:
            return error.code
"""


def test_it_is_put_to_work_from_its_first_step_on(pytester, write, run) -> None:
    pytester.makefile(".yaml", outage="name: outage\nfaults: [{on: createResponse, answer: {status: 503}}]\n")
    write(
        _CLIENT,
        """
        def test_it(codex_scenario, codex_backend):
            assert status(codex_backend) == 200

            scenario = codex_scenario({"faults": [{"on": "createResponse", "answer": {"status": 529}}]})
            assert [status(codex_backend), status(codex_backend)] == [529, 200]
            assert scenario.faults[0].answer.status == 529

            assert codex_scenario("outage.yaml").name == "outage"
            assert status(codex_backend) == 503

            assert codex_scenario("usage-insufficient-quota").name == "usage-insufficient-quota"
            assert status(codex_backend) == 429
    """,
    )

    run().assert_outcomes(passed=1)


def test_a_file_lies_beside_the_test_wherever_the_run_began(pytester, run) -> None:
    folder = pytester.mkdir("deep")
    (folder / "hello.yaml").write_text("name: from-a-file\n")
    (folder / "test_it.py").write_text("""
def test_it(codex_scenario):
    assert codex_scenario("hello.yaml").name == "from-a-file"
""")

    run().assert_outcomes(passed=1)


def test_what_is_no_scenario_leaves_the_present_one(pytester, write, run) -> None:
    write(
        _CLIENT,
        """
        @pytest.mark.codex(scenario={"faults": [{"on": "createResponse", "answer": {"status": 529}}]})
        def test_it(codex_scenario, codex_backend):
            with pytest.raises(Exception, match="expected .*, found 'no-such-thing'"):
                codex_scenario("no-such-thing")
            assert status(codex_backend) == 529
    """,
    )

    run().assert_outcomes(passed=1)
