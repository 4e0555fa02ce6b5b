"""Ids are read in each form that the real app-server reads, and refused in its words."""

from __future__ import annotations

import re

import pytest

from codex_mockserver.app_server._uuid_text import read_uuid

USUAL = "0199a213-81c0-7800-8aa1-bbab2a035a53"

FORMS = {
    "usual": USUAL,
    "upper case": USUAL.upper(),
    "without hyphens": USUAL.replace("-", ""),
    "in braces": "{" + USUAL + "}",
    "as a name": f"urn:uuid:{USUAL}",
}

_CHARACTER = "invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found "

#: What is no id, with what the real app-server says of it.
REFUSED = {
    "": "invalid length: expected length 32 for simple format, found 0",
    "abc": "invalid length: expected length 32 for simple format, found 3",
    "nope": f"{_CHARACTER}`n` at 1",
    "0199a213-81c0-7800-8aa1-bbab2é35a53": f"{_CHARACTER}`é` at 30",
    "0199a213-81c0-7800-8aa1bbab2a035a53": "invalid group count: expected 5, found 4",
    "0199a2133-81c0-7800-8aa1-bbab2a035a53": "invalid group length in group 0: expected 8, found 9",
    "0199a213-81c0-7800-8aa11-bbab2a035a53": "invalid group length in group 3: expected 4, found 5",
    "0199a213-81c0-7800-8aa1-bbab2a035": "invalid group length in group 4: expected 12, found 9",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_each_form_is_read_as_the_usual_one(text):
    assert read_uuid(text) == USUAL


@pytest.mark.parametrize(("text", "words"), REFUSED.items(), ids=[text or "empty" for text in REFUSED])
def test_what_is_none_is_refused(text, words):
    with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
        read_uuid(text)
