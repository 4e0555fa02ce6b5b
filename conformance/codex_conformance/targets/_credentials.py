"""Whose calls a suite makes."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Credentials"]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a user has after a login; a server that is not ours may lack parts."""

    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    account_id: str = ""
    api_key: str = field(default="", repr=False)
    plan_type: str = ""

    def headers(self, *, is_api: bool) -> dict[str, str]:
        """Return the headers of a call to the API with keys, or to the ChatGPT backend."""
        token = self.api_key if is_api else self.access_token
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return headers if is_api or not self.account_id else {**headers, "chatgpt-account-id": self.account_id}
