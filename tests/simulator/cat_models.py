# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_cat/ml/trained_models`: the one model that every server brings along, as there are no others here."""

from simulator import errors, listing
from simulator.cat_columns import column, member
from simulator.cat_table import Column, Instant
from simulator.config.values import ByteSize, TimeValue
from simulator.rest import Request

GET = "cluster:monitor/xpack/ml/inference/get"
STATS = "cluster:monitor/xpack/ml/inference/stats/get"
PREPACKAGED = {
    "lang_ident_model_1": {
        "model_id": "lang_ident_model_1",
        "created_by": "_xpack",
        "heap_size": ByteSize(1_053_992, "b"),
        "operations": 39_629,
        "license": "basic",
        "create_time": Instant(1_575_548_914_594),
        "version": "7.6.0",
        "description": "Model used for identifying language from arbitrary input text.",
        "type": "lang_ident",
        "tags": ("lang_ident", "prepackaged"),
    }
}


def analysis(path: str, convert=lambda value: value):
    """A cell about the data frame analytics job that has the name of one of the model's tags."""
    return member(f"analytics.{path}", convert)


COLUMNS = (
    Column("id", "the trained model id", member("model_id"), is_default=True),
    column("created_by", "c", "who created the model", member("created_by"), aliases=("c", "createdBy"), is_right=True),
    column(
        "heap_size",
        "hs",
        "the estimated heap size to keep the model in memory",
        member("heap_size"),
        aliases=("hs", "modelHeapSize"),
        is_default=True,
    ),
    column(
        "operations",
        "o",
        "the estimated number of operations to use the model",
        member("operations"),
        aliases=("o", "modelOperations"),
        is_default=True,
    ),
    column("license", "l", "The license level of the model", member("license")),
    column("create_time", "ct", "The time the model was created", member("create_time"), is_default=True),
    column("version", "v", "The version of Elasticsearch when the model was created", member("version")),
    column("description", "d", "The model description", member("description")),
    column("type", "t", "The model type", member("type"), is_default=True, since=(8,)),
    column("ingest.pipelines", "ip", "The number of pipelines referencing the model", lambda row: 0, is_default=True),
    column("ingest.count", "ic", "The total number of docs processed by the model", lambda row: 0),
    column(
        "ingest.time",
        "it",
        "The total time spent processing docs with this model",
        lambda row: TimeValue(0, "ms"),
    ),
    column("ingest.current", "icurr", "The total documents currently being handled by the model", lambda row: 0),
    column("ingest.failed", "if", "The total count of failed ingest attempts with this model", lambda row: 0),
    column(
        "data_frame.id",
        "dfid",
        "The data frame analytics config id that created the model (if still available)",
        lambda row: row["analytics"].get("id", "__none__"),
        aliases=("dfid", "dataFrameAnalytics"),
        is_default=True,
    ),
    column(
        "data_frame.create_time",
        "dft",
        "The time the data frame analytics config was created",
        analysis("create_time", Instant),
        aliases=("dft", "dataFrameAnalyticsTime"),
    ),
    column(
        "data_frame.source_index",
        "dfsi",
        "The source index used to train in the data frame analysis",
        analysis("source.index", ",".join),
        aliases=("dfsi", "dataFrameAnalyticsSrcIndex"),
    ),
    column(
        "data_frame.analysis",
        "dfa",
        "The analysis used by the data frame to build the model",
        analysis("analysis", lambda analysis: next(iter(analysis))),
        aliases=("dfa", "dataFrameAnalyticsAnalysis"),
    ),
)


def rows(request: Request) -> list[dict]:
    no_match = request.flag("allow_no_match", True)
    page = listing.requested(request)
    request.ready(GET)
    request.authorize(STATS)
    expression = request.parts.get("model_id")
    _count, models = listing.resources(PREPACKAGED, expression, page, missing=missing, allow_no_match=no_match)
    return [{**model, "analytics": analytics_of(request.cluster, model)} for model in models]


def analytics_of(cluster, model: dict) -> dict:
    return next((cluster.analytics[tag].config for tag in model["tags"] if tag in cluster.analytics), {})


def missing(expression: str) -> errors.ApiError:
    return errors.not_found(f"No known trained model with model_id [{expression}]")
