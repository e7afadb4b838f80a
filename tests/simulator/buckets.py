# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The native process's view of time: which buckets are finalised, and what is in them.

Times and spans are milliseconds. Buckets end at multiples of the span.
"""

from dataclasses import dataclass, field


@dataclass
class Timeline:
    """Records arrive in it; a bucket is final once a record, or a flush, is past its end and the latency.

    `has_news` says whether there is something to keep since it was last set to false.
    """

    span: int
    latency: int = 0
    finalized_end: int | None = None
    latest_record: int | None = None
    seen_until: int | None = None
    ranges: list[list[int]] = field(default_factory=list)
    events: dict[int, int] = field(default_factory=dict)
    interim: set[int] = field(default_factory=set)
    has_news: bool = False

    def start_of(self, time: int) -> int:
        return time - time % self.span

    def is_late(self, time: int) -> bool:
        """Whether a record is out of order: older than the bucket of the latest one, less the latency."""
        if self.finalized_end is not None and time < self.finalized_end:
            return True
        return self.latest_record is not None and time < self.start_of(self.latest_record) - self.latency

    def add(self, time: int) -> None:
        self._begin(time)
        start = self.start_of(time)
        self.events[start] = self.events.get(start, 0) + 1
        self.interim.clear()
        self.latest_record = max(time, self.latest_record or time)
        self.advance(time)

    def advance(self, time: int) -> None:
        """Finalise each bucket whose end plus the latency is not after `time`."""
        self.has_news = True
        self._begin(time)
        self.seen_until = max(time, self.seen_until or time)
        end = self.start_of(time - self.latency)
        if end > self.finalized_end:
            self.ranges[-1][1] = max(end, self.ranges[-1][1])
            self.finalized_end = end
            self.interim.clear()

    def _begin(self, time: int) -> None:
        """With the first record, or time, buckets begin; the one before it counts as the last one finalised."""
        if self.finalized_end is None:
            self.finalized_end = self.start_of(time - self.latency)
        if not self.ranges or self.finalized_end > self.ranges[-1][1]:
            self.ranges.append([self.finalized_end, self.finalized_end])

    def skip(self, time: int) -> None:
        """Move the end to the first bucket boundary not before `time`, without results for what is skipped."""
        self.has_news = True
        end = -(-time // self.span) * self.span
        if self.finalized_end is not None and end <= self.finalized_end:
            return
        if self.ranges and end < self.ranges[-1][1]:
            return
        self.finalized_end = end
        self.events = {start: count for start, count in self.events.items() if self._is_final(start)}
        self.ranges.append([end, end])

    def calculate_interim(self, start: int | None, end: int | None) -> None:
        """Interim results for the buckets that have begun and are not final, within `[start, end)`."""
        if not self.ranges or self.seen_until is None:
            return
        first = self.ranges[-1][1]
        begun = range(first, self.seen_until + 1, self.span)
        self.interim = {
            bucket for bucket in begun if (start is None or bucket >= start) and (end is None or bucket < end)
        }

    def revert(self, end: int | None) -> None:
        """Go back to a model whose last bucket ended at `end` (None: an empty model); the results stay."""
        self.finalized_end = end
        self.seen_until = end
        self.interim.clear()

    def forget_from(self, end: int | None, latest_record: int | None) -> None:
        """Delete the buckets from `end` on (None: all) as if no record had come after `latest_record`."""
        self.latest_record = self.seen_until = latest_record
        kept = [] if end is None else [[begin, min(stop, end)] for begin, stop in self.ranges if begin <= end]
        self.ranges = kept
        self.events = {start: count for start, count in self.events.items() if self._is_final(start)}
        self.interim.clear()

    def expire(self, before: int) -> None:
        """Delete the results of buckets that started earlier."""
        cut = self.start_of(before + self.span - 1)
        self.ranges = [[min(max(begin, cut), stop), stop] for begin, stop in self.ranges]
        self.events = {start: count for start, count in self.events.items() if start >= cut}

    def _is_final(self, start: int) -> bool:
        return any(begin <= start < end for begin, end in self.ranges)

    @property
    def latest_bucket(self) -> int | None:
        """The start of the last final one."""
        return max((end - self.span for begin, end in self.ranges if end > begin), default=None)

    @property
    def final_count(self) -> int:
        return sum((end - begin) // self.span for begin, end in self.ranges)

    def starts(self, *, interim: bool, start: int | None = None, end: int | None = None) -> list:
        """Starts of buckets with results in `[start, end)`, in order; a sequence of ranges costs nothing per bucket."""
        spans = [range(begin, stop, self.span) for begin, stop in self.ranges]
        if interim:
            spans.append(sorted(self.interim))
        chosen = [_between(span, start, end) for span in spans]
        return [span for span in chosen if len(span)]


class IdleTimeline(Timeline):
    """Of a job without a native process: nobody makes buckets of the records."""

    def add(self, time: int) -> None:
        self.latest_record = max(time, self.latest_record or time)

    def advance(self, time: int) -> None:
        pass

    def skip(self, time: int) -> None:
        pass


def _between(span, start: int | None, end: int | None):
    if isinstance(span, range):
        step = span.step
        low = max(span.start, -(-start // step) * step) if start is not None else span.start
        high = min(span.stop, -(-end // step) * step) if end is not None else span.stop
        return range(low, max(low, high), step)
    return [bucket for bucket in span if (start is None or bucket >= start) and (end is None or bucket < end)]
