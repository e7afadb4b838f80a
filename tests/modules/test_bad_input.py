# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that cannot be right: refused in words that help, before anything is written."""

import pytest

LONG = "a" * 65
OPENED = {"state": "opened"}
FLUSHED = {"job_id": "open", "state": "flushed"}
JOBS = [
    {"job_id": "open", "state": "opened", "records": 12},
    {"job_id": "shut", "state": "closed", "groups": ["g"]},
    {"job_id": "broken", "state": "opened"},
]


def bad(options, *words, module="ml_job"):
    name = "-".join(f"{key}={value}" for key, value in options.items())
    return pytest.param(module, options, words, id=f"{module}-{name}")


IDS = [
    ([], "the list is empty", "an empty list would mean all"),
    ([""], "''", "an element is empty", "template"),
    (["open", " "], "' '", "an element is empty"),
    (["Open"], "'Open'", "not a valid id", "lower-case letters"),
    (["my job"], "'my job'", "not a valid id"),
    (["open,shut"], "'open,shut'", "a comma stands inside one element", "a list with one id each"),
    (["-open"], "begin and end with a letter or digit"),
    (["open/"], "not a valid id"),
    (["Web-*"], "not a valid expression", "wildcards use * only"),
    (["_all", "open"], "_all stands beside other expressions", "Write _all alone"),
]
BY_ID = [
    bad({option: tokens, "state": state}, f"{option}: ", *words, module=module)
    for module, option, state in (
        ("ml_job", "job_id", "opened"),
        ("ml_analytics", "id", "stopped"),
        ("ml_datafeed", "datafeed_id", "stopped"),
    )
    for tokens, *words in IDS
]
BY_INFO = [
    bad({option: tokens}, f"{option}: ", *words, module=module)
    for module, option in (("ml_job_info", "job_id"), ("ml_analytics_info", "id"), ("ml_datafeed_info", "datafeed_id"))
    for tokens, *words in IDS[:3]
]

REFUSED_UNSEEN = [
    *BY_ID,
    *BY_INFO,
    bad({"job_id": LONG, **OPENED}, LONG, "65 characters", "cannot contain more than 64"),
    bad({"id": LONG, "state": "stopped"}, "65 characters", module="ml_analytics"),
    bad({"job_id": "*", "exclude": [""], **OPENED}, "exclude: ''", "an element is empty"),
    bad({"job_id": "*", "exclude": ["A"], **OPENED}, "exclude: 'A'", "not a valid id"),
    bad({"job_id": "_all", "state": "absent"}, "'_all'", "would delete all jobs", "Set max_affected"),
    bad({"job_id": "*", "state": "absent"}, "'*'", "would delete all jobs", "Set max_affected"),
    bad({"job_id": ["open", "**"], "state": "absent"}, "would delete all jobs"),
    bad({"id": "*", "state": "absent"}, "would delete all data frame analytics", module="ml_analytics"),
    bad({"datafeed_id": "_all", "state": "absent"}, "would delete all datafeeds", module="ml_datafeed"),
    bad({"job_id": "open", "max_affected": -1, **OPENED}, "max_affected: -1", "below 0"),
    bad({**FLUSHED, "start": "1"}, "start: '1'", "needs calc_interim", "calc_interim: true"),
    bad({**FLUSHED, "end": "1", "calc_interim": False}, "end: '1'", "needs calc_interim"),
    bad({**FLUSHED, "end": "1", "calc_interim": True}, "start is missing", "Set start as well"),
    bad({**FLUSHED, "calc_interim": True, "start": "2", "end": "1"}, "end: '1'", "before start 2", "Exchange them"),
    bad({**FLUSHED, "advance_time": "tomorrow"}, "advance_time: 'tomorrow'", "as a time", "2018-01-01T13:00:00Z"),
    bad({**FLUSHED, "skip_time": "now-1h"}, "skip_time: 'now-1h'", "cannot be read as a time"),
    bad({**FLUSHED, "calc_interim": True, "start": "2018-02-30"}, "start: '2018-02-30'", "cannot be read as a time"),
    bad({**FLUSHED, "advance_time": "1", "skip_time": "2"}, "advance_time: '1'", "later than skip_time 2"),
    bad({"job_id": "open", "advance_time": "1", "state": "closed"}, "advance_time: '1'", "belongs to state: flushed"),
    bad({"job_id": "open", "calc_interim": True, **OPENED}, "calc_interim: True", "belongs to state: flushed"),
    bad({"job_id": "open", "delete_user_annotations": True, "state": "closed"}, "belongs to state: absent"),
    bad({"job_id": "open", "timeout": "30", **OPENED}, "timeout: '30'", "not a duration with a unit", "30m"),
    bad({"job_id": "open", "timeout": "1.5h", **OPENED}, "timeout: '1.5h'", "not a duration with a unit"),
    bad({"id": "a", "timeout": "soon", "state": "stopped"}, "timeout: 'soon'", module="ml_analytics"),
    bad({"id": "a", "wait_for": "finished", "state": "stopped"}, "belongs to state: started", module="ml_analytics"),
    bad({"datafeed_id": "f", "start": "1", "state": "stopped"}, "belongs to state: started", module="ml_datafeed"),
    bad({"datafeed_id": "f", "end": "x", "state": "started"}, "end: 'x'", "now-1h", module="ml_datafeed"),
    bad(
        {"datafeed_id": "f", "start": "2", "end": "1", "state": "started"},
        "end: '1'",
        "not later than start 2",
        module="ml_datafeed",
    ),
    bad(
        {"job_id": "open", "username": "u", "password": "p4ss", "api_key": "k3y", **OPENED},
        "username and api_key",
        "two kinds of credentials",
        "Keep one of them",
    ),
    bad({"job_id": "open", "api_key": "k3y", "bearer_token": "t0ken", **OPENED}, "api_key and bearer_token"),
    bad({"job_id": "open", "username": "u", **OPENED}, "password is missing"),
    bad({"job_id": "open", "client_key": "/no/key", **OPENED}, "client_cert is missing"),
    bad({"job_id": "open", "ca_cert": "/no/ca.pem", **OPENED}, "ca_cert: '/no/ca.pem'", "no such file"),
    bad({"job_id": "open", "hosts": [], **OPENED}, "hosts", "empty"),
    bad({"job_id": "open", "hosts": ["localhost:9200"], **OPENED}, "hosts: 'localhost:9200'", "https://es.example"),
    bad({"job_id": "open", "hosts": ["http://es:port"], **OPENED}, "hosts: 'http://es:port'"),
    bad({"job_id": "open", "request_timeout": 0, **OPENED}, "request_timeout: 0", "not above 0"),
    bad({"job_id": "open", "state": "shut"}, "state", "opened, closed, flushed, reset, absent"),
    bad(OPENED, "job_id"),
]


