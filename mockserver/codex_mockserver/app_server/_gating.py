"""What only clients with the capability ``experimentalApi`` may use."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from codex_mockserver.app_server._errors import RpcError
from codex_schemas.app_server import AppServerContract, Method, load

__all__ = ["Gate"]

Json = dict[str, Any]

#: Values of params that are experimental although the stable schemas have them: the field, the value
#: or the only key of an object, and what the refusal calls it.
_VARIANTS = (
    ("approvalPolicy", "granular", "askForApproval.granular"),
    ("type", "chatgptAuthTokens", "account/login/start.chatgptAuthTokens"),
)


class Gate:
    """Knows the experimental part of a release.

    Args:
        whole: The release with its experimental part.
    """

    def __init__(self, whole: AppServerContract) -> None:
        self._whole = whole
        self._fields: dict[str, frozenset[str]] = {}
        self._known: dict[str, frozenset[str]] = {}

    def check(self, method: Method, params: Json) -> None:
        """Refuse a request that uses something experimental.

        Raises:
            RpcError: It does.
        """
        if method.experimental:
            raise _refusal(method.name)
        for field in sorted(self._experimental_fields(method)):
            if params.get(field) not in (None, False):
                raise _refusal(f"{method.name}.{field}")
        for field, variant, name in _VARIANTS:
            value = params.get(field)
            if value == variant or (isinstance(value, dict) and variant in value):
                raise _refusal(name)

    def known(self, method: Method, params: Json) -> Json:
        """Return the params that the release knows; it ignores the others."""
        if method.name not in self._known:
            self._known[method.name] = self._properties(self._whole, method.params)
        known = self._known[method.name]
        return {name: value for name, value in params.items() if name in known} if known else params

    def _experimental_fields(self, method: Method) -> frozenset[str]:
        if method.name not in self._fields:
            known = self._stable.methods[method.name].params
            wide = self._properties(self._whole, method.params)
            self._fields[method.name] = wide - self._properties(self._stable, known)
        return self._fields[method.name]

    @cached_property
    def _stable(self) -> AppServerContract:
        """What the release offers to everyone."""
        return load(self._whole.version)

    @staticmethod
    def _properties(contract: AppServerContract, schema: Any) -> frozenset[str]:
        """Return the fields of params, through a reference and past a null."""
        if not isinstance(schema, dict):
            return frozenset()
        if "$ref" in schema:
            schema = contract.definitions[schema["$ref"].removeprefix("#/definitions/")]
        inner = [Gate._properties(contract, part) for part in schema.get("anyOf", ())]
        return frozenset(schema.get("properties", {})).union(*inner)


def _refusal(name: str) -> RpcError:
    return RpcError(f"{name} requires experimentalApi capability")
