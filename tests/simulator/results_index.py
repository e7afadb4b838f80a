# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of jobs that were written as documents into their indices, as tests of the APIs that read results do.

What the simulated analysis yields itself (buckets, model snapshots) is kept by its job.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simulator import date_math
from simulator.index import Index

PREFIX = ".ml-anomalies-"
TIMES = ("timestamp", "latest_record_time_stamp", "latest_result_time_stamp")


@dataclass(frozen=True)
class Kind:
    """Documents that have a member, with a certain value if one is given; what is missing gets a default."""

    member: str
    value: str | None
    defaults: dict

    def covers(self, source: dict) -> bool:
        return self.member in source and self.value in (None, source[self.member])


SCORED = {"is_interim": False, "probability": 0.0}
KINDS = {
    "buckets": Kind(
        "result_type",
        "bucket",
        {
            "anomaly_score": 0.0,
            "initial_anomaly_score": 0.0,
            "event_count": 0,
            "is_interim": False,
            "bucket_influencers": [],
            "processing_time_ms": 0,
        },
    ),
    "records": Kind(
        "result_type", "record", {**SCORED, "record_score": 0.0, "initial_record_score": 0.0, "detector_index": 0}
    ),
    "influencers": Kind(
        "result_type", "influencer", {**SCORED, "influencer_score": 0.0, "initial_influencer_score": 0.0}
    ),
    "categories": Kind(
        "category_id", None, {"terms": "", "regex": "", "max_matching_length": 0, "examples": [], "grok_pattern": ""}
    ),
    "model_snapshots": Kind("snapshot_doc_count", None, {"min_version": "6.3.0", "retain": False}),
}


def written(job) -> Iterator[tuple[Index, str, dict]]:
    """Index, id and source of each document of this job."""
    name = job.config["results_index_name"]
    for base in dict.fromkeys((job.job_id, f".write-{job.job_id}", name)):
        for index_name in (PREFIX + base, f"{PREFIX}{base}-000001"):
            index = job.cluster.indices.get(index_name)
            for document_id, document in list(index.documents.items()) if index else ():
                if document.source.get("job_id") == job.job_id:
                    yield index, document_id, document.source


def results(job, kind: str) -> list[dict]:
    """As the API of a kind shows them."""
    known = KINDS[kind]
    found = [shown(known, source) for _index, _id, source in written(job) if known.covers(source)]
    return [as_category(category, job.cluster.version) for category in found] if kind == "categories" else found


def as_category(category: dict, version) -> dict:
    """With what makes it a value of the field `mlcategory` (CategoryDefinition, 7.9 and later)."""
    if not version.since(7, 9):
        return category
    number = category["category_id"]
    split = {
        category[name]: category["partition_field_value"] for name in ("partition_field_name",) if name in category
    }
    return {
        **split,
        **category,
        "result_type": "category_definition",
        "mlcategory": str(number) if version.since(7, 11) else number,
    }


def shown(kind: Kind, source: dict) -> dict:
    times = {name: moment(source[name]) for name in TIMES if name in source}
    return {**kind.defaults, **source, **times}


def moment(value: int | str) -> int:
    """Milliseconds."""
    return date_math.from_date(value) if isinstance(value, str) else int(value)


def time_of(source: dict) -> int:
    return moment(source.get("timestamp", 0))


def delete(job, is_unwanted: Callable[[dict], bool]) -> None:
    """Delete results (what has a `result_type`) of a job."""
    for index, document_id, source in written(job):
        if "result_type" in source and is_unwanted(source):
            del index.documents[document_id]


def forget(job) -> None:
    """Delete all that was written for a job."""
    for index, document_id, _source in written(job):
        del index.documents[document_id]
