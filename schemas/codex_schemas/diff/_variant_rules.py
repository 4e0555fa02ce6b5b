"""The rules for listed values and the variants of unions."""

from __future__ import annotations

from typing import Any

from codex_schemas.diff._rule import Example, rule

__all__ = ["VARIANT_RULES"]

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}
_PLAN = {"type": "string", "enum": ["free", "plus"]}
_MORE_PLANS = {"type": "string", "enum": ["free", "plus", "pro"]}


def _variant(name: str, **fields: Any) -> dict[str, Any]:
    properties = {"type": {"type": "string", "enum": [name]}, **fields}
    return {"type": "object", "properties": properties, "required": ["type", *fields]}


def _outside(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {name: schema}, "required": [name], "additionalProperties": False}


_ITEM = {"oneOf": [_variant("text", text=_TEXT), _variant("image", url=_TEXT)]}
_MORE_ITEMS = {"oneOf": [*_ITEM["oneOf"], _variant("audio", sound=_TEXT, length=_NUMBER)]}
_OTHER_ITEM = {"oneOf": [_variant("text", text=_TEXT), _variant("picture", url=_TEXT)]}
_FLAT = {"type": "object", "properties": {"text": _TEXT, "url": _TEXT}}

VARIANT_RULES = (
    rule(
        "enum-value-added",
        "compatible/dangerous",
        "A list of values has a new one, which a reader that knows the list chokes on.",
        "{place} has a new value, {new_value}.",
        Example(_PLAN, _MORE_PLANS),
        mirror="enum-value-removed",
        strict="compatible/breaking",
    ),
    rule(
        "enum-value-removed",
        "breaking/compatible",
        "A value is gone from a list: who still sends it is refused.",
        "{place} no longer has the value {old_value}.",
        Example(_MORE_PLANS, _PLAN),
        mirror="enum-value-added",
    ),
    rule(
        "enum-value-renamed",
        "breaking/dangerous",
        "A value of a list is spelled with other capitals or separators.",
        "The value {old_value} of {place} is now spelled {new_value}.",
        Example({"enum": ["on-failure", "never"]}, {"enum": ["onFailure", "never"]}),
        strict="breaking/breaking",
    ),
    rule(
        "enum-value-promoted",
        "compatible/dangerous",
        "A value that was experimental became stable.",
        "The value {new_value} of {place} is no longer experimental.",
        Example(_PLAN, _MORE_PLANS, old_wider=_MORE_PLANS),
        mirror="enum-value-demoted",
        strict="compatible/breaking",
    ),
    rule(
        "enum-value-demoted",
        "breaking/compatible",
        "A stable value became experimental: who sends it without asking for the experimental API is refused.",
        "The value {old_value} of {place} became experimental.",
        Example(_MORE_PLANS, _PLAN, new_wider=_MORE_PLANS),
        mirror="enum-value-promoted",
    ),
    rule(
        "values-opened",
        "compatible/dangerous",
        "Values other than the listed ones are now allowed.",
        "{place} now allows values other than those it lists.",
        Example(_PLAN, _TEXT),
        mirror="values-closed",
        strict="compatible/breaking",
    ),
    rule(
        "values-closed",
        "breaking/compatible",
        "Only listed values are allowed now.",
        "{place} now allows listed values only: {new}.",
        Example(_TEXT, _PLAN),
        mirror="values-opened",
    ),
    rule(
        "variant-added",
        "compatible/dangerous",
        "A union has a new variant, which a reader that knows the others chokes on.",
        "{owner} has a new variant, {name}.",
        Example(_ITEM, _MORE_ITEMS),
        mirror="variant-removed",
        strict="compatible/breaking",
    ),
    rule(
        "variant-removed",
        "breaking/compatible",
        "A variant of a union is gone: who still sends it is refused.",
        "{owner} no longer has the variant {name}.",
        Example(_MORE_ITEMS, _ITEM),
        mirror="variant-added",
    ),
    rule(
        "variant-renamed",
        "breaking/dangerous",
        "A variant of a union has another name, with the same content.",
        "The variant {old_value} of {owner} is now called {new_value}.",
        Example(_ITEM, _OTHER_ITEM),
        strict="breaking/breaking",
    ),
    rule(
        "variant-promoted",
        "compatible/dangerous",
        "A variant that was experimental became stable.",
        "The variant {name} of {owner} is no longer experimental.",
        Example(_ITEM, _MORE_ITEMS, old_wider=_MORE_ITEMS),
        mirror="variant-demoted",
        strict="compatible/breaking",
    ),
    rule(
        "variant-demoted",
        "breaking/compatible",
        "A stable variant became experimental: who sends it without asking for the experimental API is refused.",
        "The variant {name} of {owner} became experimental.",
        Example(_MORE_ITEMS, _ITEM, new_wider=_MORE_ITEMS),
        mirror="variant-promoted",
    ),
    rule(
        "foreseen-added",
        "compatible/compatible",
        "A value or variant is now listed that was allowed before as any other.",
        "{union} now lists {item}, which it allowed before.",
        Example({"anyOf": [_PLAN, _TEXT]}, {"anyOf": [_MORE_PLANS, _TEXT]}),
        mirror="foreseen-removed",
    ),
    rule(
        "foreseen-removed",
        "compatible/compatible",
        "A value or variant is no longer listed, and still allowed as any other.",
        "{union} no longer lists {item}, which it still allows.",
        Example({"anyOf": [_MORE_PLANS, _TEXT]}, {"anyOf": [_PLAN, _TEXT]}),
        mirror="foreseen-added",
    ),
    rule(
        "tagging-changed",
        "breaking/breaking",
        "The variants of a union are told apart in another way, such as by another field.",
        "The variants of {place} are told apart in another way than before.",
        Example(_ITEM, {"oneOf": [_outside("text", _TEXT), _outside("image", _TEXT)]}),
    ),
    rule(
        "split-into-variants",
        "breaking/breaking",
        "One kind of object became a union of variants that have names.",
        "{place} was one kind of object, and is now one of the variants {variants}.",
        Example(_FLAT, _ITEM),
        mirror="merged-from-variants",
    ),
    rule(
        "merged-from-variants",
        "breaking/breaking",
        "A union of variants that have names became one kind of object.",
        "{place} is now one kind of object, and was one of the variants {variants}.",
        Example(_ITEM, _FLAT),
        mirror="split-into-variants",
    ),
)
