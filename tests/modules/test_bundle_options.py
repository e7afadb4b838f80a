# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ml_bundle and ml_bundle_info refuse before anything is sent, in words that name the item."""

import pytest

from modules.estates import estate

JOB = estate()["jobs"][0]


def job(**changes) -> dict:
    return {"jobs": [{**JOB, **changes}]}


def feeds(*jobs: str) -> dict:
    return {"datafeeds": [{"datafeed_id": f"feed-{n}", "job_id": job, "indices": ["a"]} for n, job in enumerate(jobs)]}


BUNDLES = {
    "a misspelt option": (
        job(analysis_config={"bucket_spam": "15m", "detectors": []}),
        "jobs[web-1].analysis_config.bucket_spam: '15m' is refused: a job has no such option. Did you mean bucket_span",
    ),
    "a misspelt option in a list": (
        job(analysis_config={"detectors": [{"function": "count"}, {"funktion": "count", "function": "count"}]}),
        "jobs[web-1].analysis_config.detectors.funktion: 'count' is refused",
    ),
    "what a server sets": (job(create_time=1), "jobs[web-1].create_time: 1 is refused: a job has no such option"),
    "a datafeed inside its job": (job(datafeed_config={}), "Declare the datafeed under datafeeds."),
    "a wrong type": (job(description={"a": 1}, groups=5, analysis_config=[]), "jobs[web-1]: "),
    "no id": ({"jobs": [JOB, {"description": "x"}]}, "jobs[1]: {'description': 'x'} is refused: it has no job_id"),
    "an id twice": ({"jobs": [JOB, JOB]}, "jobs[web-1]: 'web-1' is refused: it is declared twice"),
    "a wildcard": (job(job_id="web-*"), "jobs[web-*]: 'web-*' is refused: it is no id"),
    "all": (job(job_id="_all"), "jobs[_all]: '_all' is refused: it is no id"),
    "an id with a blank": (job(job_id="web 1"), "jobs[web 1]: 'web 1' is refused: it is not a valid id"),
    "two datafeeds of one job": (
        feeds("web-1", "web-2", "web-1"),
        "datafeeds[feed-2].job_id: 'web-1' is refused: datafeed feed-0 is declared for that job too",
    ),
    "several at once": ({"jobs": [job(a=1)["jobs"][0], {}], **feeds("x", "x")}, "And 2 more: jobs[1]: "),
    "a time in an event": (
        {"calendars": [{"calendar_id": "c", "events": [{"description": "d", "start_time": "x", "end_time": "y"}]}]},
        "calendars[c].",
    ),
    "prune without a limit": (
        {**job(), "prune": {"jobs": "*"}},
        "prune.jobs: '*' is refused: there is no max_affected",
    ),
    "prune of what is not given": (
        {**job(), "prune": {"filters": "*"}, "max_affected": 1},
        "prune.filters: '*' is refused: filters is not given",
    ),
    "prune of nothing": ({**job(), "prune": {"jobs": []}, "max_affected": 1}, "prune.jobs: [] is refused"),
    "prune of an empty text": ({**job(), "prune": {"jobs": ""}, "max_affected": 1}, "prune.jobs: "),
    "prune of an emptied element": (
        {**job(), "prune": {"jobs": ["a-*", ""]}, "max_affected": 1},
        "prune.jobs: '' is refused: an element is empty",
    ),
    "a limit below zero": ({**job(), "max_affected": -1}, "max_affected: -1 is refused"),
}
EXPORTS = {
    "an empty list": ({"jobs": []}, "jobs: [] is refused: the list is empty"),
    "a malformed id": ({"calendars": ["A b"]}, "calendars: 'A b' is refused"),
    "files to prune nowhere": ({"prune_files": True}, "prune_files: True is refused: there is no to_files"),
}


@pytest.mark.parametrize(
    ("module", "options", "said"),
    [("ml_bundle", *case) for case in BUNDLES.values()] + [("ml_bundle_info", *case) for case in EXPORTS.values()],
    ids=[*BUNDLES, *EXPORTS],
)
@pytest.mark.parametrize("check", [False, True], ids=["run", "check"])
def test_refused_before_anything_is_sent(newest, module, options, said, check):
    outcome = newest.run(module, check=check, **options)
    assert outcome.failed
    assert said in outcome.msg
    assert outcome.lines == []
    assert outcome.error["type"] == "bad_option"
