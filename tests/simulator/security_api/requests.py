# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the handlers of the security APIs share."""

from simulator import errors
from simulator.config.parser import ObjectParser
from simulator.rest import Request


def invalid(*problems: str) -> errors.ApiError:
    """A request that its own validation refuses."""
    return errors.ApiError(400, "action_request_validation_exception", validation_failed(*problems))


def unfit(*problems: str) -> errors.ApiError:
    """A request that the store of users and roles refuses."""
    return errors.ApiError(400, "validation_exception", validation_failed(*problems))


def validation_failed(*problems: str) -> str:
    return "Validation Failed: " + "".join(f"{number}: {problem};" for number, problem in enumerate(problems, 1))


def body_of(request: Request, parser: ObjectParser) -> dict:
    """Raises ApiError 400."""
    return parser.parse(request.version.number, request.body_text())


def refresh(request: Request) -> None:
    """`refresh`, whose values are all the same here."""
    value = request.text("refresh")
    if value not in (None, "", "true", "false", "wait_for"):
        raise errors.illegal_argument(f"Unknown value for refresh: [{value}].")
