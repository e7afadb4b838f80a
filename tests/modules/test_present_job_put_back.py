# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ml_job with state: present where the new job is refused although it was valid: the old one comes back."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.normalize import declarable
from modules.declared_jobs import FEEDS, JOBS, VERSIONS, document, running, seed

pytestmark = pytest.mark.parametrize("server", VERSIONS, indirect=True)
REFUSAL = '{"error": {"type": "status_exception", "reason": "no more of them"}, "status": 400}'


@pytest.mark.parametrize("state", ["closed", "opened", "real time", "look-back"])
def test_job_datafeed_and_calendars_come_back(server, state):
    seed(server, state, records=0)
    server.control("seed", {"calendars": [{"calendar_id": "holidays", "job_ids": ["j"]}]})
    states, config, feed = running(server), document(server), document(server, f"{FEEDS}/f", "datafeeds")
    server.control("faults", [{"method": "PUT", "path": f"{JOBS}/j", "times": 1, "status": 400, "body": REFUSAL}])
    outcome = server.run(
        "ml_job", job_id="j", analysis_config={"bucket_span": "1h"}, on_immutable_change="recreate", force=True
    )
    assert outcome.failed
    assert "no more of them" in outcome.msg
    (job,) = outcome.jobs
    assert job["state"] == "present"
    assert "lost" not in job
    assert job["actions"].index("delete") < job["actions"].index("put_back") < job["actions"].index("create_datafeed")
    assert declarable(document(server)) == declarable(config)
    assert document(server, f"{FEEDS}/f", "datafeeds") == feed
    assert document(server, "/_ml/calendars/holidays", "calendars")["job_ids"] == ["j"]
    assert running(server) == states
