"""No message that was valid and no longer is may pass as compatible.

A random schema stands against an edited or unrelated one, and a validator of its own decides which
of many small messages fit which. Messages are made as programs make them: with the fields that
their own schema names, because objects are open to others by default.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import islice, product
from typing import Any

import jsonschema_rs
from hypothesis import given, note
from hypothesis import strategies as st

from codex_schemas.diff import RULES, Level, Message, Part, Protocol, compare

Json = dict[str, Any]

PREFIX = "#/definitions/"
NAMES = ("Root", "Other")
FIELDS = ("kind", "limit", "owner")
TEXTS = ("never", "always", "on-failure")
KINDS = ("null", "boolean", "integer", "number", "string", "array", "object")
#: Values beside every limit that is drawn below.
POOL = (None, True, "", "a", "ab", "abcd", *TEXTS, "onFailure", -1, 0, 0.5, 1, 2, 3, 4)
#: How many messages are made of one schema, at each depth.
MOST = (60, 14, 6, 3)


# Random schemas.


@cache
def schemas(*, plain: bool = False) -> st.SearchStrategy[Any]:
    """Return schemas with references to the definitions; plain ones are no maps, and say each thing in one way."""
    leaves = st.one_of(_scalars(), _enums(), st.sampled_from(NAMES).map(lambda name: {"$ref": PREFIX + name}))
    if not plain:
        leaves = st.one_of(leaves, st.sampled_from([True, {}, {"const": "never"}, {"enum": [1, "a", None]}]))
    return st.recursive(leaves, lambda inner: _nested(inner, plain=plain), max_leaves=6)


def _nested(inner: st.SearchStrategy[Any], *, plain: bool) -> st.SearchStrategy[Any]:
    shapes = [_arrays(inner), _objects(inner), _tagged(inner), _or_null(inner), _outside_tagged(inner)]
    if not plain:
        shapes += [_maps(inner), _closed(inner), _unions(inner), _intersections(inner), _shared(inner)]
    return st.one_of(shapes)


@st.composite
def _scalars(draw: st.DrawFn) -> Json:
    kinds = draw(st.lists(st.sampled_from(KINDS[:5]), min_size=1, max_size=2, unique=True))
    schema: Json = {"type": kinds[0] if len(kinds) == 1 else kinds}
    for keyword in ("minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        if draw(st.integers(0, 4)) == 0:
            schema[keyword] = draw(st.integers(0, 3))
    return schema


def _enums() -> st.SearchStrategy[Json]:
    values = st.lists(st.sampled_from((*TEXTS, "onFailure")), min_size=1, unique=True)
    return values.map(lambda texts: {"type": "string", "enum": texts})


def _arrays(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    limits = st.fixed_dictionaries({}, optional={"minItems": st.integers(0, 2), "maxItems": st.integers(1, 2)})
    return st.builds(lambda items, limit: {"type": "array", "items": items, **limit}, inner, limits)


@st.composite
def _objects(draw: st.DrawFn, inner: st.SearchStrategy[Any], **tag: Any) -> Json:
    names = st.sampled_from(FIELDS[1:] if tag else FIELDS)
    fields = draw(st.dictionaries(names, inner, min_size=0 if tag else 1, max_size=2))
    required = [*tag, *(name for name in fields if draw(st.booleans()))]
    return {"type": "object", "properties": {**tag, **fields}, "required": required}


def _closed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    rest = st.one_of(st.just(value=False), inner)
    return st.builds(lambda schema, others: {**schema, "additionalProperties": others}, _objects(inner), rest)


def _maps(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return inner.map(lambda values: {"type": "object", "additionalProperties": values})


@st.composite
def _tagged(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> Json:
    tags = draw(st.lists(st.sampled_from(TEXTS), min_size=1, unique=True))
    return {"oneOf": [draw(_objects(inner, kind={"type": "string", "enum": [tag]})) for tag in tags]}


@st.composite
def _outside_tagged(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> Json:
    tags = draw(st.lists(st.sampled_from((*TEXTS, *FIELDS)), min_size=2, max_size=3, unique=True))
    inside = [
        {"type": "object", "properties": {tag: draw(inner)}, "required": [tag], "additionalProperties": False}
        for tag in tags[1:]
    ]
    return {"oneOf": [{"type": "string", "enum": tags[:1]}, *inside]}


def _or_null(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return inner.map(lambda schema: {"anyOf": [schema, {"type": "null"}]})


def _unions(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    branches = st.lists(inner, min_size=1, max_size=3)
    return st.builds(lambda keyword, listed: {keyword: listed}, st.sampled_from(("anyOf", "oneOf")), branches)


def _intersections(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.lists(st.one_of(_objects(inner), inner), min_size=1, max_size=2).map(lambda parts: {"allOf": parts})


def _shared(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """Return unions whose branches share fields."""
    return st.builds(lambda union, fields: {**fields, **union}, _tagged(inner), _objects(inner))


# A random edit: something somewhere is put in, left out or replaced.


@cache
def definitions(*, plain: bool = False) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries({name: schemas(plain=plain) for name in NAMES}).filter(_ends)


def _ends(known: Json) -> bool:
    """Return whether no schema is part of itself without a field or an item between."""

    def reaches(schema: Any, passed: tuple[str, ...]) -> bool:
        if not isinstance(schema, dict):
            return False
        name = schema.get("$ref", "").removeprefix(PREFIX)
        inner = [branch for keyword in ("allOf", "anyOf", "oneOf") for branch in schema.get(keyword, ())]
        again = name in passed or (name and reaches(known[name], (*passed, name)))
        return bool(again) or any(reaches(branch, passed) for branch in inner)

    return not any(reaches(schema, (name,)) for name, schema in known.items())


@st.composite
def pairs(draw: st.DrawFn, *, plain: bool = False) -> tuple[Json, Json]:
    old = draw(definitions(plain=plain))
    if draw(st.integers(0, 5)) == 0:
        return old, draw(definitions(plain=plain))
    new = draw(_edits(old, plain=plain).filter(_ends))
    return old, new


@st.composite
def _edits(draw: st.DrawFn, old: Json, *, plain: bool) -> Json:
    new = _copied(old)
    for _ in range(draw(st.integers(1, 2))):
        holder, key = draw(st.sampled_from(list(_spots(new))))
        what = "replace" if plain else draw(st.sampled_from(("replace", "remove", "tweak")))
        if what == "remove" and len(holder) > 1:
            del holder[key]
        elif what == "tweak" and isinstance(holder[key], dict):
            holder[key] |= _copied(draw(st.one_of(_scalars(), _enums(), _objects(schemas(plain=plain)))))
        else:
            holder[key] = _copied(draw(schemas(plain=plain)))
    new = {name: new.get(name, True) for name in NAMES}
    return _renamed(new) if draw(st.integers(0, 5)) == 0 else new


def _renamed(known: Json) -> Json:
    """Return the definitions with another name for one of them."""
    return json.loads(
        json.dumps(known).replace(f'{PREFIX}Other"', f'{PREFIX}Renamed"').replace('"Other":', '"Renamed":')
    )


def _copied(schema: Any) -> Any:
    """Return a schema of which no part is shared, so that an edit changes one place."""
    return json.loads(json.dumps(schema))


def _spots(node: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place of a schema inside an object or a list."""
    if isinstance(node, dict):
        for key in list(node):
            if key in {"properties", "anyOf", "oneOf", "allOf"}:
                yield from _spots(node[key])
            elif isinstance(node[key], (dict, bool)):
                yield node, key
                yield from _spots(node[key])
    elif isinstance(node, list):
        for index, inner in enumerate(node):
            yield node, index
            yield from _spots(inner)


