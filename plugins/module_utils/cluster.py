# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""The only place that talks HTTP: requests as data, sent through the official client's transport.

Plain C(application/json) through C(client.transport) is what every pair of client 8.x/9.x and server 7.3 to 9.x
accepts; that door adds no credentials, checks no product and raises on no status, so this module does.
"""

from __future__ import annotations

import contextlib
import json
import re
from urllib.parse import quote, urlencode

from ansible_collections.mlops.elastic.plugins.module_utils import connection, tls
from ansible_collections.mlops.elastic.plugins.module_utils.errors import (
    Busy,
    Interrupted,
    MlError,
    Unfinished,
    Unreachable,
    of_part,
    of_redirect,
    of_reply,
    of_stranger,
)
from ansible_collections.mlops.elastic.plugins.module_utils.parallel import each
from ansible_collections.mlops.elastic.plugins.module_utils.waiting import seconds_asked_for

_PAUSE = 0.5
"""Seconds before a request is sent again, twice as long each time: three of them outlast the election of a master."""

_NO_ANSWER_IN_TIME = "ConnectionTimeout"

_JSON = {"content-type": "application/json"}


def escaped(expression):
    """Return ids, joined by commas, as one part of a path; nothing in it can begin another part, or a query."""
    return quote(expression, safe=",*")


def dotted(version):
    """Return a version as people write it."""
    return ".".join(str(number) for number in version)


class Request:
    """One API call as data.

    :arg method: HTTP method
    :arg path: path without query, in which ids are L(escaped)
    :arg query: pairs, or a dict, of parameters as the API names them
    :arg purpose: what it is for, in words that complete "could not ..."
    :arg subjects: ids that it is about
    :arg template: the path of its API, without ids
    :arg expects: a key that every successful reply of this API has
    :arg body: what is sent as JSON, None for nothing
    :arg reads: whether it changes nothing although its method is not GET
    """

    __slots__ = ("body", "expects", "method", "path", "purpose", "query", "subjects", "template", "writes")

    def __init__(
        self, method, path, query=None, purpose="", expects=None, subjects=(), template=None, body=None, reads=False
    ):
        self.method = method
        self.path = path
        self.query = dict(query or {})
        self.purpose = purpose or f"{method} {path}"
        self.expects = expects
        self.subjects = tuple(subjects)
        self.template = template or path
        self.body = body
        self.writes = method != "GET" and not reads

    @property
    def target(self):
        return "{}?{}".format(self.path, urlencode(self.query, safe=",*:")) if self.query else self.path

    def as_result(self, brief=False):
        """Return what a user sees of it: the call, or only which API it was."""
        return {"method": self.method, "path": self.template if brief else self.target}


class _Bodies:
    """Stands in for the client's serializers, whose refusal of a reply's body would hide its status."""

    def dumps(self, data, mimetype=None):
        return json.dumps(data).encode()

    def loads(self, data, mimetype=None):
        """Return what JSON says; text where it is none, or is cut off."""
        try:
            return json.loads(data)
        except ValueError:
            return data.decode("utf-8", "replace")


class Cluster:
    """A connection; C(sent) lists its requests, in order.

    :arg budget: the time that pauses between attempts may take
    """

    def __init__(self, params, opaque_id, budget):
        connection.validate(params)
        self._parallel = params["parallel"]
        self._client = connection.build_client(params, self._parallel)
        self._client.transport.serializers = _Bodies()
        self._nodes = len(self._client.transport.node_pool)
        self._budget = budget
        self._quiet_until = 0.0
        self._request_timeout = params["request_timeout"]
        self._max_retries = params["max_retries"]
        self._address = params["cloud_id"] or ", ".join(params["hosts"])
        self._headers = {"accept": "application/json", "x-opaque-id": params["opaque_id"] or opaque_id}
        if connection.authorization(params):
            self._headers["authorization"] = connection.authorization(params)
        self._headers.update({name.lower(): str(value) for name, value in (params["headers"] or {}).items()})
        self._version = False
        self.sent = []

    @property
    def names_itself(self):
        """Tell whether requests say who sends them, so that the server has privileges to check."""
        return "authorization" in self._headers

    def close(self):
        self._client.close()

    @contextlib.contextmanager
    def unlisted(self):
        """Leave requests out of C(sent) that are no part of the work, so that results do not depend on who watches."""
        count = len(self.sent)
        try:
            yield
        finally:
            del self.sent[count:]

    def send(self, request, seconds=None):
        """Send one request and return the parsed reply.

        :arg seconds: longest time to wait for the answer, at most C(request_timeout)
        :raises Unreachable: no answer
        :raises Interrupted: the answer was lost, or a wait ended before the work did
        :raises ServerError: any other refusal
        """
        self.sent.append(request)
        return self._insist(request, seconds)

    def send_all(self, requests, seconds=None, meanwhile=None):
        """Send requests side by side, bounded; return a reply or an L(MlError) for each, in order.

        :arg meanwhile: called now and then while answers are still out
        """
        self.sent += requests
        if len(requests) == 1 and not meanwhile:
            return [self._attempt(requests[0], seconds)]
        return each(lambda request: self._attempt(request, seconds), requests, self._parallel, meanwhile)

    def _attempt(self, request, seconds):
        try:
            return self._insist(request, seconds)
        except MlError as error:
            return error

    def _insist(self, request, seconds):
        """Send again, after a pause, what certainly was not carried out, and readings that got no answer.

        The client's own retries would also repeat a change whose answer was lost.
        """
        for attempt in range(self._max_retries):
            try:
                return self._exchange(request, seconds)
            except (Busy, Interrupted, Unreachable) as error:
                another_node = attempt + 1 < self._nodes and not isinstance(error, Busy)
                if not _is_repeatable(request, error, another_node):
                    raise
                if not another_node and not self._budget.pause(_PAUSE * 2**attempt):
                    raise
        return self._exchange(request, seconds)

    def _exchange(self, request, seconds):
        import elastic_transport
        import urllib3

        self._keep_quiet(request)
        try:
            reply = self._client.transport.perform_request(
                request.method,
                request.target,
                body=request.body,
                headers=self._headers if request.body is None else dict(self._headers, **_JSON),
                request_timeout=min(self._request_timeout, seconds or self._request_timeout),
                max_retries=0,
            )
        except elastic_transport.TransportError as error:
            raise self._no_answer(request, error) from error
        except urllib3.exceptions.LocationParseError as error:
            raise of_redirect(request.purpose, None, None, self._address) from error
        status, body = reply.meta.status, reply.body
        if status in (429, 503):
            asked = seconds_asked_for(reply.meta.headers.get("retry-after", "0"))
            self._quiet_until = max(self._quiet_until, self._budget.used() + asked)
        if isinstance(body, str) and "json" in (reply.meta.mimetype or ""):
            raise of_part(request.purpose, status, self._address)
        if status >= 400:
            raise of_reply(request.purpose, status, body, self._address)
        if status >= 300:
            raise of_redirect(request.purpose, status, reply.meta.headers.get("location"), self._address)
        if not isinstance(body, dict) or (request.expects and request.expects not in body):
            raise of_stranger(request.purpose, status, self._address)
        return body

    def _keep_quiet(self, request):
        """Wait as long as a C(Retry-After) asked for.

        :raises Unfinished: that is longer than the budget
        """
        asked = self._quiet_until - self._budget.used()
        if asked > 0 and not self._budget.pause(asked):
            raise Unfinished(
                f"could not {request.purpose}: {self._address} asks to be left alone for {asked:.0f} more seconds "
                "(Retry-After), and the task has less time than that. Run it again later",
                type="timeout",
                reason=f"Retry-After asks for {asked:.0f} s",
            )

    def version(self):
        """Return the server's version as a tuple of two numbers, or None where it cannot be read.

        C(_ml/info) tells it to whoever may read ML, as long as the node has ML's programs; C(GET /) needs C(monitor).
        """
        if self._version is False:
            self._version = self._ask_version()
        return self._version

    def _ask_version(self):
        reply = self.send(Request("GET", "/_ml/info", purpose="read the server's version"))
        found = re.match(r"(\d+)\.(\d+)", str((reply.get("native_code") or {}).get("version") or ""))
        return (int(found.group(1)), int(found.group(2))) if found else None

    def _no_answer(self, request, error):
        import elastic_transport
        import urllib3

        said, cause = str(error.message), error.__cause__
        kind, advice = Interrupted, _CUT_ADVICE
        if isinstance(cause, urllib3.exceptions.NewConnectionError):
            kind, advice = Unreachable, "Check hosts, and whether the server runs"
        elif isinstance(error, elastic_transport.ConnectionTimeout):
            kind = Unreachable if isinstance(cause, urllib3.exceptions.ConnectTimeoutError) else Interrupted
            advice = "Raise request_timeout, or look for a slow proxy"
        elif isinstance(error, elastic_transport.TlsError) and "EOF" not in said:
            kind, advice = Unreachable, tls.advice(said)
        return kind(
            f"could not {request.purpose}: no answer from {self._address}: {said}. {advice}.",
            type=type(error).__name__,
            reason=said,
        )


_CUT_ADVICE = (
    "If it happens every time, the port may speak TLS (write https://), want a client_cert, or belong to "
    "another program"
)


def _is_repeatable(request, error, another_node):
    """Tell whether a request may be sent again although nobody looked whether it took hold."""
    if error.type == _NO_ANSWER_IN_TIME and not another_node:
        return False
    return not isinstance(error, Interrupted) or not request.writes
