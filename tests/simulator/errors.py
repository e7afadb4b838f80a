# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error replies of Elasticsearch: an exception rendered as an object, and two kinds of plain text."""


class ApiError(Exception):
    """An Elasticsearch exception.

    `extra` members are written into the error and its root cause (for example `header`).
    `caused_by` is `{"type", "reason", ...}`; `root_cause` replaces the root cause, which else is the error itself.
    """

    def __init__(self, status: int, type: str, reason: str, *, caused_by=None, root_cause=None, headers=None, **extra):
        super().__init__(reason)
        self.status = status
        self.type = type
        self.reason = reason
        self.caused_by = caused_by
        self.root_cause = root_cause
        self.headers = headers or {}
        self.extra = extra

    def error(self) -> dict:
        """The value of `error` in a reply, in a task's result and in a bulk item."""
        own = {"type": self.type, "reason": self.reason, **self.extra}
        root = self.root_cause or own
        caused_by = {"caused_by": self.caused_by} if self.caused_by else {}
        return {"root_cause": [root], **own, **caused_by}

    def body(self) -> dict:
        return {"error": self.error(), "status": self.status}


class PlainError(Exception):
    """A refusal of the HTTP layer whose `error` is a string; `no handler found` has no `status` in its body."""

    def __init__(self, status: int, text: str, *, headers=None, shows_status: bool = True):
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = headers or {}
        self.shows_status = shows_status

    def body(self) -> dict:
        return {"error": self.text, "status": self.status} if self.shows_status else {"error": self.text}


def illegal_argument(reason: str, **more) -> ApiError:
    return ApiError(400, "illegal_argument_exception", reason, **more)


def invalid_request(reason: str) -> ApiError:
    """A request whose own check of itself fails."""
    return ApiError(400, "action_request_validation_exception", f"Validation Failed: 1: {reason};")


def wrapped(java_class: str, type: str, reason: str) -> ApiError:
    """An exception of the server's own that reaches the client as a 500."""
    return ApiError(500, "exception", f"java.lang.{java_class}: {reason}", caused_by={"type": type, "reason": reason})


def conflict(reason: str, **more) -> ApiError:
    return ApiError(409, "status_exception", reason, **more)


def status_error(status: int, reason: str, **more) -> ApiError:
    return ApiError(status, "status_exception", reason, **more)


def not_found(reason: str, **more) -> ApiError:
    return ApiError(404, "resource_not_found_exception", reason, **more)


def already_exists(reason: str) -> ApiError:
    return ApiError(400, "resource_already_exists_exception", reason)


def missing_job(expression: str) -> ApiError:
    return not_found(f"No known job with id '{expression}'")


def missing_datafeed(expression: str) -> ApiError:
    return not_found(f"No datafeed with id [{expression}] exists")


def missing_analytics(expression: str) -> ApiError:
    return not_found(f"No known data frame analytics with id [{expression}]")


def wait_timed_out(timeout: str) -> ApiError:
    return ApiError(500, "illegal_state_exception", f"Timed out when waiting for persistent tasks after {timeout}")


def start_timed_out(version, what: str, timeout: str) -> ApiError:
    """Of open and start: `what` begins the sentence; the status changed in 8.5."""
    status = version.start_timeout_status
    kind = "status_exception" if status == 408 else "exception"
    return ApiError(status, kind, f"{what} timed out after [{timeout}]")


def still_on_node(node: str, milliseconds: int) -> ApiError:
    """Of upgrade mode, whose tasks are waited for as a list of tasks is."""
    waited = {"type": "receive_timeout_transport_exception", "reason": f"timed out after [{milliseconds}ms]"}
    return ApiError(500, "failed_node_exception", f"Failed node [{node}]", node_id=node, caused_by=waited)


def upgrade_mode(action: str) -> ApiError:
    return status_error(429, f"Cannot perform {action} action while upgrade mode is enabled")


def no_licence() -> ApiError:
    return ApiError(
        403,
        "security_exception",
        "current license is non-compliant for [ml]",
        **{"license.expired.feature": "ml"},
    )


def no_handler(method: str, uri: str) -> PlainError:
    return PlainError(400, f"no handler found for uri [{uri}] and method [{method}]", shows_status=False)


def wrong_method(method: str, uri: str, allowed: list[str]) -> PlainError:
    return not_allowed(f"Incorrect HTTP method for uri [{uri}] and method [{method}]", allowed)


def not_allowed(text: str, allowed: list[str]) -> PlainError:
    if not allowed:
        return PlainError(405, text)
    return PlainError(405, f"{text}, allowed: [{', '.join(allowed)}]", headers={"Allow": ",".join(allowed)})


def unexpected_method(method: str, allowed: list[str]) -> PlainError:
    return not_allowed(f"Unexpected http method: {method}", allowed)


def bad_parameter(reason: str) -> ApiError:
    """Of a query that can't be decoded."""
    cause = {"type": "illegal_argument_exception", "reason": reason}
    return ApiError(400, "bad_parameter_exception", f"java.lang.IllegalArgumentException: {reason}", caused_by=cause)


def doubled_header(version, name: str) -> ApiError | PlainError:
    reason = f"multiple values for single-valued header [{name}]."
    return illegal_argument(reason) if version.since(7, 11) else PlainError(400, reason)
