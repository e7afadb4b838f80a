# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A data frame analytics job that is declared: the cluster it is in, and what is to be seen of it."""

from modules import declaring
from modules.declaring import read

ROOT = "/_ml/data_frame/analytics"
OUTLIERS = {"outlier_detection": {}}
DECLARED = {"id": "a", "source": {"index": "source"}, "dest": {"index": "out"}, "analysis": OUTLIERS}
REGRESSION = {"regression": {"dependent_variable": "value", "training_percent": 50}}


def seeded(server):
    """A server with two indices and no analyses."""
    server.reset(indices=["source", "other"])
    return server


def started(server):
    """The same with an analysis that runs until it is told to finish."""
    assert seeded(server).run("ml_analytics", **DECLARED, model_memory_limit="100mb").changed
    assert server.api("POST", f"{ROOT}/a/_start").status == 200
    assert state(server) == "started"
    return server


def present(server, **options):
    return declaring.present(server, "ml_analytics", "data_frame_analytics", **options)


def config(server, id="a"):
    return read(server, f"{ROOT}/{id}")["data_frame_analytics"][0]


def state(server, id="a"):
    found = read(server, f"{ROOT}/{id}/_stats")["data_frame_analytics"][0]["state"]
    return "started" if found in ("starting", "reindexing", "analyzing") else found


def item(outcome):
    (found,) = outcome.data_frame_analytics
    return found


def refused(server, **options):
    """The words of a refusal that leaves everything as it was, and is told in check mode as well."""
    before = config(server), state(server)
    outcomes = [server.run("ml_analytics", check=check, **options) for check in (True, False)]
    for outcome in outcomes:
        assert (outcome.failed, outcome.writes) == (True, [])
    assert (config(server), state(server)) == before
    assert outcomes[0].msg == outcomes[1].msg
    return outcomes[1].msg
