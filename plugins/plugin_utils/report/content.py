# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report holds, before it is written in one form or another."""

from __future__ import annotations

from collections import Counter

from ansible.errors import AnsibleFilterError

from ansible_collections.mlops.elastic.plugins.plugin_utils.report import rows, words

_LAGS = (
    ("under 5 min", 300),
    ("5 to 15 min", 900),
    ("15 min to 1 h", 3600),
    ("1 to 6 h", 21600),
    ("6 to 24 h", 86400),
    ("1 to 7 d", 604800),
    ("over 7 d", float("inf")),
)
_SHARES = (
    ("under 25 %", 0.25),
    ("25 to 50 %", 0.5),
    ("50 to 75 %", 0.75),
    ("75 to 90 %", 0.9),
    ("90 % and more", float("inf")),
)


def asked(name, found, title, now):
    """Return the content that a filter is asked for.

    :arg name: the filter
    :arg now: a time in ISO 8601
    :raises AnsibleFilterError: the input is none
    """
    if not isinstance(found, dict):
        raise AnsibleFilterError(f"{name}: the input is no dictionary with jobs, data_frame_analytics and problems")
    try:
        time = words.milliseconds(now)
    except ValueError as error:
        raise AnsibleFilterError(f"{name}: now is no time in ISO 8601: {now}") from error
    parts = {part: found.get(part) or [] for part in ("jobs", "data_frame_analytics", "problems", "warnings")}
    return content(parts, title, time)


def content(found, title, now):
    """Return the content of a report.

    :arg found: jobs, data_frame_analytics, problems and warnings as the information modules return them
    :arg now: the time in epoch milliseconds with which last records are compared
    """
    problems = list({(one["resource"], one["id"], one["kind"]): one for one in found["problems"]}.values())
    troubles = rows.troubled(problems)
    jobs = rows.job_rows(found["jobs"], troubles, now)
    return {
        "title": words.clean(title),
        "now": now,
        "problems": _grouped(problems, now),
        "problem_count": len(problems),
        "warnings": [words.clean(text, rows.LONGEST_MESSAGE) for text in dict.fromkeys(found["warnings"])],
        "jobs": jobs,
        "datafeeds": rows.datafeed_rows(found["jobs"], troubles, now),
        "analytics": rows.analytics_rows(found["data_frame_analytics"], troubles, now),
        "lags": _distribution([job["lag"] for job in jobs], _LAGS),
        "shares": _distribution([job["memory"]["share"] for job in jobs if job["tone"] == "good"], _SHARES),
    }


def states(entries):
    """Return how many rows there are of each state with its tone, failed ones first, the others by their number."""
    counts = Counter((row["tone"] != "bad", row["state"], row["tone"]) for row in entries)
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    return [{"state": state, "tone": tone, "count": count} for (_calm, state, tone), count in ordered]


def _grouped(problems, now):
    """Return the problems by kind, the worst kind first, in each kind the latest last."""
    kinds = sorted({problem["kind"] for problem in problems}, key=lambda kind: (rows.rank(kind), kind))
    return [
        {
            "kind": kind,
            "title": rows.headline(kind),
            "tone": rows.tone(kind),
            "entries": [
                _problem(one, now)
                for one in sorted(problems, key=lambda one: (one["since"] or "", one["id"]))
                if one["kind"] == kind
            ],
        }
        for kind in kinds
    ]


def _problem(problem, now):
    since = words.milliseconds(problem["since"]) if problem["since"] else None
    return {
        "id": words.clean(problem["id"]),
        "resource": problem["resource"],
        "noun": rows.RESOURCES.get(problem["resource"], problem["resource"]),
        "since": since,
        "seconds": None if since is None else max(now - since, 0) / 1000,
        "hint": words.clean(problem["hint"], rows.LONGEST_MESSAGE),
        "messages": [words.clean(text, rows.LONGEST_MESSAGE) for text in problem["messages"]],
    }


def _distribution(values, limits):
    """Return how many values are below each limit and not below the one before; empty without any value."""
    known = [value for value in values if value is not None]
    lower = [float("-inf"), *(limit for _label, limit in limits)]
    counted = [(label, sum(low <= value < high for value in known)) for (label, high), low in zip(limits, lower)]
    return counted if known else []
