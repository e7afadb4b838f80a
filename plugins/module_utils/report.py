# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""What a task says it did: per item, in counts, in one sentence, and as a diff."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.actions import named
from ansible_collections.mlops.elastic.plugins.module_utils.apply import NOT_TRIED, Outcome
from ansible_collections.mlops.elastic.plugins.module_utils.errors import MlError


class Report:
    """Turns a plan, and what became of it, into a module's result."""

    def __init__(self, resource, params, plan, tokens):
        self._resource = resource
        self._params = params
        self._plan = plan
        self._tokens = tokens

    def predicted(self, requests):
        """Return the result of check mode: what the plan says."""
        results = []
        for entry in self._plan.items:
            outcome = Outcome()
            outcome.actions = list(entry.actions)
            outcome.moved = entry.changes
            results.append(self._item(entry, outcome, entry.changes))
        return self._result(results, requests, planned=True)

    def achieved(self, outcomes, requests):
        """Return the result of a run, finished or not."""
        results = []
        for entry in self._plan.items:
            outcome = outcomes[entry.item.key]
            results.append(self._item(entry, outcome, self._changed(outcome)))
        return self._result(results, requests)

    def failure(self, errors, result):
        """Return the error of a run in which some items failed, with everything that was done."""
        first = errors[0]
        said = first.msg.rstrip(".") + (f" (and {len(errors) - 1} more failed)" if len(errors) > 1 else "")
        error = MlError(
            f"{said}. {result['msg']}" if result["changed"] or len(self._plan.items) > 1 else first.msg,
            status=first.status,
            type=first.type,
            reason=first.reason,
        )
        error.result = result
        return error

    def _shown(self, state):
        return self._resource.SHOWN.get(state, state)

    def _changed(self, outcome):
        return outcome.moved and any(self._plan.actions[name].method for name in outcome.actions)

    def _item(self, entry, outcome, changed):
        state = outcome.state or entry.state
        if outcome.error or (entry.actions and not outcome.actions):
            is_unknown = outcome.error and outcome.error.type != NOT_TRIED and (outcome.actions or outcome.doubtful)
            state = outcome.state or ("unknown" if is_unknown else entry.item.state)
        result = {
            self._resource.COLLECTION.id_key: entry.item.id,
            "state_before": self._shown(entry.item.state),
            "state": self._shown(state),
            "changed": changed,
            "actions": list(outcome.actions),
        }
        result.update(self._resource.result_of(entry, outcome))
        if outcome.error:
            result["error"] = dict(outcome.error.as_error(), msg=outcome.error.msg)
        return result

    def _result(self, results, requests, planned=False):
        changed = [result for result in results if result["changed"]]
        failed = [result for result in results if "error" in result]
        return {
            "changed": bool(changed),
            "msg": self._sentence(results, changed, failed, planned),
            self._resource.RESULT: chosen(results, self._params["return_items"]),
            "summary": {
                "matched": len(results),
                "changed": len(changed),
                "unchanged": len([r for r in results if not r["changed"] and "error" not in r]),
                "failed": len(failed),
            },
            "requests": listed(requests, brief=self._params["return_items"] == "none"),
            "diff": self._diff(changed),
        }

    def _sentence(self, results, changed, failed, planned):
        if not results:
            return "no {} matches {}; nothing to do".format(self._resource.COLLECTION.noun, ",".join(self._tokens))
        verb, past, already = self._resource.WORDS[self._params["state"]]
        did = f"would {verb}" if planned else f"began to {verb}" if self._is_under_way(changed) else past
        waited = [result for result in results if self._only_waited(result)]
        idle = [r for r in results if not r["changed"] and "error" not in r and not self._only_waited(r)]
        changed = [result for result in changed if "error" not in result]
        count = f"{len(changed)} of {len(results)} {self._resource.PLURAL} ({self._ids(changed)})"
        if len(results) == 1:
            count = f"{self._resource.COLLECTION.noun} {self._ids(results)}"
        parts = (
            (changed, f"{did} {count}"),
            (waited, f"{'would wait' if planned else 'waited'} until {self._ids(waited)} {_were(waited, already)}"),
            (idle, f"{self._ids(idle)} {_were(idle, already)} already{self._resource.remark(self._params)}"),
            (failed, f"{len(failed)} failed ({named(self._left(result) for result in failed)})"),
        )
        return "; ".join(text for concerned, text in parts if concerned)

    def _is_under_way(self, changed):
        return any(result["state"] in self._resource.UNDER_WAY for result in changed)

    def _only_waited(self, result):
        actions = [self._plan.actions[name] for name in result["actions"]]
        return bool(actions) and "error" not in result and not any(action.method for action in actions)

    def _ids(self, results):
        return named(result[self._resource.COLLECTION.id_key] for result in results)

    def _left(self, failed):
        """Return the id of an item that failed, and how far it came."""
        id = failed[self._resource.COLLECTION.id_key]
        if not failed["actions"]:
            return id
        if failed["state"] not in ("unknown", failed["state_before"]):
            return f"{id} is {failed['state']}"
        return f"{id} after {', '.join(failed['actions']).replace('_', ' ')}"

    def _diff(self, changed):
        id_key = self._resource.COLLECTION.id_key
        return {
            "before": {result[id_key]: {"state": result["state_before"]} for result in changed},
            "after": {result[id_key]: {"state": result["state"]} for result in changed},
        }


def _were(results, already):
    return "{} {}".format("was" if len(results) == 1 else "were", already)


def listed(requests, brief=False):
    """Return requests for a result; equal ones in a row are one entry with C(times).

    :arg brief: name the APIs rather than the calls, so that the list does not grow with the number of ids
    """
    entries = []
    for request in requests:
        entry = request.as_result(brief)
        if entries and entries[-1].items() >= entry.items():
            entries[-1]["times"] = entries[-1].get("times", 1) + 1
        else:
            entries.append(entry)
    return entries


def chosen(results, return_items):
    """Return the items that a result shall hold; one that failed is never left out."""
    if return_items == "all":
        return results
    return [result for result in results if "error" in result or (result["changed"] and return_items == "changed")]
