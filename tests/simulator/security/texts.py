# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the server refuses credentials (401) and actions (403), by version."""

from simulator.errors import ApiError

REFUSED_CREDENTIALS = (
    "unable to authenticate with provided credentials and anonymous access is not allowed for this request"
)
EXPIRED = 'Bearer realm="security", error="invalid_token", error_description="The access token expired"'


def unauthenticated(reason: str, challenges: list[str], **extra) -> ApiError:
    shown = challenges[0] if len(challenges) == 1 else challenges
    headers = {"WWW-Authenticate": challenges}
    return ApiError(401, "security_exception", reason, headers=headers, **extra, header={"WWW-Authenticate": shown})


def challenges(version, *, token_service: bool) -> list[str]:
    if not version.since(8):
        return ['Basic realm="security" charset="UTF-8"']
    bearer = ['Bearer realm="security"'] if token_service else []
    return ['Basic realm="security", charset="UTF-8"', *bearer, "ApiKey"]


def unauthorized(reason: str) -> ApiError:
    return ApiError(403, "security_exception", reason)
