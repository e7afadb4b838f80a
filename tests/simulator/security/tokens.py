# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth2 tokens: access tokens, and refresh tokens that are good once, for a day."""

import base64
import secrets
from dataclasses import dataclass

from simulator.security.principals import User

TWENTY_MINUTES = 20 * 60 * 1000
ONE_DAY = 24 * 3600 * 1000


@dataclass
class Token:
    """An access token and the refresh token that came with it; times are milliseconds."""

    access: str
    user: User
    created: int
    expires: int
    refresh: str | None = None
    invalidated: bool = False
    refreshed: bool = False


class Tokens:
    """The token service. `timeout` is how long an access token is good, in milliseconds."""

    def __init__(self, *, enabled: bool, timeout: int = TWENTY_MINUTES):
        self.enabled = enabled
        self.timeout = timeout
        self.by_access: dict[str, Token] = {}

    def create(self, user: User, now: int, *, refreshable: bool) -> Token:
        refresh = secrets.token_urlsafe(32) if refreshable else None
        return self.add(Token(new_value(), user, now, now + self.timeout, refresh))

    def add(self, token: Token) -> Token:
        self.by_access[token.access] = token
        return token

    def refresh(self, refresh_token: str, now: int) -> Token | None:
        """A new token in place of one; None where the refresh token isn't good (any more)."""
        old = next((token for token in self.by_access.values() if token.refresh == refresh_token), None)
        if old is None or old.refreshed or old.invalidated or now >= old.created + ONE_DAY:
            return None
        old.refreshed = True
        return self.create(old.user, now, refreshable=True)

    def invalidate(self, chosen: list[Token]) -> dict:
        """The reply's counts."""
        before = [token for token in chosen if token.invalidated]
        for token in chosen:
            token.invalidated = True
        return {
            "invalidated_tokens": len(chosen) - len(before),
            "previously_invalidated_tokens": len(before),
            "error_count": 0,
        }


def new_value() -> str:
    return base64.b64encode(secrets.token_hex(36).encode()).decode()
