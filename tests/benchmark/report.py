# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures as Markdown: medians with their spread, ratios of measurements of the same run."""

from __future__ import annotations

import platform
import statistics
from collections.abc import Callable
from importlib.metadata import version
from operator import attrgetter
from os import cpu_count
from pathlib import Path

import targets
from measure import Sample, Samples
from targets import ratio
from works import BULK_VERBS, CLIENT, IN_PROCESS, MODULE, TASKS, URI, Way, Work

MEBIBYTE = 1024 * 1024
NOTHING = "-"
SHORTEST_DRAWN = 0.001


def seconds(values: list[float]) -> str:
    """The median, and the lowest and highest value where there are several."""
    middle = statistics.median(values)
    digits = 3 if middle < 1 else 2 if middle < 10 else 1
    spread = f" ({min(values):.{digits}f}-{max(values):.{digits}f})" if len(values) > 1 else ""
    return f"{middle:.{digits}f}{spread}"


def median_of(samples: list[Sample], value: Callable) -> float | None:
    values = [value(sample) for sample in samples]
    return None if None in values else statistics.median(values)


def memory(samples: list[Sample], value=attrgetter("peak_bytes")) -> str:
    middle = median_of(samples, value)
    return NOTHING if middle is None else f"{middle / MEBIBYTE:.0f}"


def server_share(samples: list[Sample]) -> str:
    """How much of the time the simulator was computing."""
    share = median_of(samples, lambda sample: sample.server_cpu and sample.server_cpu / sample.elapsed)
    return NOTHING if share is None else f"{share:.0%}"


def table(head: list[str], rows: list[list[str]], texts: int = 1) -> str:
    """Markdown; the first columns hold texts, the others figures."""
    aligned = ["---"] * texts + ["---:"] * (len(head) - texts)
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, aligned, *rows))


def single_row(work: Work, way: Way, samples: list[Sample]) -> list[str]:
    times = [sample.seconds for sample in samples]
    tasks = samples[0].tasks
    return [
        work.title,
        way.title,
        str(tasks) if way is not CLIENT else NOTHING,
        seconds(times),
        f"{statistics.median(times) / tasks * 1000:.1f}",
        str(samples[0].requests),
        memory(samples),
        server_share(samples),
    ]


def singles(samples: Samples) -> str:
    head = ["work", "by", "tasks", "seconds", "ms a task", "requests", "memory, MB", "server computing"]
    return table(
        head, [single_row(work, way, taken) for (work, way), taken in samples.items() if work in TASKS], texts=2
    )


def bulk_works(samples: Samples, verb: str) -> list[Work]:
    return list(dict.fromkeys(work for work, way in samples if work.verb == verb and work not in TASKS))


def growth(samples: Samples, work: Work, smaller: Work | None) -> str:
    if smaller is None:
        return NOTHING
    return f"x{ratio(samples[work, IN_PROCESS], samples[smaller, IN_PROCESS]):.2f}"


def bulk_row(samples: Samples, work: Work, smaller: Work | None) -> list[str]:
    task, client = samples[work, IN_PROCESS], samples[work, CLIENT]
    times = {way: [sample.seconds for sample in samples.get((work, way), [])] for way in (MODULE, URI)}
    return [
        f"{work.count:,}",
        seconds([sample.seconds for sample in task]),
        *(seconds(values) if values else NOTHING for values in times.values()),
        seconds([sample.seconds for sample in client]),
        seconds([sample.sending for sample in client]),
        f"{ratio(task, client):.2f}",
        f"{ratio(task, client, attrgetter('sending')):.2f}",
        growth(samples, work, smaller),
        str(task[0].requests),
        memory(task),
        memory(client),
        memory(task, attrgetter("server_peak")),
        server_share(task),
    ]


def bulks(samples: Samples, verb: str) -> str:
    noun = BULK_VERBS[verb][0]
    head = [
        f"{noun} to {verb}",
        "in process, s",
        "as a module, s",
        "uri, s",
        "client script, s",
        "its requests, s",
        "task ÷ script",
        "task ÷ requests",
        "from N/10",
        "requests",
        "task, MB",
        "script, MB",
        "server, MB",
        "server computing",
    ]
    works = bulk_works(samples, verb)
    rows = [bulk_row(samples, work, smaller) for work, smaller in zip(works, [None, *works])]
    return table(head, rows)


def curves(samples: Samples) -> dict[str, dict[str, list[tuple[int, float]]]]:
    """For each verb and way the points (N, median of the seconds)."""
    found = {}
    for verb in BULK_VERBS:
        ways = found.setdefault(verb, {})
        for work in bulk_works(samples, verb):
            for way in work.ways:
                middle = statistics.median(sample.seconds for sample in samples[work, way])
                ways.setdefault(way.title, []).append((work.count, max(middle, SHORTEST_DRAWN)))
    return found


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except FileNotFoundError:
        return platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def circumstances(starts: list[Sample], runs: int) -> str:
    """On what it was measured, and what the start of Ansible takes.

    :arg starts: measurements of a playbook without tasks
    """
    versions = ", ".join(f"{name} {version(name)}" for name in ("ansible-core", "elasticsearch"))
    return (
        f"{runs} runs on one machine: {cpu_count()} processors ({processor()}), "
        f"Python {platform.python_version()}, {versions}. Medians (lowest-highest).\n\n"
        f"ansible-playbook without a task takes {seconds([start.seconds for start in starts])} s and "
        f"{memory(starts)} MB; the seconds below are what comes on top of that.\n"
    )


def markdown(samples: Samples, peer_is_there: bool) -> str:
    """All figures but those of estates."""
    peer = "" if peer_is_there else "community.elastic is not installed here and was not measured.\n\n"
    return peer + "\n".join(
        [
            table(["target", "wanted", "reached"], targets.reached(samples)),
            singles(samples),
            *(bulks(samples, verb) for verb in BULK_VERBS),
        ]
    )


def write(page: Path, name: str, text: str) -> None:
    """Put figures between the markers of this name in a page. Raises ValueError where they are missing."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    before, rest = page.read_text().split(begin)
    after = rest.split(end)[1]
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}")
