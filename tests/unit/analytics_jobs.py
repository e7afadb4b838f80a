# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data frame analytics jobs of the simulated server, as its tests ask for them."""

ROOT = "/_ml/data_frame/analytics"
OLD, TELLING, NEW = ("7.3.0",), ("7.10.0",), ("7.17.29", "8.19.21", "9.5.3")
EVERY_VERSION = OLD + TELLING + NEW
SOURCE = {"name": "source", "documents": 300}


def config(dest="dest", analysis=None):
    return {
        "source": {"index": "source"},
        "dest": {"index": dest},
        "analysis": analysis or {"outlier_detection": {}},
    }


def reason(reply):
    return reply.status_code, reply.json()["error"]["reason"]
