"""A random protocol against one random edit of it: the diff finds exactly that edit.

Written from what the rules say, not from how the diff works: the edits are made on plain JSON, and
their verdicts follow from who sends what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from codex_schemas.diff import RULES, Level, Message, Part, Protocol, compare

Json = dict[str, Any]

PREFIX = "#/definitions/"
TYPES = ("Thread", "Account", "Budget", "Model")
FIELDS = ("cwd", "limit", "owner", "prompt", "zone")
TAGS = ("text", "image", "command", "review")
VALUES = ("never", "always", "untrusted", "granular")
METHODS = ("turn/start", "account/read", "model/list")
SCALARS = ("string", "integer", "number", "boolean")
TAG = "type"

#: For each rule: whether values of an old sender are accepted, and those of a new one readable; then
#: the same where objects are closed, if that differs.
VERDICTS = {
    "optional-field-added": ("compatible/compatible", "compatible/breaking"),
    "required-field-added": ("breaking/compatible", "breaking/breaking"),
    "optional-field-removed": ("dangerous/dangerous", "breaking/dangerous"),
    "required-field-removed": ("compatible/breaking", "breaking/breaking"),
    "field-renamed": ("breaking/breaking",),
    "optional-field-renamed": ("dangerous/dangerous", "breaking/breaking"),
    "field-became-required": ("breaking/compatible",),
    "field-became-optional": ("compatible/breaking",),
    "default-added": ("compatible/compatible",),
    "additional-fields-forbidden": ("breaking/compatible",),
    "enum-value-added": ("compatible/dangerous", "compatible/breaking"),
    "enum-value-removed": ("breaking/compatible",),
    "enum-value-renamed": ("breaking/dangerous", "breaking/breaking"),
    "values-opened": ("compatible/dangerous", "compatible/breaking"),
    "values-closed": ("breaking/compatible",),
    "null-allowed": ("compatible/breaking",),
    "null-forbidden": ("breaking/compatible",),
    "type-changed": ("breaking/breaking",),
    "type-widened": ("compatible/breaking",),
    "type-narrowed": ("breaking/compatible",),
    "constraint-tightened": ("breaking/compatible",),
    "constraint-loosened": ("compatible/dangerous",),
    "variant-added": ("compatible/dangerous", "compatible/breaking"),
    "variant-removed": ("breaking/compatible",),
    "variant-renamed": ("breaking/dangerous", "breaking/breaking"),
    "request-added": ("compatible/dangerous", "compatible/breaking"),
    "request-removed": ("breaking/compatible",),
    "notification-added": ("compatible/compatible", "compatible/breaking"),
    "notification-removed": ("dangerous/breaking", "breaking/breaking"),
    "request-renamed": ("breaking/dangerous", "breaking/breaking"),
    "notification-renamed": ("dangerous/breaking", "breaking/breaking"),
    "part-removed": ("breaking/dangerous",),
    "required-part-removed": ("breaking/breaking",),
    "part-became-required": ("breaking/compatible",),
    "part-became-optional": ("compatible/breaking",),
}


@dataclass(frozen=True)
class Edit:
    """One change of a protocol, and what the diff has to say of it."""

    rule: str
    location: str
    apply: Callable[[Protocol], None]
    #: The definition that it is made in; for messages and their parts, the method.
    owner: str


# Random protocols.


@st.composite
def protocols(draw: st.DrawFn) -> Protocol:
    names = draw(st.lists(st.sampled_from(TYPES), min_size=1, unique=True))
    definitions = {PREFIX + name: draw(_definitions(names)) for name in names}
    methods = draw(st.lists(st.sampled_from(METHODS), unique=True))
    return Protocol("old", definitions, {method: draw(_messages(method, names)) for method in methods})


@st.composite
def _messages(draw: st.DrawFn, method: str, names: list[str]) -> Message:
    kind, sender = draw(st.sampled_from(("request", "notification"))), draw(st.sampled_from(("client", "server")))
    parts = {"params": Part(draw(_references(names)), sender, draw(st.booleans()))}
    if kind == "request":
        parts["result"] = Part(draw(_references(names)), "server" if sender == "client" else "client")
    return Message(method, kind, sender, parts)


def _references(names: list[str]) -> st.SearchStrategy[Json]:
    return st.sampled_from(names).map(lambda name: {"$ref": PREFIX + name})


def _definitions(names: list[str]) -> st.SearchStrategy[Json]:
    return st.one_of(_objects(_schemas(names)), _unions(_schemas(names)), _enums(), _scalars())


def _schemas(names: list[str]) -> st.SearchStrategy[Json]:
    """Return schemas as they stand in a field."""
    leaves = st.one_of(_scalars(), _enums(), _references(names), _references(names).map(_or_null))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            inner.map(lambda items: {"type": "array", "items": items}),
            inner.map(lambda values: {"type": "object", "additionalProperties": values}),
            _objects(inner),
        ),
        max_leaves=4,
    )


def _or_null(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


@st.composite
def _scalars(draw: st.DrawFn) -> Json:
    kind = draw(st.sampled_from(SCALARS))
    schema: Json = {"type": draw(st.sampled_from((kind, [kind, "null"])))}
    limits = {"string": "minLength", "integer": "maximum"}
    if kind in limits and draw(st.booleans()):
        schema[limits[kind]] = draw(st.integers(2, 9))
    return schema


@st.composite
def _enums(draw: st.DrawFn) -> Json:
    values = draw(st.lists(st.sampled_from(VALUES), min_size=2, unique=True))
    if draw(st.booleans()):
        return {"type": "string", "enum": values}
    return {"oneOf": [{"type": "string", "enum": [value], "description": "prose"} for value in values]}


@st.composite
def _objects(draw: st.DrawFn, schemas: st.SearchStrategy[Json], tag: str = "") -> Json:
    fields = draw(st.dictionaries(st.sampled_from(FIELDS), schemas, min_size=1, max_size=3))
    required = [name for name in fields if draw(st.booleans())]
    if tag:
        fields, required = {TAG: {"type": "string", "enum": [tag]}, **fields}, [TAG, *required]
    return {"type": "object", "properties": fields, "required": required}


@st.composite
def _unions(draw: st.DrawFn, schemas: st.SearchStrategy[Json]) -> Json:
    tags = draw(st.lists(st.sampled_from(TAGS), min_size=2, unique=True))
    return {draw(st.sampled_from(("oneOf", "anyOf"))): [draw(_objects(schemas, tag)) for tag in tags]}


# Every edit that a protocol allows.


def edits(protocol: Protocol) -> Iterator[Edit]:
    """Yield the edits whose verdict is sure: in definitions that travel, and of messages."""
    for reference, schema in protocol.definitions.items():
        if senders(protocol, reference):
            name = reference.removeprefix(PREFIX)
            for rule, location, change, steps in _of_schema(schema, name, ()):
                yield Edit(rule, location, _inside(reference, steps, change), reference)
    yield from _of_messages(protocol)


def _inside(reference: str, steps: tuple[Any, ...], change: Callable[[Json], None]) -> Callable[[Protocol], None]:
    def apply(protocol: Protocol) -> None:
        node = protocol.definitions[reference]
        for step in steps:
            node = node[step]
        change(node)

    return apply


Found = tuple[str, str, Callable[[Json], None], tuple[Any, ...]]


def _of_schema(schema: Json, place: str, steps: tuple[Any, ...]) -> Iterator[Found]:
    union = next((keyword for keyword in ("oneOf", "anyOf") if keyword in schema), None)
    if "properties" in schema:
        yield from _of_object(schema, place, steps)
    elif "items" in schema:
        yield "constraint-tightened", place, lambda node: node.update(minItems=1), steps
        yield from _of_schema(schema["items"], f"{place}[]", (*steps, "items"))
    elif "additionalProperties" in schema:
        yield from _of_schema(schema["additionalProperties"], f"{place}{{}}", (*steps, "additionalProperties"))
    elif "enum" in schema or (union and "enum" in schema[union][0]):
        yield from _of_enum(schema, place, steps)
    elif union and "properties" in schema[union][0]:
        yield from _of_union(schema[union], place, (*steps, union))
    elif union:
        yield "null-forbidden", place, lambda node: node[union].pop(), steps
    elif "$ref" in schema:
        yield "null-allowed", place, lambda node: node.update(_or_null({"$ref": node.pop("$ref")})), steps
    else:
        yield from _of_scalar(schema, place, steps)


def _of_object(schema: Json, place: str, steps: tuple[Any, ...], tag: str = "") -> Iterator[Found]:
    new = {"type": "string", "format": "uuid"}
    yield "optional-field-added", f"{place}.added", lambda node: node["properties"].update(added=new), steps

    def add_required(node: Json) -> None:
        node["properties"]["added"] = new
        node["required"].append("added")

    yield "required-field-added", f"{place}.added", add_required, steps
    yield "additional-fields-forbidden", place, lambda node: node.update(additionalProperties=False), steps
    for name in schema["properties"]:
        if name != tag:
            yield from _of_field(schema, name, place, steps)


def _of_field(schema: Json, name: str, place: str, steps: tuple[Any, ...]) -> Iterator[Found]:
    here, is_required = f"{place}.{name}", name in schema["required"]

    def remove(node: Json) -> None:
        del node["properties"][name]
        node["required"] = [other for other in node["required"] if other != name]

    def rename(node: Json) -> None:
        node["properties"][f"{name}s"] = node["properties"].pop(name)
        node["required"] = [f"{name}s" if other == name else other for other in node["required"]]

    yield ("required-field-removed" if is_required else "optional-field-removed"), here, remove, steps
    yield ("field-renamed" if is_required else "optional-field-renamed"), here, rename, steps
    if is_required:
        yield "field-became-optional", here, lambda node: node["required"].remove(name), steps
    else:
        yield "field-became-required", here, lambda node: node["required"].append(name), steps
        if "$ref" not in schema["properties"][name]:
            yield "default-added", here, lambda node: node["properties"][name].update(default=7), steps
    yield from _of_schema(schema["properties"][name], here, (*steps, "properties", name))


def _of_enum(schema: Json, place: str, steps: tuple[Any, ...]) -> Iterator[Found]:
    key = "enum" if "enum" in schema else "oneOf"
    entry = {"enum": lambda value: value, "oneOf": lambda value: {"type": "string", "enum": [value]}}[key]
    first = schema[key][0] if key == "enum" else schema[key][0]["enum"][0]
    yield "enum-value-added", place, lambda node: node[key].append(entry("detached")), steps
    if len(schema[key]) > 2:
        yield "enum-value-removed", place, lambda node: node[key].pop(0), steps
    yield "enum-value-renamed", place, lambda node: node[key].__setitem__(0, entry(first.upper())), steps

    def open_values(node: Json) -> None:
        node.clear()
        node["type"] = "string"

    yield "values-opened", place, open_values, steps


def _of_union(variants: list[Json], place: str, steps: tuple[Any, ...]) -> Iterator[Found]:
    tag = {TAG: {"type": "string", "enum": ["added"]}}
    new = {"type": "object", "properties": {**tag, "uuid": {"type": "string", "format": "uuid"}}, "required": [TAG]}
    yield "variant-added", f"{place}[added]", lambda node: node.append(new), steps
    for index, variant in enumerate(variants):
        name = variant["properties"][TAG]["enum"][0]
        here = f"{place}[{name}]"
        yield "variant-renamed", here, lambda node, i=index, tag=name: _tag(node[i]).update(enum=[f"{tag}s"]), steps
        if len(variants) > 2:
            yield "variant-removed", here, lambda node, index=index: node.pop(index), steps
        yield from _of_object(variant, here, (*steps, index), tag=TAG)


def _tag(variant: Json) -> Json:
    tag: Json = variant["properties"][TAG]
    return tag


def _of_scalar(schema: Json, place: str, steps: tuple[Any, ...]) -> Iterator[Found]:
    kind, nullable = schema["type"], isinstance(schema["type"], list)
    kind = kind[0] if nullable else kind
    others = {"string": "boolean", "integer": "string", "number": "string", "boolean": "integer"}

    def change_type(node: Json) -> None:
        node.clear()
        node["type"] = [others[kind], "null"] if nullable else others[kind]

    yield "type-changed", place, change_type, steps
    if nullable:
        yield "null-forbidden", place, lambda node: node.update(type=kind), steps
    else:
        yield "null-allowed", place, lambda node: node.update(type=[kind, "null"]), steps
    wider, narrower = ("type-widened", "number"), ("type-narrowed", "integer")
    for rule, other in {"integer": [wider], "number": [narrower]}.get(kind, []):
        yield rule, place, lambda node, other=other: node.update(type=[other, "null"] if nullable else other), steps
    for limit, tighter, looser in (("minLength", 1, -1), ("maximum", -1, 1)):
        if limit in schema:
            for rule, by in (("constraint-tightened", tighter), ("constraint-loosened", looser)):
                yield rule, place, lambda node, limit=limit, by=by: node.update({limit: node[limit] + by}), steps
    if kind == "string" and "minLength" not in schema:
        yield "constraint-tightened", place, lambda node: node.update(minLength=1), steps
        yield "values-closed", place, lambda node: node.update(enum=[*VALUES, *([None] if nullable else [])]), steps


def _of_messages(protocol: Protocol) -> Iterator[Edit]:
    for name, message in protocol.messages.items():
        part = message.parts["params"]
        flipped = {**message.parts, "params": Part(part.schema, part.sender, not part.required)}
        rule = "part-became-optional" if part.required else "part-became-required"
        yield Edit(rule, f"{name} params", _putting(name, replace(message, parts=flipped)), name)
        rest = {role: other for role, other in message.parts.items() if role != "params"}
        rule = "required-part-removed" if part.required else "part-removed"
        yield Edit(rule, f"{name} params", _putting(name, replace(message, parts=rest)), name)
        yield Edit(f"{message.kind}-renamed", name, _putting(name, replace(message, name=f"{name}s")), name)
        if len(protocol.messages) > 1:
            yield Edit(f"{message.kind}-removed", name, _putting(name), name)
    if protocol.messages:
        for kind in ("request", "notification"):
            added = Message(
                "new/thing", kind, "server", {"params": Part({"type": "string", "format": "uuid"}, "server")}
            )
            yield Edit(f"{kind}-added", "new/thing", _putting("", added), "new/thing")


def _putting(name: str, *messages: Message) -> Callable[[Protocol], None]:
    """Return what puts messages in the place of one."""

    def apply(protocol: Protocol) -> None:
        protocol.messages.pop(name, None)
        protocol.messages.update({message.name: message for message in messages})

    return apply


# Who sends what.


def senders(protocol: Protocol, owner: str) -> set[str]:
    """Return who sends a definition or a message."""
    if not protocol.messages:
        return {"client", "server"}
    if owner in protocol.messages:
        return {protocol.messages[owner].sender}
    parts = [part for message in protocol.messages.values() for part in message.parts.values()]
    return {part.sender for part in parts if owner in _reached(protocol, part.schema)}


def _reached(protocol: Protocol, schema: Any) -> set[str]:
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            target = node.get("$ref")
            if isinstance(target, str) and target not in found:
                found.add(target)
                waiting.append(protocol.definitions[target])
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return found


def verdict(rule: str, who: str, sending: set[str], *, strict: bool) -> Level:
    """Return the verdict for one side: as the sender of what it sends, as the reader of the rest."""
    as_sender, as_reader = VERDICTS[rule][-1 if strict else 0].upper().split("/")
    levels = [Level[as_sender]] if who in sending else []
    levels += [Level[as_reader]] if sending - {who} else []
    return max(levels)


# The properties.


@st.composite
def edited(draw: st.DrawFn) -> tuple[Protocol, Edit, Protocol]:
    old = draw(protocols())
    possible = list(edits(old))
    rule = draw(st.sampled_from(sorted({edit.rule for edit in possible})))
    edit = draw(st.sampled_from([edit for edit in possible if edit.rule == rule]))
    new = deepcopy(old)
    edit.apply(new)
    note(f"{edit.rule} at {edit.location}\nold: {old}\nnew: {new}")
    return old, edit, new


@given(case=edited(), strict=st.booleans())
def test_the_diff_finds_exactly_the_one_edit(case: tuple[Protocol, Edit, Protocol], *, strict: bool):
    old, edit, new = case
    sending = senders(old, edit.owner) or senders(new, edit.owner)

    (change,) = compare(old, new, strict=strict).changes

    assert (change.rule, change.location) == (edit.rule, edit.location)
    assert change.senders == sending
    assert change.client == verdict(edit.rule, "client", sending, strict=strict)
    assert change.server == verdict(edit.rule, "server", sending, strict=strict)
    assert set(change.messages) == {
        name
        for protocol in (old, new)
        for name, message in protocol.messages.items()
        if name == edit.owner or any(edit.owner in _reached(protocol, part.schema) for part in message.parts.values())
    }


@given(edited())
def test_the_opposite_edit_is_the_mirrored_change(case: tuple[Protocol, Edit, Protocol]):
    old, edit, new = case

    (change,) = compare(new, old).changes

    # What got another name stands at its old one, and every edit of a name here adds a letter.
    names = {edit.location, f"{edit.location}s", edit.location.replace("]", "s]")}
    assert change.rule == RULES[edit.rule].mirror
    assert change.location in (names if edit.rule.endswith("-renamed") else {edit.location})


@given(protocols())
def test_a_protocol_does_not_differ_from_itself(protocol: Protocol):
    assert compare(protocol, deepcopy(protocol)).changes == ()
