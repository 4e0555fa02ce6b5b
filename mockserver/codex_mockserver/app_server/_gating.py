"""What only clients with the capability ``experimentalApi`` may use."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from codex_mockserver.app_server._errors import RpcError
from codex_schemas.app_server import AppServerContract, Method, load, param_names

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
            self._known[method.name] = frozenset(param_names(self._whole, method.name))
        known = self._known[method.name]
        return {name: value for name, value in params.items() if name in known} if known else params

    def _experimental_fields(self, method: Method) -> frozenset[str]:
        if method.name not in self._fields:
            wide, stable = (param_names(contract, method.name) for contract in (self._whole, self._stable))
            self._fields[method.name] = frozenset(wide).difference(stable)
        return self._fields[method.name]

    @cached_property
    def _stable(self) -> AppServerContract:
        """What the release offers to everyone."""
        return load(self._whole.version)


def _refusal(name: str) -> RpcError:
    return RpcError(f"{name} requires experimentalApi capability")
