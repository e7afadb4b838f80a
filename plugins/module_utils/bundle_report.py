# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""What a task says of many kinds: the report of each, their sum, and one sentence."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.actions import named
from ansible_collections.mlops.elastic.plugins.module_utils.apply import NOT_TRIED
from ansible_collections.mlops.elastic.plugins.module_utils.bundle_kinds import KINDS, counted
from ansible_collections.mlops.elastic.plugins.module_utils.errors import MlError
from ansible_collections.mlops.elastic.plugins.module_utils.present_report import PresentReport
from ansible_collections.mlops.elastic.plugins.module_utils.report import Report, chosen, listed

_NAMED = 5
"""Ids of one kind in the sentence."""

_VERBS = (("created", "create"), ("recreated", "recreate"), ("updated", "update"), ("removed", "remove"))


class BundleReport:
    """The result of C(ml_bundle).

    :arg params: the module's options
    :arg parts: (kind, Plan, whether it is pruned) for each kind; one that is pruned stands there twice
    """

    def __init__(self, params, parts):
        self._params = params
        whole = dict(params, return_items="all")
        self._reports = [
            (kind, (_PruneReport if is_pruned else PresentReport)(kind, whole, plan, ()))
            for kind, plan, is_pruned in parts
        ]

    def predicted(self, requests):
        """Return the result of check mode: what the plan says."""
        return self._told([(kind, report.predicted([])) for kind, report in self._reports], requests, planned=True)

    def achieved(self, outcomes, requests):
        """Return the result of a run, finished or not."""
        return self._told([(kind, report.achieved(outcomes, [])) for kind, report in self._reports], requests)

    def failure(self, errors, result):
        """Return the error of a run in which some items failed, with everything that was done."""
        first = next(error for error in errors if error.type != NOT_TRIED)
        error = MlError(f"{first.msg.rstrip('.')}. {result['msg']}", first.status, first.type, first.reason)
        error.result = result
        return error

    def _told(self, results, requests, planned=False):
        items, warnings, diff = {}, [], []
        for kind, result in results:
            items.setdefault(kind.RESULT, []).extend(result[kind.RESULT])
            warnings += result.get("warnings", [])
            diff += result["diff"]
        told = {option: chosen(found, self._params["return_items"]) for option, found in items.items()}
        told.update(
            changed=any(result["changed"] for _kind, result in results),
            msg=_sentence(items, planned),
            summary=_summary(items),
            requests=listed(requests, brief=self._params["return_items"] == "none"),
            diff=diff,
        )
        return dict(told, warnings=warnings) if warnings else told


class _PruneReport(Report):
    """What becomes of what is pruned."""

    def _sentence(self, results, changed, failed, planned):
        return ""

    def _diff(self, changed):
        id_key = self._resource.COLLECTION.id_key
        return [
            {
                "before_header": f"{self._resource.RESULT}/{result[id_key]}",
                "after_header": f"{self._resource.RESULT}/{result[id_key]} (pruned)",
                "before": f"state: {result['state_before']}\n",
                "after": "",
            }
            for result in changed
        ]


def _summary(items):
    summary = {option: _counts(found) for option, found in items.items()}
    total = {name: sum(counts[name] for counts in summary.values()) for name in _counts([])}
    return dict(summary, total=total)


def _counts(results):
    became = [_what_became_of(result) for result in results]
    return {
        "matched": len(results),
        "changed": sum(result["changed"] for result in results),
        "unchanged": became.count("unchanged"),
        "failed": became.count("failed"),
        "not_tried": became.count("not_tried"),
    }


def _sentence(items, planned):
    """Say what was done to how many of which kind, with the ids of some."""
    counts = _summary(items)["total"]
    if not counts["matched"]:
        return "nothing is declared, and nothing matches what is to be pruned"
    parts = []
    for past, verb in _VERBS:
        told = _told_of(items, lambda result, past=past: _what_became_of(result) == past)
        if told:
            parts.append(f"{f'would {verb}' if planned else past} {told}")
    if counts["unchanged"]:
        parts.append(f"{counts['unchanged']} {'was' if counts['unchanged'] == 1 else 'were'} as declared already")
    for name, words in (("failed", "failed"), ("not_tried", "not tried")):
        if counts[name]:
            parts.append(f"{words}: {_told_of(items, lambda result, name=name: _what_became_of(result) == name)}")
    return "; ".join(parts)


def _told_of(items, concerned):
    """Return the number of items of each kind with the ids of some; empty where none is concerned."""
    told = []
    for kind in KINDS:
        ids = [result[kind.COLLECTION.id_key] for result in items.get(kind.RESULT, []) if concerned(result)]
        if ids:
            told.append(f"{counted(kind, len(ids))} ({named(ids, _NAMED)})")
    return ", ".join(told)


def _what_became_of(result):
    if "error" in result:
        return "not_tried" if result["error"]["type"] == NOT_TRIED else "failed"
    if not result["changed"]:
        return "unchanged"
    created, deleted = "create" in result["actions"], "delete" in result["actions"]
    return "recreated" if created and deleted else "created" if created else "removed" if deleted else "updated"
