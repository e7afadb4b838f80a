# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs with datafeeds that are declared: what that takes in one task, and in a loop of tasks."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from measure import Samples
from report import NOTHING, memory, seconds, table
from works import CLIENT, IN_PROCESS, MODULE, URI, Way, Work

LOOP = Way("a loop of `ml_job` and `ml_datafeed`, in process", "{verb}_each.yml")
LOOP_OF_MODULES = Way("the same, as modules", "{verb}_each.yml", {"ML_ELASTIC_IN_PROCESS": "0"}, slow=True)
LONGEST_LOOP = 100
"""Jobs of a loop, unless all of it is wanted."""

QUERY = {"bool": {"filter": [{"term": {"kind": "event"}}, {"exists": {"field": "value"}}]}}


@dataclass(frozen=True)
class Estate(Work):
    """``count`` jobs with a datafeed each, of which ``different`` are not as declared."""

    different: int = 0

    def jobs(self) -> list[dict]:
        return [
            {
                "job_id": name,
                "description": f"Values of {name}",
                "groups": ["load", "bench"],
                "analysis_config": {
                    "bucket_span": "15m",
                    "detectors": [{"function": "mean", "field_name": "value", "partition_field_name": "host"}],
                    "influencers": ["host"],
                },
                "analysis_limits": {"model_memory_limit": "64mb"},
                "data_description": {"time_field": "time", "time_format": "epoch_ms"},
            }
            for name in self.ids()
        ]

    def datafeeds(self) -> list[dict]:
        more = {"indices": ["source"], "query": QUERY, "query_delay": "60s"}
        return [{"datafeed_id": f"datafeed-{name}", "job_id": name, **more} for name in self.ids()]

    def seed(self) -> dict:
        jobs = self.jobs()
        for job in jobs[: self.different]:
            job["description"] = "of another kind"
        return {"indices": ["source"], "jobs": jobs, "datafeeds": self.datafeeds()}

    def variables(self, tasks: int) -> dict:
        """The jobs that differ come first; a loop that is cut short leaves them out, so that it meets like ones."""
        first = 0 if tasks == self.count else self.different
        chosen = slice(first, first + tasks)
        return {"bench_jobs": self.jobs()[chosen], "bench_datafeeds": self.datafeeds()[chosen]}

    def tasks(self, way: Way, most: int) -> int:
        """How many jobs a way declares."""
        if way in (IN_PROCESS, MODULE, CLIENT):
            return self.count
        return min(self.count, most if way.slow else max(most, LONGEST_LOOP))


def estates(counts: tuple[int, ...]) -> tuple[Estate, ...]:
    """Nothing different, which the plain client can ask for as well, and one in a hundred."""
    ways = (IN_PROCESS, MODULE, LOOP, LOOP_OF_MODULES, URI)
    return tuple(
        Estate(
            f"declare {count:,} jobs, {different or 'none'} different",
            "reconcile",
            count,
            "",
            chosen,
            different=different,
        )
        for count in counts
        for different, chosen in ((0, (*ways, CLIENT)), (max(1, count // 100), ways))
    )


def figures(samples: Samples) -> str:
    """A row for each estate; a loop's time is that of a job with its datafeed, of all or as many as were declared."""
    works = list(dict.fromkeys(work for work, way in samples if isinstance(work, Estate)))
    head = [
        "jobs with datafeeds",
        "different",
        "`ml_bundle`, s",
        "as a module, s",
        "requests",
        "MB",
        "client script, s",
    ]
    head += ["`ml_bundle`, ms a job", "loop, ms a job", "loop of modules, ms a job", "`uri`, ms a job"]
    return table([*head, "loop ÷ bundle", "`uri` ÷ bundle"], [_row(samples, work) for work in works])


def _row(samples: Samples, work: Estate) -> list[str]:
    bundle = samples[work, IN_PROCESS]
    client = samples.get((work, CLIENT))
    return [
        f"{work.count:,}",
        f"{work.different:,}",
        seconds([sample.seconds for sample in bundle]),
        seconds([sample.seconds for sample in samples[work, MODULE]]),
        str(bundle[0].requests),
        memory(bundle),
        seconds([sample.seconds for sample in client]) if client else NOTHING,
        *(f"{_milliseconds(samples[work, way]):.1f}" for way in (IN_PROCESS, LOOP, LOOP_OF_MODULES, URI)),
        *(f"{_ratio(samples[work, way], bundle):,.1f}" for way in (LOOP, URI)),
    ]


def _milliseconds(samples: list) -> float:
    return statistics.median(sample.milliseconds_a_task for sample in samples)


def _ratio(some: list, others: list) -> float:
    return statistics.median(one.milliseconds_a_task / other.milliseconds_a_task for one, other in zip(some, others))
