# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""What a task says of configurations that it compared and changed; its diff reads like a request for that change."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import diffs
from ansible_collections.mlops.elastic.plugins.module_utils.report import Report

_VERBS = (("created", "create"), ("updated", "update"), ("recreated", "recreate"))


class PresentReport(Report):
    """The result of C(state: present)."""

    def _shown(self, state):
        return {"missing": "absent"}.get(state, state)

    def _changed(self, outcome):
        """Tell whether more was done than to stop what was put back."""
        actions = [self._plan.actions[name] for name in outcome.actions]
        restored = {action.restores for action in actions}
        return any(action.method and not action.restores and action.name not in restored for action in actions)

    def _item(self, entry, outcome, changed):
        result = super()._item(entry, outcome, changed)
        differences = _paths(entry.item)
        result = dict(result, differences=differences) if differences else result
        if outcome.error and ("put_back" in outcome.actions or not {"create", "delete"} & outcome.begun):
            result["state"] = result["state_before"]
        lost = self._resource.PRESENCE.lost(entry.item, outcome) if outcome.error else {}
        return dict(result, lost=lost) if lost else result

    def _result(self, results, requests, planned=False):
        result = super()._result(results, requests, planned)
        warnings = [text for entry in self._plan.items for text in entry.item.facts["warnings"]]
        return dict(result, warnings=warnings) if warnings else result

    def _sentence(self, results, changed, failed, planned):
        if not results:
            return super()._sentence(results, changed, failed, planned)
        done = [result for result in changed if "error" not in result]
        idle = [result for result in results if not result["changed"] and "error" not in result]
        noun = self._resource.COLLECTION.noun
        parts = []
        for past, verb in _VERBS:
            concerned = [result for result in done if _kind_of_change(result) == past]
            if concerned:
                count = f"{noun} {self._ids(concerned)}"
                if len(results) > 1:
                    count = f"{len(concerned)} of {len(results)} {self._resource.PLURAL} ({self._ids(concerned)})"
                parts.append(f"{f'would {verb}' if planned else past} {count}")
        if idle:
            were = "was" if len(idle) == 1 else "were"
            subject = f"{noun} {self._ids(idle)}" if len(results) == 1 else self._ids(idle)
            parts.append(f"{subject} {were} as declared already")
        if failed:
            left = ", ".join(self._left(result) for result in failed[:10])
            parts.append(f"{len(failed)} failed ({left})")
        return "; ".join(parts)

    def _left(self, failed):
        left = super()._left(failed)
        return f"{left}; its lost has what was deleted and not created again" if "lost" in failed else left

    def _diff(self, changed):
        """Return one entry for each item that changes: the declared keys, as they were and as they come to be."""
        names = {result[self._resource.COLLECTION.id_key] for result in changed}
        return [self._change(entry) for entry in self._plan.items if entry.item.id in names]

    def _change(self, entry):
        item, config = entry.item, self._resource.PRESENCE.CONFIG
        declared, observed = item.facts["declared"], item.facts.get("config")
        before = config.view(item.id, declared, observed) if observed else {}
        after = config.view(item.id, declared, declared)
        for name, (was, becomes) in item.facts.get("consequences", {}).items():
            before[name], after[name] = was, becomes
        header = f"{self._resource.RESULT}/{item.id}"
        return {
            "before_header": header,
            "after_header": diffs.heading(header, entry.actions, _paths(item)),
            "before": before if observed else None,
            "after": after,
        }


def _paths(item):
    return [difference.path for difference in item.facts["differences"]]


def _kind_of_change(result):
    actions = result["actions"]
    if "create" not in actions:
        return "updated"
    return "recreated" if "delete" in actions else "created"
