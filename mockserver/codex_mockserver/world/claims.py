"""What the tokens say: the claims of id tokens and access tokens."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from codex_mockserver.world._state import Account, Session, Workspace

__all__ = ["ACCESS_TOKEN_LIFE", "ID_TOKEN_LIFE", "access_token_claims", "id_token_claims"]

#: Seconds that tokens live.
ACCESS_TOKEN_LIFE = 10 * 24 * 3600
ID_TOKEN_LIFE = 3600

_AUTH = "https://api.openai.com/auth"
_PROFILE = "https://api.openai.com/profile"
_MFA = "https://api.openai.com/mfa"
_RESOURCE = "https://api.openai.com/v1"
_SUBSCRIPTION_PERIOD = 30 * 24 * 3600


def id_token_claims(
    account: Account, workspace: Workspace, session: Session, *, token_id: str, now: float
) -> dict[str, Any]:
    """Return the claims of an id token."""
    claims = {
        **_common(account, session, token_id=token_id, issued_at=int(now), life=ID_TOKEN_LIFE),
        "aud": [session.client_id],
        "azp": session.client_id,
        "auth_time": int(session.created_at),
        "sid": session.id,
        "email": account.email,
        "email_verified": True,
        _AUTH: {
            **_membership(account, workspace),
            **_subscription(workspace, session.created_at),
            "groups": [],
            "organizations": _organizations(account),
        },
    }
    if session.nonce is not None:
        claims["nonce"] = session.nonce
    return claims


def access_token_claims(
    account: Account, workspace: Workspace, session: Session, *, token_id: str, now: float, is_from_login: bool
) -> dict[str, Any]:
    """Return the claims of an access token; for expired credentials its life is over at once."""
    lives = (account.login_token_life if is_from_login else None, account.token_life, ACCESS_TOKEN_LIFE)
    life = 0 if account.credentials_expired else next(life for life in lives if life is not None)
    organization = {"poid": account.organization_id} if account.platform_access else {}
    return {
        **_common(account, session, token_id=token_id, issued_at=int(now), life=life),
        "aud": [_RESOURCE],
        "client_id": session.client_id,
        "scp": session.scope.split(),
        "session_id": session.id,
        _AUTH: {
            **_membership(account, workspace),
            **organization,
            "amr": ["pwd"],
            "chatgpt_compute_residency": "no_constraint",
            "localhost": True,
        },
        _MFA: {"required": "no"},
    }


def _common(account: Account, session: Session, *, token_id: str, issued_at: int, life: int) -> dict[str, Any]:
    return {
        "iss": session.issuer,
        "sub": account.user_id,
        "jti": token_id,
        "iat": issued_at,
        "nbf": issued_at,
        "exp": issued_at + life,
        _PROFILE: {"email": account.email, "email_verified": True},
    }


def _membership(account: Account, workspace: Workspace) -> dict[str, Any]:
    """Say who the person is in the workspace; only people with platform access have an organization."""
    claims = {
        "chatgpt_account_id": workspace.id,
        "chatgpt_account_user_id": f"{account.user_id}__{workspace.id}",
        "chatgpt_account_is_fedramp": workspace.is_fedramp,
        "chatgpt_plan_type": workspace.plan_type,
        "chatgpt_user_id": account.user_id,
        "user_id": account.user_id,
        "completed_platform_onboarding": account.platform_access,
        "is_org_owner": account.platform_access,
    }
    if account.platform_access:
        claims |= {
            "organization_id": account.organization_id,
            "chatgpt_backing_organization_id": account.organization_id,
            "project_id": account.project_id,
        }
    return claims


def _organizations(account: Account) -> list[dict[str, Any]]:
    if not account.platform_access:
        return []
    return [{"id": account.organization_id, "is_default": True, "role": "owner", "title": "Personal"}]


def _subscription(workspace: Workspace, now: float) -> dict[str, str]:
    """Say how long a paid plan is paid for: the period began when the person logged in."""
    if workspace.plan_type == "free":
        return {}
    return {
        "chatgpt_subscription_active_start": _moment(now),
        "chatgpt_subscription_active_until": _moment(now + _SUBSCRIPTION_PERIOD),
        "chatgpt_subscription_last_checked": _moment(now),
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()
