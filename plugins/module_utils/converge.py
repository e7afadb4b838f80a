# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""The one flow of every state and module: observe, plan, (check mode stops here), apply, wait, report."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import leftovers, units
from ansible_collections.mlops.elastic.plugins.module_utils.apply import Run
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Cluster
from ansible_collections.mlops.elastic.plugins.module_utils.errors import MlError
from ansible_collections.mlops.elastic.plugins.module_utils.present import Present
from ansible_collections.mlops.elastic.plugins.module_utils.report import listed
from ansible_collections.mlops.elastic.plugins.module_utils.states import States
from ansible_collections.mlops.elastic.plugins.module_utils.waiting import Budget


def run(resource, params, check_mode=False, on_wait=None):
    """Bring what the options name into the state they declare, and return the module's result.

    :arg resource: a Resource
    :arg params: the module's options, complete
    :arg check_mode: stop before the first write
    :arg on_wait: told of unfinished work, see Run
    :raises MlError: with everything that had been done in its C(result)
    """
    work = Present(resource, params) if params["state"] == "present" else States(resource, params)
    return carry_out(work, params, check_mode, on_wait)


def carry_out(work, params, check_mode, on_wait):
    """Do a piece of work, and return the module's result.

    :arg work: has C(MODULE), C(check()), C(plan(cluster)), C(examine(cluster, plan, check_mode)), C(tokens) and
        C(report(plan)), called in this order
    :raises MlError: with everything that had been done in its C(result)
    """
    work.check()
    budget = Budget(units.duration("timeout", params["timeout"]))
    cluster = Cluster(params, f"mlops.elastic.{work.MODULE}", budget)
    try:
        return _converge(work, params, cluster, budget, check_mode, on_wait)
    except MlError as error:
        error.result.setdefault("requests", listed(cluster.sent))
        raise
    finally:
        cluster.close()


def _converge(work, params, cluster, budget, check_mode, on_wait):
    try:
        plan = work.plan(cluster)
        work.examine(cluster, plan, check_mode)
    except MlError as error:
        raise error.before_any_change() from None
    report = work.report(plan)
    if check_mode:
        planned = [step for step in plan.steps if not step.action.instead_of]
        predicted = [request for step in planned for request in _requests(step, params)]
        return report.predicted(cluster.sent + predicted)
    items = {entry.item.key: entry.item for entry in plan.items}
    applied = Run(cluster, params, budget, items, on_wait if params["display_progress"] else None, work.tokens)
    applied.carry_out(plan)
    result = report.achieved(applied.outcomes, cluster.sent)
    failed = [outcome.error for outcome in applied.outcomes.values() if outcome.error]
    if failed:
        failure = report.failure(failed, result)
        left = [phrase for outcome in applied.outcomes.values() for phrase in outcome.left]
        if left:
            failure.msg = f"{failure.msg.rstrip('.')}. {leftovers.sentence(left)}"
        raise failure if any(request.writes for request in cluster.sent) else failure.before_any_change()
    return result


def _requests(step, params):
    return step.action.requests([subject for subject, _owner in step.subjects], params, expression=step.expression)
