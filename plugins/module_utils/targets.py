# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""From expressions to items: what the options name, what is taken away again, and what does not exist."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import expressions
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption, Refused
from ansible_collections.mlops.elastic.plugins.module_utils.plan import Item


def parse(resource, params):
    """Check C(max_affected), and the expressions of C(exclude) and of the option that names the targets; return those.

    :raises BadOption: said before anything is sent
    """
    most = params.get("max_affected")
    if most is not None and most < 0:
        raise BadOption("max_affected", most, "it is below 0", "Give the largest number of items to change.")
    if params["exclude"]:
        expressions.parse("exclude", params["exclude"], resource.MAX_ID_LENGTH)
    return expressions.parse(resource.ID_OPTION, params[resource.ID_OPTION], resource.MAX_ID_LENGTH)


def resolve(resource, params, tokens, cluster, observed, missing_is_fine=False):
    """Return the items that the options mean, by id.

    Groups are read only where an expression cannot be judged by ids alone.

    :arg observed: items by id, and the concrete tokens that do not exist
    :arg missing_is_fine: unknown ids are items in the state "missing" (C(state: absent))
    :raises Refused: unknown ids, or an expression without a match and C(allow_no_match: false)
    """
    items, missing = observed
    must_match = [] if params["allow_no_match"] else [token for token in tokens if _is_pattern(token)]
    unmatched = [token for token in must_match if not any(expressions.matches(token, {id}) for id in items)]
    names = {}
    if items and (params["exclude"] or unmatched):
        names = resource.names(cluster, items)
        unmatched = [token for token in unmatched if not any(expressions.matches(token, names[id]) for id in items)]
    if unmatched or (missing and not missing_is_fine):
        raise _unknown(resource, unmatched + ([] if missing_is_fine else missing), bool(unmatched))
    items.update((id, Item(id, "missing")) for id in missing)
    return {
        id: item
        for id, item in items.items()
        if not any(expressions.matches(token, names.get(id, {id})) for token in params["exclude"])
    }


def _is_pattern(token):
    return expressions.is_wildcard(token) or expressions.is_all(token)


def _unknown(resource, tokens, by_pattern):
    said = "no known {} with id '{}'".format(resource.COLLECTION.noun, ",".join(tokens))
    return Refused(
        "{}: {}; nothing was changed. Check the spelling{}".format(
            resource.ID_OPTION, said, ", or set allow_no_match: true" if by_pattern else ""
        ),
        status=404,
        type="resource_not_found_exception",
        reason=said,
    )