# Messages.


class Messages:
    """Makes small messages that fit a schema, as a program of that schema would."""

    def __init__(self, known: Json) -> None:
        self._known = known
        self._made: dict[tuple[str, int], list[Any]] = {}

    def of(self, schema: Any, depth: int = 0) -> list[Any]:
        """Return values that fit a schema, with each part at its limits once."""
        key = json.dumps(schema), depth
        if key not in self._made:
            self._made[key] = list(self._of(schema, depth)) if depth < len(MOST) else []
        return self._made[key]

    def _of(self, schema: Any, depth: int) -> Iterator[Any]:
        fits = validator(schema, self._known)
        values = {json.dumps(value): value for value in self._candidates(schema, depth) if fits.is_valid(value)}
        return islice(values.values(), MOST[depth])

    def _candidates(self, schema: Any, depth: int) -> Iterator[Any]:
        if not isinstance(schema, dict):
            yield from (*POOL, [], {}, {"limit": "ab"}) if schema else ()
            return
        yield from schema.get("enum", POOL)
        if "$ref" in schema:
            yield from self.of(self._known[schema["$ref"].removeprefix(PREFIX)], depth)
        alternatives = [*([part] for part in schema.get("allOf", ())), schema.get("anyOf"), schema.get("oneOf")]
        inner = [[value for one in branches for value in self.of(one, depth)] for branches in alternatives if branches]
        parts = [list(self._own_objects(schema, depth)), *inner]
        yield from self._lists(schema, depth)
        for values in parts:
            yield from values
        for combination in islice(product(*parts), 200):
            if all(isinstance(value, dict) for value in combination):
                yield {name: inner for value in combination for name, inner in value.items()}

    def _own_objects(self, schema: Json, depth: int) -> Iterator[Json]:
        """Yield objects: with all fields, with the required ones, and each with every value of one field."""
        fields = {name: self.of(inner, depth + 1) for name, inner in schema.get("properties", {}).items()}
        others = schema.get("additionalProperties", True)
        if not all(map(validator(others, self._known).is_valid, (*POOL, [], {}))):
            # Where all others are of some kind the object is a map, and any name may come.
            fields |= {name: self.of(others, depth + 1) for name in (*FIELDS, "x") if name not in fields}
        required = set(schema.get("required", ()))
        fullest = {name: values[0] for name, values in fields.items() if values}
        fullest |= dict.fromkeys(required - fields.keys(), 1)
        least = {name: value for name, value in fullest.items() if name in required}
        yield from ({**least}, {**fullest})
        for name, values in fields.items():
            for value in values:
                yield {**least, name: value}
                yield {**fullest, name: value}

    def _lists(self, schema: Json, depth: int) -> Iterator[list[Any]]:
        yield []
        for value in self.of(schema["items"], depth + 1) if "items" in schema else [1]:
            yield from ([value], [value, value])


