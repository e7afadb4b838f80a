# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The columns of `_cat/ml/anomaly_detectors`, from the statistics of jobs (RestCatJobsAction)."""

from simulator.cat_columns import column, date, member, node_columns, real, size, state, time
from simulator.cat_table import Column

DATA = (
    column(
        "data.processed_records",
        "dpr",
        "number of processed records",
        member("data_counts.processed_record_count"),
        is_default=True,
    ),
    column("data.processed_fields", "dpf", "number of processed fields", member("data_counts.processed_field_count")),
    column("data.input_bytes", "dib", "total input bytes", size("data_counts.input_bytes")),
    column("data.input_records", "dir", "total record count", member("data_counts.input_record_count")),
    column("data.input_fields", "dif", "total field count", member("data_counts.input_field_count")),
    column(
        "data.invalid_dates", "did", "number of records with invalid dates", member("data_counts.invalid_date_count")
    ),
    column(
        "data.missing_fields", "dmf", "number of records with missing fields", member("data_counts.missing_field_count")
    ),
    column(
        "data.out_of_order_timestamps",
        "doot",
        "number of records handled out of order",
        member("data_counts.out_of_order_timestamp_count"),
    ),
    column("data.empty_buckets", "deb", "number of empty buckets", member("data_counts.empty_bucket_count")),
    column("data.sparse_buckets", "dsb", "number of sparse buckets", member("data_counts.sparse_bucket_count")),
    column("data.buckets", "db", "total bucket count", member("data_counts.bucket_count")),
    column("data.earliest_record", "der", "earliest record time", date("data_counts.earliest_record_timestamp")),
    column("data.latest_record", "dlr", "latest record time", date("data_counts.latest_record_timestamp")),
    column("data.last", "dl", "last time data was seen", date("data_counts.last_data_time")),
    column(
        "data.last_empty_bucket",
        "dleb",
        "last time an empty bucket occurred",
        date("data_counts.latest_empty_bucket_timestamp"),
    ),
    column(
        "data.last_sparse_bucket",
        "dlsb",
        "last time a sparse bucket occurred",
        date("data_counts.latest_sparse_bucket_timestamp"),
    ),
)
MODEL = (
    column("model.bytes", "mb", "model size", size("model_size_stats.model_bytes"), is_default=True),
    column(
        "model.memory_status",
        "mms",
        "current memory status",
        member("model_size_stats.memory_status"),
        is_default=True,
        is_right=True,
    ),
    column(
        "model.bytes_exceeded",
        "mbe",
        "how much the model has exceeded the limit",
        size("model_size_stats.model_bytes_exceeded"),
    ),
    column("model.memory_limit", "mml", "model memory limit", size("model_size_stats.model_bytes_memory_limit")),
    column("model.by_fields", "mbf", "count of 'by' fields", member("model_size_stats.total_by_field_count")),
    column("model.over_fields", "mof", "count of 'over' fields", member("model_size_stats.total_over_field_count")),
    column(
        "model.partition_fields",
        "mpf",
        "count of 'partition' fields",
        member("model_size_stats.total_partition_field_count"),
    ),
    column(
        "model.bucket_allocation_failures",
        "mbaf",
        "number of bucket allocation failures",
        member("model_size_stats.bucket_allocation_failures_count"),
    ),
    column(
        "model.output_memory_allocator_bytes",
        "momab",
        "how many bytes have been used to output the model documents",
        size("model_size_stats.output_memory_allocator_bytes"),
        since=(8, 15),
    ),
    column(
        "model.categorization_status",
        "mcs",
        "current categorization status",
        member("model_size_stats.categorization_status"),
        is_right=True,
    ),
    column(
        "model.categorized_doc_count",
        "mcdc",
        "count of categorized documents",
        member("model_size_stats.categorized_doc_count"),
    ),
    column(
        "model.total_category_count", "mtcc", "count of categories", member("model_size_stats.total_category_count")
    ),
    column(
        "model.frequent_category_count",
        "mfcc",
        "count of frequent categories",
        member("model_size_stats.frequent_category_count"),
    ),
    column(
        "model.rare_category_count", "mrcc", "count of rare categories", member("model_size_stats.rare_category_count")
    ),
    column(
        "model.dead_category_count", "mdcc", "count of dead categories", member("model_size_stats.dead_category_count")
    ),
    column(
        "model.failed_category_count",
        "mfcc",
        "count of failed categories",
        member("model_size_stats.failed_category_count"),
    ),
    column("model.log_time", "mlt", "when the model stats were gathered", date("model_size_stats.log_time")),
    column(
        "model.timestamp",
        "mt",
        "the time of the last record when the model stats were gathered",
        date("model_size_stats.timestamp"),
    ),
)
FORECASTS = (
    column("forecasts.total", "ft", "total number of forecasts", member("forecasts_stats.total"), is_default=True),
    column(
        "forecasts.memory.min", "fmmin", "minimum memory used by forecasts", size("forecasts_stats.memory_bytes.min")
    ),
    column(
        "forecasts.memory.max", "fmmax", "maximum memory used by forecasts", size("forecasts_stats.memory_bytes.max")
    ),
    column(
        "forecasts.memory.avg", "fmavg", "average memory used by forecasts", size("forecasts_stats.memory_bytes.avg")
    ),
    column(
        "forecasts.memory.total",
        "fmt",
        "total memory used by all forecasts",
        size("forecasts_stats.memory_bytes.total"),
    ),
    column("forecasts.records.min", "frmin", "minimum record count for forecasts", real("forecasts_stats.records.min")),
    column("forecasts.records.max", "frmax", "maximum record count for forecasts", real("forecasts_stats.records.max")),
    column("forecasts.records.avg", "fravg", "average record count for forecasts", real("forecasts_stats.records.avg")),
    column(
        "forecasts.records.total", "frt", "total record count for all forecasts", real("forecasts_stats.records.total")
    ),
    column(
        "forecasts.time.min", "ftmin", "minimum runtime for forecasts", time("forecasts_stats.processing_time_ms.min")
    ),
    column(
        "forecasts.time.max", "ftmax", "maximum run time for forecasts", time("forecasts_stats.processing_time_ms.max")
    ),
    column(
        "forecasts.time.avg",
        "ftavg",
        "average runtime for all forecasts (milliseconds)",
        real("forecasts_stats.processing_time_ms.avg"),
    ),
    column(
        "forecasts.time.total",
        "ftt",
        "total runtime for all forecasts",
        time("forecasts_stats.processing_time_ms.total"),
    ),
)
BUCKETS = (
    column("buckets.count", "bc", "bucket count", member("timing_stats.bucket_count"), is_default=True),
    column(
        "buckets.time.total",
        "btt",
        "total bucket processing time",
        time("timing_stats.total_bucket_processing_time_ms"),
    ),
    column(
        "buckets.time.min",
        "btmin",
        "minimum bucket processing time",
        time("timing_stats.minimum_bucket_processing_time_ms"),
    ),
    column(
        "buckets.time.max",
        "btmax",
        "maximum bucket processing time",
        time("timing_stats.maximum_bucket_processing_time_ms"),
    ),
    column(
        "buckets.time.exp_avg",
        "btea",
        "exponential average bucket processing time (milliseconds)",
        real("timing_stats.exponential_average_bucket_processing_time_ms"),
    ),
    column(
        "buckets.time.exp_avg_hour",
        "bteah",
        "exponential average bucket processing time by hour (milliseconds)",
        real("timing_stats.exponential_average_bucket_processing_time_per_hour_ms"),
    ),
)
JOBS = (
    Column("id", "the job_id", member("job_id"), is_default=True),
    state("the job state"),
    column("opened_time", "ot", "the amount of time the job has been opened", time("open_for")),
    column(
        "assignment_explanation", "ae", "why the job is or is not assigned to a node", member("assignment_explanation")
    ),
    *DATA,
    *MODEL,
    *FORECASTS,
    *node_columns(),
    *BUCKETS,
)
