# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declaring a configuration: in check mode, for real, and once more."""

import json

from modules.test_permissions import SECURITY, as_user

VERSIONS = ("7.10.0", "8.19.21", "9.5.3")
READER = {
    "indices": [{"names": ["*"], "privileges": ["read", "view_index_metadata", "index", "create_index", "manage"]}]
}
SECURED = {
    **SECURITY,
    "roles": {"reader": READER},
    "users": {**SECURITY["users"], "ann": {**SECURITY["users"]["ann"], "roles": ["machine_learning_admin", "reader"]}},
}


def read(server, path):
    """What the server says to somebody else."""
    return server.api("GET", path).body


def present(server, module, key, **options):
    """Check mode and real run, which agree, and a third, which finds nothing to do."""
    predicted = server.run(module, check=True, diff=True, **options)
    assert predicted.writes == []
    achieved = server.run(module, diff=True, **options)
    assert not achieved.failed, achieved.msg
    assert predicted.changed is achieved.changed
    assert predicted.declared_writes == achieved.declared_writes
    assert sorted(achieved.declared_writes) == sorted(achieved.writes)  # those of several arrive side by side
    assert [item["actions"] for item in predicted.result[key]] == [item["actions"] for item in achieved.result[key]]
    assert predicted.diff == achieved.diff
    again = server.run(module, **options)
    assert (again.changed, again.writes) == (False, [])
    return achieved


def bodies(outcome):
    """What was sent with requests that write."""
    return [json.loads(entry["body"]) for entry in outcome.journal if entry["writing"] and entry["body"]]


def told_of_rights(server, module, **options):
    """Have a change checked, and made, by somebody else than who made what is there; return the last result.

    Since 8.4 that is warned of and shown.
    """
    keeps = server.release >= (8, 4)
    ours = server.run(module, check=True, diff=True, **options, **as_user("ann"))
    assert not [text for text in ours.warned if "rights" in text]
    assert "authorization" not in ours.diff[0]["after"]
    for check in (True, False):
        other = server.run(module, check=check, diff=True, **options, **as_user("root"))
        assert not other.failed, other.msg
        told = [text for text in other.warned if "rights" in text]
        assert bool(told) is keeps
        assert ("authorization:\n  roles:\n  - machine_learning_admin" in other.diff[0]["before"]) is keeps
        assert ("authorization:\n  roles:\n  - superuser" in other.diff[0]["after"]) is keeps
        assert all("machine_learning_admin" in text and "superuser" in text for text in told)
    return other
