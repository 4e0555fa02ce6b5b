"""The rules for messages, their parts and named types."""

from __future__ import annotations

from typing import Any

from codex_schemas.diff._rule import Example, rule

__all__ = ["MESSAGE_RULES"]

_THREAD = {"type": "object", "properties": {"threadId": {"type": "string"}}, "required": ["threadId"]}
_READ = {"kind": "request", "params": _THREAD, "result": _THREAD}
_CLOSED = {"kind": "notification", "params": _THREAD}


def _messages(old: Any, new: Any) -> Example:
    return Example(old, new, "messages")


MESSAGE_RULES = (
    rule(
        "request-added",
        "compatible/dangerous",
        "A request is new: the other side may be asked what it cannot answer.",
        "The {sender} has a new request, {name}.",
        _messages({}, {"thread/read": _READ}),
        mirror="request-removed",
        strict="compatible/breaking",
    ),
    rule(
        "request-removed",
        "breaking/compatible",
        "A request is gone: who still sends it is refused.",
        "The {sender} no longer has the request {name}.",
        _messages({"thread/read": _READ}, {}),
        mirror="request-added",
    ),
    rule(
        "request-renamed",
        "breaking/dangerous",
        "A request has another name, with the same params and the same result.",
        "The request {old_value} is now called {new_value}.",
        _messages({"thread/read": _READ}, {"thread/load/read": _READ}),
        strict="breaking/breaking",
    ),
    rule(
        "request-promoted",
        "compatible/compatible",
        "A request that was experimental became stable.",
        "The request {name} is no longer experimental.",
        _messages({"thread/read": {**_READ, "experimental": True}}, {"thread/read": _READ}),
        mirror="request-demoted",
        strict="compatible/breaking",
    ),
    rule(
        "request-demoted",
        "breaking/compatible",
        "A stable request became experimental: who sends it without asking for the experimental API is refused.",
        "The request {name} became experimental.",
        _messages({"thread/read": _READ}, {"thread/read": {**_READ, "experimental": True}}),
        mirror="request-promoted",
    ),
    rule(
        "notification-added",
        "compatible/compatible",
        "A notification is new: who does not know it leaves it aside.",
        "The {sender} has a new notification, {name}.",
        _messages({}, {"thread/closed": _CLOSED}),
        mirror="notification-removed",
        strict="compatible/breaking",
    ),
    rule(
        "notification-removed",
        "dangerous/breaking",
        "A notification is gone: who waits for it waits in vain, and who still sends it is not heard.",
        "The {sender} no longer has the notification {name}.",
        _messages({"thread/closed": _CLOSED}, {}),
        mirror="notification-added",
        strict="breaking/breaking",
    ),
    rule(
        "notification-renamed",
        "dangerous/breaking",
        "A notification has another name, with the same params.",
        "The notification {old_value} is now called {new_value}.",
        _messages({"thread/closed": _CLOSED}, {"thread/state/closed": _CLOSED}),
        strict="breaking/breaking",
    ),
    rule(
        "notification-promoted",
        "compatible/compatible",
        "A notification that was experimental became stable.",
        "The notification {name} is no longer experimental.",
        _messages({"thread/closed": {**_CLOSED, "experimental": True}}, {"thread/closed": _CLOSED}),
        mirror="notification-demoted",
        strict="compatible/breaking",
    ),
    rule(
        "notification-demoted",
        "dangerous/breaking",
        "A stable notification became experimental: who does not ask for the experimental API waits in vain.",
        "The notification {name} became experimental.",
        _messages({"thread/closed": _CLOSED}, {"thread/closed": {**_CLOSED, "experimental": True}}),
        mirror="notification-promoted",
        strict="breaking/breaking",
    ),
    rule(
        "part-added",
        "compatible/dangerous",
        "A message may have a part that it could not have, such as another answer.",
        "The {name} of {owner} is new: {new}.",
        _messages({"thread/ping": {"kind": "notification"}}, {"thread/ping": {**_CLOSED, "required": False}}),
        mirror="part-removed",
        strict="compatible/breaking",
    ),
    rule(
        "part-removed",
        "breaking/dangerous",
        "A part that a message might have is gone, such as one of its answers.",
        "The {name} of {owner} is gone.",
        _messages({"thread/ping": {**_CLOSED, "required": False}}, {"thread/ping": {"kind": "notification"}}),
        mirror="part-added",
    ),
    rule(
        "required-part-added",
        "breaking/dangerous",
        "A message must have a part that it did not have: what an old sender sends is refused.",
        "The {name} of {owner} is new and required: {new}.",
        _messages({"thread/ping": {"kind": "notification"}}, {"thread/ping": _CLOSED}),
        mirror="required-part-removed",
        strict="breaking/breaking",
    ),
    rule(
        "required-part-removed",
        "breaking/breaking",
        "A part that a message had to have is gone: who reads it misses it.",
        "The {name} of {owner} is gone, and was required.",
        _messages({"thread/ping": _CLOSED}, {"thread/ping": {"kind": "notification"}}),
        mirror="required-part-added",
    ),
    rule(
        "part-became-required",
        "breaking/compatible",
        "A message must now have a part that it might leave out.",
        "The {name} of {owner} is now required.",
        _messages({"thread/ping": {**_CLOSED, "required": False}}, {"thread/ping": _CLOSED}),
        mirror="part-became-optional",
    ),
    rule(
        "part-became-optional",
        "compatible/breaking",
        "A message may now leave out a part that it always had.",
        "The {name} of {owner} is now optional.",
        _messages({"thread/ping": _CLOSED}, {"thread/ping": {**_CLOSED, "required": False}}),
        mirror="part-became-required",
    ),
    rule(
        "definition-added",
        "compatible/compatible",
        "A type is new, and no other type uses it.",
        "The type {name} is new.",
        Example({}, {"Thread": _THREAD}, "definitions"),
        mirror="definition-removed",
    ),
    rule(
        "definition-removed",
        "breaking/breaking",
        "A type is gone that no other type used.",
        "The type {name} is gone.",
        Example({"Thread": _THREAD}, {}, "definitions"),
        mirror="definition-added",
    ),
)
