# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as Markdown for a merge request or an issue.

What others wrote stands in code spans, in which nothing is markup, a link, or somebody's name.
"""

from __future__ import annotations

import re

from ansible_collections.mlops.elastic.plugins.plugin_utils.report.content import states
from ansible_collections.mlops.elastic.plugins.plugin_utils.report.words import (
    counted,
    moment,
    number,
    share,
    size,
    span,
)

_MARKUP = re.compile(r"[\\`*_\[\]<>|~&$]|:(?=//)")
_MENTION = re.compile("(?<=[@#])")
_NONE = "\N{EN DASH}"
_JOBS = ("Job", "State", "Datafeed", "Memory", "Records:", "Last record, UTC", "Behind:")
_DATAFEEDS = ("Datafeed", "State", "Job", "Searches:", "Behind:")
_ANALYTICS = ("Analytics", "State", "Analysis", "Progress:", "Memory", "Documents:")


def markdown(content, limit):
    """Return the text.

    :arg content: as content.content makes it
    :arg limit: characters at most; what has no problem is left out first, and it is said how much is
    """
    head = [f"## {_plain(content['title'])}", "", _verdict(content), ""]
    head += [f"> {_plain(warning)}\n" for warning in content["warnings"]]
    census = [_census(noun, content[key]) for noun, key in (("job", "jobs"), ("datafeed", "datafeeds"))]
    head += [*census, _census("analytics", content["analytics"]), ""]
    parts = [
        _Part([], [entry for group in content["problems"] for entry in _group(group)], []),
        _folded("Jobs", _JOBS, [_job(row) for row in content["jobs"]]),
        _folded("Datafeeds", _DATAFEEDS, [_datafeed(row) for row in content["datafeeds"]]),
        _folded("Analytics", _ANALYTICS, [_analytics(row) for row in content["analytics"]]),
    ]
    text = "\n".join(head) + "\n"
    room, texts = limit - len(text), {}
    for waiting, part in zip(range(len(parts), 0, -1), sorted(parts, key=_Part.length)):
        texts[part] = part.text(room // waiting)
        room -= len(texts[part])
    return (text + "".join(texts[part] for part in parts)).rstrip("\n") + "\n"


class _Part:
    """Lines of which the last ones may be left out, between others that may not."""

    def __init__(self, before, lines, after):
        self._before, self._lines, self._after = before, lines, after

    def length(self):
        """Return how many characters all of it has."""
        return len("\n".join([*self._before, *self._lines, *self._after]))

    def text(self, room):
        """Return what fits into so many characters, and say what does not."""
        if not self._lines:
            return ""
        room -= len("\n".join([*self._before, *self._after, "", self._omission(len(self._lines)), "", ""]))
        shown = []
        for line in self._lines:
            room -= len(line) + 1
            if room < 0:
                break
            shown.append(line)
        left_out = len(self._lines) - len(shown)
        omission = ["", self._omission(left_out)] if left_out else []
        return "\n".join([*self._before, *shown, *omission, *self._after, "", ""])

    def _omission(self, count):
        return f"… and {number(count)} more"


def _folded(heading, columns, lines):
    """Return a table that is unfolded by a click; a column whose name ends in a colon is one of numbers."""
    before = [
        f"<details><summary>{heading} ({number(len(lines))})</summary>",
        "",
        _line(column.rstrip(":") for column in columns),
        _line("---:" if column.endswith(":") else "---" for column in columns),
    ]
    return _Part(before, [_line(cells) for cells in lines], ["", "</details>"])


def _line(cells):
    return f"| {' | '.join(cells)} |"


def _verdict(content):
    count = content["problem_count"]
    return f"**{counted(count, 'problem') if count else 'No problems'}** as of {moment(content['now'])} UTC"


def _census(noun, entries):
    told = ", ".join(f"{number(entry['count'])} {_plain(entry['state'])}" for entry in states(entries))
    return f"- {counted(len(entries), noun)}{f': {told}' if told else ''}"


def _group(group):
    """Return the problems of a kind, one text each; the first one has the heading."""
    entries = [_problem(problem) for problem in group["entries"]]
    entries[0] = f"### {_plain(group['title'])} ({number(len(entries))})\n\n{entries[0]}"
    return [*entries[:-1], f"{entries[-1]}\n"]


def _problem(problem):
    since = problem["since"]
    when = "" if since is None else f" for {span(problem['seconds'])}, since {moment(since)} UTC"
    told = [f"- **{_code(problem['id'])}** ({_plain(problem['noun'])}){when}: {_plain(problem['hint'])}"]
    return "\n".join([*told, *(f"  - {_code(message)}" for message in problem["messages"])])


def _name(row):
    return f"**{_cell(row['id'])}** ⚠" if row["problems"] else _cell(row["id"])


def _state(row):
    return f"**{row['state']}**" if row["tone"] == "bad" else _plain(row["state"])


def _lag(row):
    return _NONE if row["lag"] is None else span(row["lag"])


def _job(row):
    return (
        _name(row),
        _state(row),
        _state(row["datafeed"]) if row["datafeed"] else _NONE,
        _memory(row["memory"]),
        _NONE if row["records"] is None else number(row["records"]),
        _NONE if row["last"] is None else moment(row["last"]),
        _lag(row),
    )


def _datafeed(row):
    return _name(row), _state(row), _cell(row["job"]), number(row["searches"]), _lag(row)


def _analytics(row):
    phases = [percent for _phase, percent in row["phases"]]
    return (
        _name(row),
        _state(row),
        _plain(row["analysis"].replace("_", " ")),
        share(sum(phases) / 100 / len(phases)) if phases else _NONE,
        _memory(row["memory"]),
        number(row["documents"]),
    )


def _memory(memory):
    if memory["used"] is None:
        return _NONE
    told = size(memory["used"])
    if memory["limit"]:
        told += f" of {size(memory['limit'])}, {share(memory['share'])}"
    return told if memory["status"] in ("", "ok") else f"{told}, **{_plain(memory['status'].replace('_', ' '))}**"


def _plain(text):
    """Return a text in which nothing is markup, and which calls nobody."""
    return _MENTION.sub("\u200b", _MARKUP.sub(r"\\\g<0>", text))


def _code(text):
    return f"`{text.replace('`', chr(39))}`" if text else _NONE


def _cell(text):
    return _code(text).replace("|", r"\|")
