# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flushing: each way to say how far, and what a second run finds left to do."""

import pytest

FLUSH = "POST /_ml/anomaly_detectors/j/_flush"
FIRST = 1_514_764_800_000  # 2018-01-01T00:00:00Z, the first of twelve records, five minutes apart
SPAN = 15 * 60_000
HOUR = 4 * SPAN
DONE = FIRST + 3 * SPAN  # the end of the last bucket that the records themselves make final


@pytest.fixture
def fed(server):
    """A server with an opened job that holds twelve records in buckets of 15 minutes."""
    server.reset(jobs=[{"job_id": "j", "state": "opened", "records": 12}])
    return server


def flush(server, **options):
    outcome = server.run("ml_job", job_id="j", state="flushed", **options)
    assert not outcome.failed, outcome.msg
    return outcome, outcome.jobs[0]["last_finalized_bucket_end"]


@pytest.mark.parametrize(
    ("time", "sent", "end"),
    [
        ("2018-01-01T03:00:00Z", "2018-01-01T03:00:00Z", FIRST + 3 * HOUR),
        ("2018-01-01 03:00:00+00:00", "2018-01-01T03:00:00%2B00:00", FIRST + 3 * HOUR),
        ("2018-01-01T04:00:00+01:00", "2018-01-01T04:00:00%2B01:00", FIRST + 3 * HOUR),
        (str(FIRST // 1000 + 3 * 3600), str(FIRST // 1000 + 3 * 3600), FIRST + 3 * HOUR),
        (str(FIRST + 3 * HOUR), str(FIRST + 3 * HOUR), FIRST + 3 * HOUR),
        ("2018-01-01T03:10:00Z", "2018-01-01T03:10:00Z", FIRST + 3 * HOUR),
    ],
)
def test_up_to_a_time(fed, time, sent, end):
    predicted = fed.run("ml_job", job_id="j", state="flushed", advance_time=time, check=True)
    assert predicted.writes == []
    achieved, reached = flush(fed, advance_time=time)
    assert achieved.writes == predicted.declared_writes == [f"{FLUSH}?advance_time={sent}"]
    assert achieved.changed is predicted.changed is True
    assert reached == end
    second, reached = flush(fed, advance_time=time)
    assert (second.changed, second.writes, reached) == (False, [], end)


@pytest.mark.parametrize("time", ["2018-01-01T00:45:00Z", "2018-01-01T00:59:59Z", "10"])
def test_up_to_a_time_that_is_final_already(fed, time):
    outcome, reached = flush(fed, advance_time=time)
    assert (outcome.changed, outcome.writes, reached) == (False, [], DONE)


def test_a_plain_flush_of_what_is_final_already(fed):
    outcome, reached = flush(fed)
    assert (outcome.changed, outcome.writes, reached) == (False, [], DONE)
    assert "j was flushed that far already" in outcome.msg


def test_a_job_without_data(server):
    server.reset(jobs=[{"job_id": "j", "state": "opened"}])
    for options in ({}, {"advance_time": "2018-01-01T03:00:00Z"}):
        outcome, reached = flush(server, **options)
        assert (outcome.changed, outcome.writes, reached) == (False, [], None)


def test_a_skip_is_known_only_to_the_job(fed):
    time = "2018-01-01T03:00:00Z"
    first, reached = flush(fed, skip_time=time)
    assert first.writes == [FLUSH, f"{FLUSH}?skip_time={time}"]
    assert first.changed
    assert reached == FIRST + 3 * HOUR
    second, reached = flush(fed, skip_time=time)
    assert second.writes == [FLUSH]
    assert second.changed is False
    assert reached == FIRST + 3 * HOUR


def test_skip_and_advance(fed):
    outcome, reached = flush(fed, skip_time="2018-01-01T02:00:00Z", advance_time="2018-01-01T03:00:00Z")
    assert outcome.changed
    assert reached == FIRST + 3 * HOUR


@pytest.mark.parametrize(
    ("options", "query"),
    [
        ({}, ""),
        ({"start": "2018-01-01T00:00:00Z"}, "start=2018-01-01T00:00:00Z&"),
        ({"start": str(FIRST), "end": str(FIRST + HOUR)}, f"start={FIRST}&end={FIRST + HOUR}&"),
    ],
)
def test_interim_results_are_calculated_each_time(fed, options, query):
    for _run in range(2):
        predicted = fed.run("ml_job", job_id="j", state="flushed", calc_interim=True, check=True, **options)
        outcome, _end = flush(fed, calc_interim=True, **options)
        assert outcome.writes == predicted.declared_writes == [f"{FLUSH}?{query}calc_interim=true"]
        assert outcome.changed is predicted.changed is True


def test_latency_keeps_buckets_open(newest):
    analysis = {"bucket_span": "15m", "latency": "1h", "detectors": [{"function": "count"}]}
    newest.reset(jobs=[{"job_id": "j", "state": "opened", "records": 12, "analysis_config": analysis}])
    outcome, reached = flush(newest, advance_time="2018-01-01T03:00:00Z")
    assert reached == FIRST + 2 * HOUR
    assert outcome.changed
    second, _end = flush(newest, advance_time="2018-01-01T03:00:00Z")
    assert (second.changed, second.writes) == (False, [])
