# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""The one flow of every state and module: observe, plan, (check mode stops here), apply, wait, report."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import expressions, targets, units
from ansible_collections.mlops.elastic.plugins.module_utils.actions import named
from ansible_collections.mlops.elastic.plugins.module_utils.apply import Run
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Cluster
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption, MlError, Refused
from ansible_collections.mlops.elastic.plugins.module_utils.plan import arrange
from ansible_collections.mlops.elastic.plugins.module_utils.report import Report, listed
from ansible_collections.mlops.elastic.plugins.module_utils.waiting import Budget


def run(resource, params, check_mode=False, on_wait=None):
    """Bring what the options name into the state they declare, and return the module's result.

    :arg resource: a Resource
    :arg params: the module's options, complete
    :arg check_mode: stop before the first write
    :arg on_wait: told of unfinished work, see Run
    :raises MlError: with everything that had been done in its C(result)
    """
    tokens = _checked_targets(resource, params)
    budget = Budget(units.duration("timeout", params["timeout"]))
    cluster = Cluster(params, f"mlops.elastic.{resource.MODULE}", budget)
    try:
        return _converge(resource, params, tokens, cluster, budget, check_mode, on_wait)
    except MlError as error:
        error.result.setdefault("requests", listed(cluster.sent))
        raise
    finally:
        cluster.close()


def _checked_targets(resource, params):
    tokens = targets.parse(resource, params)
    most = params["max_affected"]
    if most is not None and most < 0:
        raise BadOption("max_affected", most, "it is below 0", "Give the largest number of items to change.")
    if params["state"] == "absent" and most is None and any(expressions.is_all(token) for token in tokens):
        raise BadOption(
            resource.ID_OPTION,
            ",".join(tokens),
            f"with state: absent it would delete all {resource.PLURAL}",
            "Set max_affected to the number you expect to delete.",
        )
    resource.validate(params)
    return tokens


def _converge(resource, params, tokens, cluster, budget, check_mode, on_wait):
    try:
        plan = _planned(resource, params, tokens, cluster)
    except MlError as error:
        raise error.before_any_change() from None
    report = Report(resource, params, plan, tokens)
    if check_mode:
        predicted = [request for step in plan.steps for request in _requests(step, params)]
        return report.predicted(cluster.sent + predicted)
    items = {entry.item.id: entry.item for entry in plan.items}
    work = Run(cluster, params, budget, items, on_wait if params["display_progress"] else None, tokens)
    work.carry_out(plan)
    result = report.achieved(work.outcomes, cluster.sent)
    failed = [outcome.error for outcome in work.outcomes.values() if outcome.error]
    if failed:
        failure = report.failure(failed, result)
        raise failure if any(request.method != "GET" for request in cluster.sent) else failure.before_any_change()
    return result


def _planned(resource, params, tokens, cluster):
    _check_features(resource, params, cluster)
    observed = resource.observe(cluster, tokens, params)
    items = targets.resolve(resource, params, tokens, cluster, observed, missing_is_fine=params["state"] == "absent")
    return _plan(resource, params, tokens, items, cluster)


def _check_features(resource, params, cluster):
    for feature, first in resource.features(params):
        version = cluster.version()
        if version and version < first:
            raise Refused(
                f"{feature} needs Elasticsearch {_dotted(first)} or later, and this server is {_dotted(version)}; "
                "nothing was changed",
                type="unsupported_version",
            )


def _plan(resource, params, tokens, items, cluster):
    resource.detail(cluster, [item for item in items.values() if not resource.is_settled(item, params)], params)
    planned, refusals = [], []
    for item in items.values():
        try:
            planned.append(resource.plan_item(item, params))
        except Refused as refusal:
            refusals.append(refusal)
    if refusals:
        raise _joined(refusals)
    plan = arrange(planned, resource.ACTIONS, _lasting(params, tokens))
    most = params["max_affected"]
    if most is not None and len(plan.changed) > most:
        raise Refused(
            f"max_affected: {len(plan.changed)} of {len(plan.items)} {resource.PLURAL} would be changed "
            f"({named(entry.item.id for entry in plan.changed)}), and at most {most} may be; nothing was changed. "
            f"Narrow {resource.ID_OPTION}, or raise max_affected"
        )
    return plan


def _joined(refusals):
    first = refusals[0]
    others = refusals[1:]
    more = f" (and {len(others)} more: {named(refusal.msg for refusal in others)})" if others else ""
    return Refused(f"{first.msg}{more}; nothing was changed", reason=first.reason, type=first.type, status=first.status)


def _lasting(params, tokens):
    """Return the expressions where sending them later cannot touch more than the plan, but what matches them anew."""
    return () if params["exclude"] or params["max_affected"] is not None else tokens


def _dotted(version):
    return ".".join(str(number) for number in version)


def _requests(step, params):
    return step.action.requests([subject for subject, _owner in step.subjects], params, expression=step.expression)
