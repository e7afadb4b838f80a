# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a server's refusal to a typed error with words for a user."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils import errors

ADDRESS = "http://es:9200"


def structured(kind, reason):
    return {"error": {"type": kind, "reason": reason, "root_cause": []}, "status": 0}


def of(status, body):
    return errors.of_reply("close job web-1", status, body, ADDRESS)


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        # an object, a string with a status, a string alone
        (404, structured("resource_not_found_exception", "No known job with id 'a'"), errors.NotFound, "No known job"),
        (405, {"error": "Incorrect HTTP method for uri [/x]", "status": 405}, errors.Fatal, "does not offer that API"),
        (400, {"error": "no handler found for uri [/x] and method [GET]"}, errors.Fatal, "xpack.ml.enabled"),
        # statuses and reasons
        (400, structured("illegal_argument_exception", "unrecognized parameter"), errors.ServerError, "unrecognized"),
        (401, structured("security_exception", "unable to authenticate user [u]"), errors.Fatal, "username and passw"),
        (401, structured("security_exception", "missing authentication credentials"), errors.Fatal, "bearer_token"),
        (
            403,
            structured("security_exception", "action [cluster:admin/xpack/ml/job/close] is unauthorized for user [u]"),
            errors.Fatal,
            "manage_ml",
        ),
        (
            403,
            structured("security_exception", "action [cluster:monitor/xpack/ml/job/get] is unauthorized for user [u]"),
            errors.Fatal,
            "monitor_ml",
        ),
        (403, structured("security_exception", "current license is non-compliant for [ml]"), errors.Fatal, "licence"),
        (406, {"error": "Content-Type header [x] is not supported", "status": 406}, errors.Fatal, "not supported"),
        (409, structured("status_exception", "because it failed, use force close"), errors.Conflict, "force: true"),
        (
            409,
            structured("status_exception", "cannot reset job while indices are being upgraded"),
            errors.Conflict,
            "set_upgrade_mode",
        ),
        (
            429,
            structured("status_exception", "Cannot perform x action while upgrade mode is enabled"),
            errors.Fatal,
            "set_upgrade_mode?enabled=false",
        ),
        (
            429,
            structured("status_exception", "no ML nodes with sufficient capacity were found"),
            errors.ServerError,
            "capacity on the ML nodes",
        ),
        (
            429,
            structured("status_exception", "Cannot change [upgrade_mode]. Previous request is still being processed."),
            errors.Busy,
            "Previous request",
        ),
        (429, structured("es_rejected_execution_exception", "queue is full"), errors.Busy, "queue is full"),
        (429, structured("circuit_breaking_exception", "Data too large"), errors.Busy, "Data too large"),
        (408, structured("status_exception", "Opening job [a] timed out after [1s]"), errors.Interrupted, "timed out"),
        (500, structured("exception", "Opening job [a] timed out after [1s]"), errors.Interrupted, "timed out"),
        (
            500,
            structured("illegal_state_exception", "Timed out when waiting for persistent tasks after 1s"),
            errors.Interrupted,
            "Timed out",
        ),
        (500, structured("exception", "Unexpected job state [failed]"), errors.ServerError, "Unexpected job state"),
        (503, structured("master_not_discovered_exception", "null"), errors.Interrupted, "master_not_discovered"),
        (
            400,
            structured("too_long_http_line_exception", "An HTTP line is larger than 4096 bytes."),
            errors.ServerError,
            "Shorten",
        ),
        # not Elasticsearch's
        (502, "<html>Bad Gateway</html>", errors.Interrupted, "a proxy or load balancer at http://es:9200"),
        (504, None, errors.Interrupted, "proxy"),
        (429, "slow down", errors.Busy, "429"),
        (401, "<html>login</html>", errors.Stranger, "not as Elasticsearch does"),
        (404, {"message": "no route"}, errors.Stranger, "another product"),
        (500, [], errors.Stranger, "not as Elasticsearch does"),
    ],
)
def test_of_reply(status, body, kind, words):
    error = of(status, body)
    assert error.__class__ is kind
    assert words in error.msg
    assert "could not close job web-1" in error.msg
    assert str(status) in error.msg
    assert error.status == status


def test_error_carries_what_the_server_said():
    error = of(409, structured("status_exception", "because it failed, use force close"))
    assert error.as_error() == {
        "status": 409,
        "type": "status_exception",
        "reason": "because it failed, use force close",
    }


def test_a_reason_without_advice_stands_alone():
    assert of(400, structured("parse_exception", "odd")).msg.endswith("answered 400 parse_exception: odd")


def test_the_innermost_cause_is_told():
    cause = {"reason": "[job_details] failed to parse", "caused_by": {"reason": "Invalid detector rule"}}
    error = of(400, {"error": {"type": "x_content_parse_exception", "reason": "[1:5] failed", "caused_by": cause}})
    assert error.reason == "[1:5] failed: Invalid detector rule"
    assert error.reason in error.msg


@pytest.mark.parametrize("reason", [None, "", "nothing that is known"])
def test_no_hint(reason):
    assert errors.hint(reason) == ""


@pytest.mark.parametrize(
    ("reason", "ids"),
    [
        ("No known job with id 'a,b'", ["a", "b"]),
        ("No datafeed with id [a,b] exists", ["a", "b"]),
        ("No known data frame analytics with id [a]", ["a"]),
        ("No known job with id ''", []),
        ("something else", []),
        (None, []),
    ],
)
def test_ids_that_a_404_names(reason, ids):
    assert errors.NotFound("", reason=reason).missing_ids() == ids


def test_bad_option_says_option_value_problem_and_remedy():
    error = errors.BadOption("timeout", "30", "it has no unit", "Write 30m.")
    assert error.msg == "timeout: '30' is refused: it has no unit. Write 30m."
    assert error.as_error() == {"status": None, "type": "bad_option", "reason": "it has no unit"}


def test_a_long_value_is_cut():
    assert len(errors.BadOption("job_id", "a" * 500, "", "").msg) < 120