@pytest.mark.parametrize(("module", "options", "words"), REFUSED_UNSEEN)
def test_refused_before_anything_is_sent(newest, module, options, words):
    for check in (False, True):
        outcome = newest.run(module, check=check, **options)
        assert outcome.failed
        for word in words:
            assert word in outcome.msg
        assert outcome.lines == []


REFUSED_AT_SIGHT = [
    bad({"job_id": ["open", "nope"], "state": "closed"}, "no known job with id 'nope'", "nothing was changed"),
    bad({"job_id": ["nope", "lost", "open"], "state": "closed"}, "'nope,lost'"),
    bad({"job_id": ["shut", "broken"], **OPENED}, "job broken is failed", "set force: true", "nothing was changed"),
    bad({"job_id": ["open", "broken"], "state": "closed"}, "job broken is failed", "set force: true"),
    bad({"job_id": ["open", "shut"], "state": "flushed"}, "job shut", "it is closed", "state: opened"),
    bad(
        {"job_id": "_all", "exclude": ["broken"], "state": "absent", "max_affected": 1},
        "max_affected",
        "2 of 2 jobs would be changed (open, shut)",
        "at most 1",
        "raise max_affected",
    ),
    bad({"job_id": "open", "state": "closed", "max_affected": 0}, "1 of 1 jobs would be changed (open)"),
    bad(
        {"id": ["a", "nope"], "state": "stopped"}, "no known data frame analytics with id 'nope'", module="ml_analytics"
    ),
    bad({"id": "bad", "state": "stopped"}, "data frame analytics bad is failed", "force: true", module="ml_analytics"),
    bad({"datafeed_id": ["f", "nope"], "state": "absent", "max_affected": 0}, "max_affected", module="ml_datafeed"),
    bad({"datafeed_id": ["f", "nope"], "state": "stopped"}, "no known datafeed with id 'nope'", module="ml_datafeed"),
    bad({"job_id": ["nope"]}, "no known job with id 'nope'", module="ml_job_info"),
    bad({"id": ["nope"]}, "no known data frame analytics with id 'nope'", module="ml_analytics_info"),
    bad({"datafeed_id": ["nope"]}, "no known datafeed with id 'nope'", module="ml_datafeed_info"),
]


@pytest.mark.parametrize(("module", "options", "words"), REFUSED_AT_SIGHT)
def test_refused_before_anything_is_written(server, module, options, words):
    server.reset(
        indices=["source"],
        jobs=JOBS,
        datafeeds=[{"datafeed_id": "f", "job_id": "open", "state": "started"}],
        analytics=[{"id": "a", "state": "started"}, {"id": "bad"}],
    )
    server.control("jobs/broken", {"state": "failed"})
    server.control("analytics/bad", {"state": "failed"})
    for check in (False, True):
        outcome = server.run(module, check=check, **options)
        assert outcome.failed
        for word in words:
            assert word in outcome.msg
        assert outcome.writes == []
        assert outcome.requests
