# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between the server versions that can be simulated."""

from dataclasses import dataclass
from functools import cached_property

STATE_FORMATS = (((8, 3), "8.3.0"), ((7, 11), "7.11.0"), ((0,), "6.4.0"))
SUPPORTED = ("7.3.0", "7.10.0", "7.17.29", "8.19.21", "9.5.3")


@dataclass(frozen=True)
class OldestSnapshots:
    """The oldest release whose model snapshots are readable, and the one that a refusal names."""

    readable: str
    named: str


@dataclass(frozen=True)
class Version:
    """A server version; every property is one behaviour, with the release that brought it."""

    number: str

    def __post_init__(self):
        if self.number not in SUPPORTED:
            raise ValueError(f"unknown version {self.number}, choose from {', '.join(SUPPORTED)}")

    @cached_property
    def parts(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.number.split("."))

    @property
    def major(self) -> int:
        return self.parts[0]

    def since(self, *release: int) -> bool:
        return self.parts >= release

    @property
    def content_type(self) -> str:
        return "application/json" if self.since(8) else "application/json; charset=UTF-8"

    @property
    def has_product_header(self) -> bool:
        return self.since(7, 14)

    @property
    def longest_request_line(self) -> int:
        return 4096 if self.since(7, 17) else 4095

    @property
    def long_line_error(self) -> str:
        return "too_long_http_line_exception" if self.since(7, 17) else "too_long_frame_exception"

    @property
    def largest_headers(self) -> int:
        """Bytes of all header lines together, without their line ends."""
        return 16384 if self.since(8) else self.largest_headers_named - (0 if self.since(7, 17) else 1)

    @property
    def largest_headers_named(self) -> int:
        """As the refusal says it."""
        return 16384 if self.since(8) else 8192

    @property
    def long_headers_error(self) -> str:
        return "too_long_http_header_exception" if self.since(7, 17) else "too_long_frame_exception"

    @property
    def is_from_the_sources_of_7(self) -> bool:
        """The recorded 7.10 is built from 8.0's sources, which had dropped much."""
        return not self.since(8) and self.number != "7.10.0"

    @property
    def has_xpack_paths(self) -> bool:
        return self.is_from_the_sources_of_7

    @property
    def has_types(self) -> bool:
        """Whether documents show their `_type`, and paths may name one."""
        return self.is_from_the_sources_of_7

    @property
    def refuses_typed_paths(self) -> bool:
        """Whether `POST /{index}/{type}` is known; until 9.0 it answers clients of version 7."""
        return self.has_types or self.major == 8

    @property
    def index_created(self) -> str:
        """`settings.index.version.created`: an id of the release, since 8.11 one of the index format."""
        formats = {"8.19.21": "8537000", "9.5.3": "9111000"}
        major, minor, patch = self.parts
        return formats.get(self.number, f"{major}{minor:02}{patch:02}99")

    @property
    def single_index_kind(self) -> str:
        """`resource.type` where one index is looked for, not an expression of several."""
        return "index_or_alias" if self.since(8) else "index_expression"

    @property
    def knows_allow_no_match(self) -> bool:
        return self.since(7, 10)

    @property
    def knows_old_allow_no_match(self) -> bool:
        return not self.since(8)

    @property
    def close_stops_datafeed(self) -> bool:
        return self.since(7, 14)

    @property
    def delete_removes_datafeed(self) -> bool:
        return self.since(7, 15)

    @property
    def has_blocked(self) -> bool:
        return self.since(7, 14)

    @property
    def method_order(self) -> tuple[str, ...]:
        """In which the answer 405 lists methods, as recorded."""
        return ("POST", "DELETE", "PUT", "GET") if self.since(7, 10) else ("POST", "DELETE", "GET", "PUT")

    @property
    def names_no_overall_buckets_jobs(self) -> bool:
        """An empty list of overall buckets came under the name of another list."""
        return self.since(7, 10) and not self.since(7, 11)

    @property
    def config_version(self) -> str:
        """The version of configurations, which 8.10 separated from the release."""
        return "12.0.0" if self.since(8, 10) else self.number

    @property
    def snapshot_min_version(self) -> str:
        """The release that can read the model state that this one writes."""
        return next(oldest for release, oldest in STATE_FORMATS if self.since(*release))

    @property
    def oldest_snapshots(self) -> OldestSnapshots | None:
        """Of which models opening a job takes; any before 8.0."""
        if self.since(9):
            return OldestSnapshots("8.3.0", "8.3.0")
        return OldestSnapshots("6.4.0", "7.0.0") if self.since(8) else None

    @property
    def has_exclude_generated(self) -> bool:
        return self.since(7, 14)

    @property
    def embeds_datafeed(self) -> bool:
        return self.since(7, 14)

    @property
    def has_delete_user_annotations(self) -> bool:
        return self.since(8, 7)

    @property
    def takes_negative_durations(self) -> bool:
        return not self.since(7, 4)

    @property
    def has_datafeed_timing(self) -> bool:
        return self.since(7, 4)

    @property
    def has_running_state(self) -> bool:
        return self.since(7, 14)

    @property
    def failed_job_stops_datafeed(self) -> bool:
        return self.since(7, 16)

    @property
    def has_analytics_progress(self) -> bool:
        """Progress by phase, kept when a job is stopped or finished; 7.3 has one number while it analyses."""
        return self.since(7, 4)

    @property
    def hides_analytics_phases(self) -> bool:
        """Whether `state` stays started while reindexing and analyzing (the release is not known for sure)."""
        return self.since(7, 11)

    @property
    def has_verbose_analytics_stats(self) -> bool:
        return self.since(7, 11)

    @property
    def has_forced_analytics_delete(self) -> bool:
        return self.since(7, 7)

    @property
    def start_timeout_status(self) -> int:
        return 408 if self.since(8, 5) else 500

    @property
    def has_calendar_expressions(self) -> bool:
        """Lists and wildcards of calendar ids: 7.10 has them too, but not the build of it that was recorded."""
        return self.since(7, 11)

    @property
    def has_global_calendars(self) -> bool:
        """Whether `_all` among the job_ids of a calendar means every job."""
        return self.since(7, 6)

    @property
    def indexes_negative_times(self) -> bool:
        """Whether an event before 1970 is kept: fields of dates refused negative numbers."""
        return self.since(8, 2)

    @property
    def pages_filters_by_id(self) -> bool:
        return self.since(7, 10)

    @property
    def takes_job_type(self) -> bool:
        """Whether PUT takes any `job_type`; only jobs of the one type are found by expressions."""
        return not self.since(8)


NEWEST = Version(SUPPORTED[-1])