def validator(schema: Any, known: Json) -> Any:
    return jsonschema_rs.Draft202012Validator({"allOf": [schema], "definitions": known})


def protocol(known: Json, *, has_messages: bool = True) -> Protocol:
    """Return a protocol in which the client sends the first definition, or one where all travel both ways."""
    message = Message("say", "notification", "client", {"params": Part({"$ref": f"{PREFIX}Root"}, "client")})
    definitions = {PREFIX + name: schema for name, schema in known.items()}
    return Protocol("some", definitions, {"say": message} if has_messages else {})


def check(old: Json, new: Json, *, has_messages: bool, strict: bool = False) -> None:
    """Check both verdicts against messages of both sides; strict ones against closed objects."""
    comparison = compare(*(protocol(known, has_messages=has_messages) for known in (old, new)), strict=strict)
    one, other = (_close(known) if strict else known for known in (old, new))
    fits_old, fits_new = (validator({"$ref": f"{PREFIX}Root"}, known) for known in (one, other))
    note(f"old: {json.dumps(one)}\nnew: {json.dumps(other)}")
    note(
        "\n".join(
            f"{change.rule} at {change.location}: {change.client}/{change.server}" for change in comparison.changes
        )
    )
    if comparison.worst("client") == Level.COMPATIBLE:
        refused = [value for value in Messages(one).of(one["Root"]) if not fits_new.is_valid(value)]
        assert refused == [], "the client's values are refused"
    if comparison.worst("server") == Level.COMPATIBLE:
        unreadable = [value for value in Messages(other).of(other["Root"]) if not fits_old.is_valid(value)]
        assert unreadable == [], "the server cannot read the client's new values"


def _close(schema: Any) -> Any:
    """Return a schema whose objects have no other fields than they name."""
    if isinstance(schema, list):
        return [_close(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _close(value) for key, value in schema.items()}
    if "properties" in schema and isinstance(schema.get("required"), list):
        closed.setdefault("additionalProperties", False)
    return closed


@given(pair=pairs(), has_messages=st.booleans())
def test_what_passes_as_compatible_is(pair: tuple[Json, Json], *, has_messages: bool):
    check(*pair, has_messages=has_messages)


@given(pair=pairs(plain=True), has_messages=st.booleans())
def test_what_passes_as_compatible_with_closed_objects_is(pair: tuple[Json, Json], *, has_messages: bool):
    check(*pair, has_messages=has_messages, strict=True)


@given(pairs().filter(lambda pair: "$ref" not in json.dumps(pair)))
def test_the_opposite_comparison_is_the_mirror(pair: tuple[Json, Json]):
    old, new = map(protocol, pair)
    forth, back = compare(old, new).changes, compare(new, old).changes

    assert sorted(RULES[change.rule].mirror for change in forth) == sorted(change.rule for change in back)


@given(definitions())
def test_equal_schemas_do_not_differ(known: Json):
    assert compare(protocol(known), protocol(_copied(known))).changes == ()
