"""JUnit XML: what CI servers count is what fails the run."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from codex_conformance.reports import render

#: What servers read, element by element: attributes that must be there, and the children, in order.
FORM = {
    "testsuites": ({"name", "tests", "failures", "errors", "skipped", "time"}, ["testsuite"]),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time", "timestamp"}, ["properties", "testcase"]),
    "properties": (set(), ["property"]),
    "property": ({"name", "value"}, []),
    "testcase": ({"classname", "name", "time"}, ["failure", "error", "skipped"]),
    "failure": ({"message", "type"}, []),
    "error": ({"message", "type"}, []),
    "skipped": ({"message"}, []),
}


def document(run) -> ET.Element:
    root = ET.fromstring(render(run, "junit").encode())
    for element in root.iter():
        attributes, children = FORM[element.tag]
        assert set(element.attrib) == attributes
        places = [children.index(child.tag) for child in element]
        assert places == sorted(places)
    return root


def results(run) -> dict[str, str]:
    """Return how each case is told, by requirement and case."""
    cases = document(run).iter("testcase")
    return {f"{case.get('classname')} {case.get('name')}": case[0].tag if len(case) else "" for case in cases}


def test_each_outcome_is_told_as_it_counts(whole) -> None:
    assert results(whole) == {
        "oauth.refresh.rotates test_refresh_rotates[json]": "failure",
        "oauth.refresh.rotates test_refresh_rotates[form]": "",
        "oauth.code.used-once test_code_used_once": "skipped",
        "oauth.device.pending test_device_pending": "failure",
        "oauth.error.text test_error_text": "skipped",
        "wham.usage.credits test_usage_credits": "failure",
        "responses.stream.terminal-event-once test_stream_terminal_event_once": "skipped",
    }


def test_a_mild_failure_counts_where_it_is_asked_for(whole) -> None:
    whole.fail_level = "OBSERVED"

    assert results(whole)["oauth.error.text test_error_text"] == "failure"


def test_a_fault_of_the_suite_is_an_error(run, verdict) -> None:
    found = results(run(verdict("oauth.refresh.rotates", "error"), is_partial=True))

    assert found == {"oauth.refresh.rotates test_refresh_rotates": "error"}


@pytest.mark.parametrize(("fields", "count"), [({}, 3), ({"is_partial": True}, 0), ({"is_interrupted": True}, 0)])
def test_what_should_have_been_checked_is_skipped(run, fields, count) -> None:
    root = document(run(surfaces=["wham", "responses"], release="0.150.0", **fields))

    assert (root.get("tests"), root.get("skipped")) == (str(count), str(count))


def test_the_counts_are_those_of_the_cases(whole) -> None:
    root = document(whole)

    assert [suite.get("name") for suite in root] == ["oauth", "wham", "responses"]
    for element in (root, *root):
        cases = list(element.iter("testcase"))
        assert element.get("tests") == str(len(cases))
        for tag, total in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert element.get(total) == str(sum(case.find(tag) is not None for case in cases))
    assert [suite.get("time") for suite in root] == ["0.350", "0.000", "0.000"]


def test_a_failure_is_told_in_four_parts_with_the_command(whole) -> None:
    failure = next(document(whole).iter("failure"))

    assert failure.attrib == {"message": "200 with new tokens", "type": "MUST"}
    assert failure.text.splitlines() == [
        "required:  A refresh token can be used once; a second use is refused.",
        "doing:     using a refresh token twice",
        "expected:  status 401 with the code refresh_token_reused",
        "found:     200 with new tokens",
        "to do:     Mark a refresh token as used in the transaction that makes the next one.",
        "blame:     the implementation",
        (
            "repeat:    codex-testkit check server mock:0.169.0 --select oauth.refresh.rotates"
            " --case 'test_refresh_rotates[json]'"
        ),
    ]


def test_a_reason_is_the_message(whole) -> None:
    messages = [skipped.get("message") for skipped in document(whole).iter("skipped")]

    assert messages == [
        "known failure: Codes are kept in a cache; issue 12.",
        "fails, but OBSERVED does not count in this run: another",
        "disabled: responses.websocket, switched off for this run",
    ]


def test_hostile_texts_stay_texts(hostile_run) -> None:
    root = document(hostile_run)

    assert "</pre><script>" in next(root.iter("failure")).get("message")
    assert next(root.iter("testcase")).get("name").startswith("\\x1b[31m</pre>")
