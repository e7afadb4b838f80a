# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""One small tree of typed errors, and what a server's refusal means for the person who reads it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit


class MlError(Exception):
    """Anything that ends a task with a message for the user; carries C(error: {status, type, reason}).

    The result of a run that was already under way is kept in C(result), so that nothing done is lost.
    """

    def __init__(self, msg, status=None, type=None, reason=None):
        super().__init__(msg)
        self.msg = msg
        self.status = status
        self.type = type
        self.reason = reason
        self.result = {}

    def before_any_change(self):
        """Return this error, saying that nothing was changed."""
        if "nothing was changed" not in self.msg:
            self.msg += " Nothing was changed." if self.msg.endswith(".") else "; nothing was changed"
        return self

    def as_error(self):
        return {"status": self.status, "type": self.type, "reason": self.reason}


class BadOption(MlError):
    """An option's value was refused before anything was sent."""

    def __init__(self, option, value, problem, remedy):
        super().__init__(
            f"{option}: {_shown(value)} is refused: {problem}. {remedy}", type="bad_option", reason=problem
        )


class Refused(MlError):
    """The observed state does not allow what was asked; nothing was changed."""

    def __init__(self, msg, reason=None, type="refused", status=None):
        super().__init__(msg, status=status, type=type, reason=reason or msg)


class Unreachable(MlError):
    """No answer could be had: nobody listens, or TLS does not match."""


class Interrupted(MlError):
    """An answer was lost or a wait was cut short while the server goes on: look again."""


class ServerError(MlError):
    """A reply with a status of 400 or more."""


class NotFound(ServerError):
    """404: the server names the ids that it does not know."""

    def missing_ids(self):
        """Return the ids a 404 names, from C(No known job with id 'a,b') or C(No datafeed with id [a,b] exists)."""
        found = re.search(r"'([^']*)'|\[([^\]]*)\]", self.reason or "")
        return [token for token in (found.group(1) or found.group(2) or "").split(",") if token] if found else []


class Conflict(ServerError):
    """409: the state changed since it was observed."""


class Overtaken(Conflict):
    """409 of two changes of one document at once: the same request may succeed after a look."""


class Busy(ServerError):
    """429 from a queue, a circuit breaker, or an API that does one thing at a time: it may succeed later."""


class Fatal(ServerError):
    """Credentials, licence, upgrade mode, a missing API: the next request would fail in the same way."""


class Stranger(Fatal):
    """An answer that Elasticsearch would not give: a login page's, another product's."""


class Unfinished(MlError):
    """The budget was spent before the state was reached."""


_HINTS = (
    (
        r"no handler found for uri|Incorrect HTTP method",
        "This server does not offer that API: ML is not part of this distribution, is disabled "
        "(xpack.ml.enabled: false), or the server is older than the API.",
    ),
    (
        r"unable to authenticate|missing authentication|invalid basic auth|failed to authenticate|token expired",
        "Check username and password, api_key or bearer_token (or the ELASTICSEARCH_* environment variables).",
    ),
    (
        r"cluster:monitor/xpack/ml|cluster:monitor/",
        "Give the user a role with the cluster privilege monitor_ml (built in: machine_learning_user).",
    ),
    (
        r"is unauthorized for",
        "Give the user a role with the cluster privilege manage_ml (built in: machine_learning_admin).",
    ),
    (
        r"lacks permissions on the indices",
        "Give the user the index privileges that the message lists.",
    ),
    (
        r"license is non-compliant",
        "Machine learning needs a trial, platinum or enterprise licence; the present one is basic or has expired.",
    ),
    (
        r"upgrade mode is enabled|indices are being upgraded",
        "Machine learning is in upgrade mode: end it with ml_upgrade_mode and state: disabled "
        "(POST _ml/set_upgrade_mode?enabled=false), then run again.",
    ),
    (r"use force (close|stop)", "Set force: true to end what has failed."),
    (
        r"sufficient capacity|task assignment is disabled",
        "Free or add capacity on the ML nodes, or enable persistent task assignment.",
    ),
    (
        r"HTTP line is larger",
        "Shorten the expressions or use a wildcard or group.",
    ),
)

