import pytest

from codex_conformance.probes import Unmet, at, require


def test_what_holds_says_nothing() -> None:
    require([1], expected="one", found=1)


def test_what_does_not_hold_says_its_parts() -> None:
    with pytest.raises(Unmet) as caught:
        require([], expected="a new token", found={"token": "old"}, doing="refreshing", advice="Rotate it.")

    unmet = caught.value
    assert isinstance(unmet, AssertionError)
    assert (unmet.doing, unmet.expected, unmet.found, unmet.advice) == (
        "refreshing",
        "a new token",
        "{'token': 'old'}",
        "Rotate it.",
    )


def test_what_was_found_is_shortened() -> None:
    assert len(Unmet(expected="", found="x" * 100_000).found) < 700


@pytest.mark.parametrize(
    ("pointer", "part"), [("/a/0/b", 1), ("/a", [{"b": 1}]), ("", {"a": [{"b": 1}], "n": None}), ("/n", None)]
)
def test_parts_of_json(pointer, part) -> None:
    assert at({"a": [{"b": 1}], "n": None}, pointer) == part


@pytest.mark.parametrize("pointer", ["/x", "/a/1", "/a/b", "/n/x", "/a/0/b/c"])
def test_a_missing_part_is_an_unmet_requirement(pointer) -> None:
    with pytest.raises(Unmet, match="a value at"):
        at({"a": [{"b": 1}], "n": None}, pointer)


def test_a_part_of_another_type_is_an_unmet_requirement() -> None:
    with pytest.raises(Unmet, match="str or int at /a"):
        at({"a": 1.5}, "/a", (str, int))
