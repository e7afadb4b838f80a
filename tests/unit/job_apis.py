# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of a simulated server's job APIs share."""

JOBS = "/_ml/anomaly_detectors"
EVERY_VERSION = ("7.3.0", "7.10.0", "7.17.29", "8.19.21", "9.5.3")
START_OF_2018 = 1_514_764_800_000


def summary(reply):
    """The reason of a refusal, else the body."""
    body = reply.json()
    return reply.status_code, body["error"]["reason"] if "error" in body else body


def job_of(server, job_id="j"):
    return server("GET", f"{JOBS}/{job_id}").json()["jobs"][0]


def stats_of(server, job_id="j"):
    return server("GET", f"{JOBS}/{job_id}/_stats").json()["jobs"][0]