_FATAL_STATUSES = (401, 403, 405, 406)
_LONGEST_SHOWN = 80
_CUT_STATUSES = (408, 502, 503, 504)


def hint(reason):
    """Return what a user can do about a server's reason, or an empty string."""
    return next((text for pattern, text in _HINTS if re.search(pattern, reason or "")), "")


def of_reply(purpose, status, body, address):
    """Turn a refusing reply into a typed error.

    C(error) comes in three shapes: an object, a string with C(status), a string alone (contract 1.1).

    :arg purpose: what was tried, on what, in words ("close jobs web-1, web-2")
    :arg status: HTTP status, 400 or more
    :arg body: parsed reply
    :arg address: where the reply came from
    """
    error = body.get("error") if isinstance(body, dict) else None
    if error is None:
        return of_stranger(purpose, status, address)
    if isinstance(error, dict):
        kind, reason = error.get("type"), _reason(error)
        rejected = error.get("additional_unsuccessful_credentials")
        reason += f" ({rejected})" if rejected else ""
    else:
        kind, reason = None, str(error)
    advice = hint(reason)
    msg = "could not {}: the server answered {}{}: {}".format(purpose, status, " " + kind if kind else "", reason)
    return _kind_of(status, kind, reason)(
        "{}{}".format(msg, ". " + advice if advice else ""), status=status, type=kind, reason=reason
    )


def of_redirect(purpose, status, location, address):
    """Return the error of a reply that sends the request on: credentials go nowhere but to the addresses given."""
    target = urlsplit(location or "")
    where = f"{target.scheme or 'http'}://{target.netloc.rpartition('@')[2]}" if target.netloc else "another path"
    return Fatal(
        f"could not {purpose}: {address} answered{f' {status}' if status else ''} and sends the request on to {where}; "
        "that is not followed. Write the cluster's own address in hosts, with its path if it has one",
        status=status,
        type="not_elasticsearch",
        reason=f"the reply is a redirect to {where}",
    )


def of_stranger(purpose, status, address):
    """Return the error of a reply that Elasticsearch would not give: a proxy's, a login page's, another product's."""
    if status in _CUT_STATUSES:
        return Interrupted(
            f"could not {purpose}: a proxy or load balancer at {address} answered {status} in the server's place",
            status=status,
            type="proxy",
            reason=f"HTTP {status} without Elasticsearch's error",
        )
    if status == 429:
        return Busy(f"could not {purpose}: a proxy at {address} answered 429", status=status, type="proxy")
    return Stranger(
        f"could not {purpose}: {address} answered{f' {status}' if status else ''}, but not as Elasticsearch does. "
        "Check hosts: is there a proxy, a login page or another product at that address?",
        status=status,
        type="not_elasticsearch",
        reason="the reply is not Elasticsearch's",
    )


def of_part(purpose, status, address):
    """Return the error of a reply that is no whole JSON: it was cut off on its way."""
    return Interrupted(
        f"could not {purpose}: the answer of {address} was cut off",
        status=status,
        type="incomplete",
        reason="the reply is not whole",
    )


def _reason(error):
    """Return a server's reason with its innermost cause, which names what is wrong inside of what was sent."""
    cause = error
    while isinstance(cause.get("caused_by"), dict):
        cause = cause["caused_by"]
    outer, inner = error.get("reason") or "", cause.get("reason") or ""
    return outer if inner in outer else f"{outer}: {inner}"


def _kind_of(status, kind, reason):
    if status in _CUT_STATUSES or "Timed out when waiting for persistent tasks" in reason:
        return Interrupted
    if status == 500 and re.search(r"timed out after \[", reason):
        return Interrupted
    if status == 429 and (kind != "status_exception" or "previous request" in reason.lower()):
        return Busy
    if status in _FATAL_STATUSES or "no handler found" in reason or "upgrade mode" in reason:
        return Fatal
    if kind == "version_conflict_engine_exception":
        return Overtaken
    return {404: NotFound, 409: Conflict}.get(status, ServerError)


def _shown(value):
    """Return a value for a message: whole and as it is; half a secret, or one in other characters, is not hidden."""
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"a value of {len(text)} characters"
