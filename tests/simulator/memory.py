# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory a job's model is estimated to need (API: estimate model memory, 7.7 and later).

The figures are those of TransportEstimateModelMemoryAction (7.10 to 9.5).
"""

import math

from simulator import errors, jobs
from simulator.config import parser as p
from simulator.config.analysis import ANALYSIS_CONFIG
from simulator.config.detectors import SPLITS
from simulator.config.faults import as_reply, illegal_argument, status_fault
from simulator.config.positions import END_OBJECT, START_OBJECT, TokenStream
from simulator.rest import Request

ESTIMATE = "cluster:admin/xpack/ml/job/estimate_model_memory"
KB, MB = 1 << 10, 1 << 20
MOST = (1 << 63) - 1
BASE = 10 * MB
FIELD_VALUES = 5 * MB
CATEGORIZATION = 5 * MB
INFLUENCER_VALUE = 10 * KB
OVER_VALUE = 768
CATEGORIES = {"overall": 500, "bucket": 50}
BY_FUNCTION = {
    **dict.fromkeys(("count", "non_zero_count", "distinct_count"), 32 * KB),
    **dict.fromkeys(("rare", "freq_rare"), 2 * KB),
    **dict.fromkeys(("info_content", "mean", "avg", "min", "max", "sum", "non_null_sum", "varp"), 48 * KB),
    **dict.fromkeys(("median", "lat_long"), 64 * KB),
    **dict.fromkeys(("time_of_day", "time_of_week"), 10 * KB),
    "metric": 120 * KB,
}
KEEPS_VALUES = ("distinct_count", "info_content")


def _read_cardinalities(stream: TokenStream) -> dict[str, int]:
    cardinalities = {}
    while stream.next() != END_OBJECT:
        name = stream.token.value
        stream.next()
        cardinalities[name] = p.read_integer(stream)
    return cardinalities


def _cardinalities(name: str) -> p.Field:
    def check(release, values: dict[str, int]) -> dict[str, int]:
        for number in values.values():
            if number < 0:
                raise status_fault(f"[{name}] contained negative cardinality [{number}]")
        return values

    return p.Field(name, p.Kind(frozenset({START_OBJECT}), _read_cardinalities).then(check))


BODY = p.ObjectParser(
    ESTIMATE,
    (
        p.Field("analysis_config", ANALYSIS_CONFIG),
        _cardinalities("overall_cardinality"),
        _cardinalities("max_bucket_cardinality"),
    ),
)


def register(router) -> None:
    router.add("POST", jobs.ROOT + "/_estimate_model_memory", estimate_model_memory, since=(7, 7))


async def estimate_model_memory(request: Request) -> dict:
    given = BODY.parse(request.version.number, request.body_text())
    request.ready(ESTIMATE)
    if "analysis_config" not in given:
        raise errors.invalid_request("[analysis_config] was not specified")
    with as_reply():
        size = estimate(
            given["analysis_config"], given.get("overall_cardinality", {}), given.get("max_bucket_cardinality", {})
        )
    return {"model_memory_estimate": f"{-(-size // MB)}mb"}


def estimate(analysis: dict, overall: dict[str, int], in_bucket: dict[str, int]) -> int:
    """Bytes. Raises Fault where the cardinality of a field is needed and not known."""
    span = analysis["bucket_span"].seconds
    needs = sum(detector_needs(detector, span, overall) for detector in analysis["detectors"])
    needs += influencers_need(analysis, in_bucket) + categorization_needs(analysis, overall)
    return min(MOST, BASE + needs)


def detector_needs(detector: dict, span: int, overall: dict[str, int]) -> int:
    def cardinality(kind: str) -> int:
        return known(f"{kind}_field_name", detector[f"{kind}_field_name"], overall, "overall")

    function = detector["function"].removeprefix("low_").removeprefix("high_")
    partitions = max(1, cardinality("partition")) if "partition_field_name" in detector else 1
    needs = BY_FUNCTION[function]
    if "by_field_name" in detector:
        needs *= math.ceil(thinned(cardinality("by"), partitions, span) * 2 / 3)
    if "over_field_name" in detector:
        needs += OVER_VALUE * math.ceil(thinned(cardinality("over"), partitions, span))
    return needs * partitions + (FIELD_VALUES if function in KEEPS_VALUES else 0)


def thinned(cardinality: int, partitions: int, span: int) -> float:
    """How many of the values one partition has in a bucket: the fewer, the more partitions and the shorter the span."""
    if not cardinality:
        return 0.0
    power = min(1.0, (math.log10(span) + 1) / 8)
    return cardinality / min(cardinality, partitions) ** power


def influencers_need(analysis: dict, in_bucket: dict[str, int]) -> int:
    """A field that splits a detector costs nothing more."""
    used = {detector.get(name) for detector in analysis["detectors"] for name in SPLITS}
    fields = dict.fromkeys(field for field in analysis["influencers"] if field not in used)
    return INFLUENCER_VALUE * sum(known("influencers", field, in_bucket, "bucket") for field in fields)


def categorization_needs(analysis: dict, overall: dict[str, int]) -> int:
    if "categorization_field_name" not in analysis:
        return 0
    partitions = [detector["partition_field_name"] for detector in analysis["detectors"] if SPLITS[2] in detector]
    if not (analysis.get("per_partition_categorization", {}).get("enabled") and partitions):
        return CATEGORIZATION
    return CATEGORIZATION * max(1, known(SPLITS[2], partitions[0], overall, "overall"))


def known(what: str, field: str, cardinalities: dict[str, int], scope: str) -> int:
    if field not in cardinalities and field == "mlcategory":
        return CATEGORIES[scope]
    if field not in cardinalities:
        kind = {"overall": "Overall", "bucket": "Bucket max"}[scope]
        raise illegal_argument(f"[{kind}] cardinality estimate required for [{what}] [{field}] but not supplied")
    return cardinalities[field]
