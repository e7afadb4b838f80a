# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The licence of a cluster, and what a cluster loses that goes on with a basic one."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone

THIRTY_DAYS = 30 * 24 * 3600 * 1000
KINDS = ("trial", "basic", "expired")


@dataclass(frozen=True)
class Licence:
    """`kind` is one of KINDS, `expired` is a platinum licence of the past; times are milliseconds since the epoch."""

    kind: str
    issued: int
    uid: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def allows_ml(self) -> bool:
        return self.kind == "trial"

    @property
    def status(self) -> str:
        return "expired" if self.kind == "expired" else "active"

    @property
    def type(self) -> str:
        return "platinum" if self.kind == "expired" else self.kind

    @property
    def expires(self) -> int | None:
        if self.kind == "basic":
            return None
        return self.issued - THIRTY_DAYS if self.kind == "expired" else self.issued + THIRTY_DAYS

    def document(self, issued_to: str, *, shows_resource_units: bool) -> dict:
        """API: get license."""
        expiry = {} if self.expires is None else dated("expiry_date", self.expires)
        return {
            "status": self.status,
            "uid": self.uid,
            "type": self.type,
            **dated("issue_date", self.issued),
            **expiry,
            "max_nodes": 1000,
            **({"max_resource_units": None} if shows_resource_units else {}),
            "issued_to": issued_to,
            "issuer": "elasticsearch",
            "start_date_in_millis": -1,
        }

    def summary(self) -> dict:
        """API: X-Pack info."""
        expiry = {} if self.expires is None else {"expiry_date_in_millis": self.expires}
        return {"uid": self.uid, "type": self.type, "mode": self.type, "status": self.status, **expiry}


def dated(name: str, milliseconds: int) -> dict:
    moment = datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
    return {name: f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03}Z", f"{name}_in_millis": milliseconds}


NEEDS_ACKNOWLEDGEMENT = (
    "This license update requires acknowledgement. To acknowledge the license, please read the following messages and "
    'call /start_basic again, this time with the "acknowledge=true" parameter:'
)
LOSSES = (
    ((0,), "watcher", ("Watcher will be disabled",)),
    ((0,), "logstash", ("Logstash will no longer poll for centrally-managed pipelines",)),
    (
        (0,),
        "security",
        (
            "Authentication will be limited to the native and file realms.",
            "Security tokens will not be supported.",
            "IP filtering and auditing will be disabled.",
            "Field and document level access control will be disabled.",
            "Custom realms will be ignored.",
            "A custom authorization engine will be ignored.",
        ),
    ),
    ((0,), "ccr", ("Cross-Cluster Replication will be disabled",)),
    (
        (8, 8),
        "enterprise_search",
        (
            "Search Applications and behavioral analytics will be disabled.",
            "Query rules will be disabled.",
            "Elastic Web crawler will be disabled.",
            "Connector clients require at least a platinum license.",
        ),
    ),
    ((8, 11), "redact_processor", ("Redact ingest pipeline processors will be disabled",)),
    ((8, 18), "esql", ("ES|QL cross-cluster search will be disabled.",)),
    ((9,), "inference", ("The Inference API will be disabled",)),
    ((9, 2), "gpu_vector_indexing", ("Indexing using a GPU will be disabled",)),
    ((0,), "beats", ("Beats will no longer be able to use centrally-managed configuration",)),
    (
        (0,),
        "monitoring",
        (
            "Multi-cluster support is disabled for clusters with [BASIC] license. If you are\n"
            "running multiple clusters, users won't be able to access the clusters with\n"
            "[BASIC] licenses from within a single X-Pack Kibana instance. You will have to deploy a\n"
            "separate and dedicated X-pack Kibana instance for each [BASIC] cluster you wish to monitor.",
        ),
    ),
    ((0,), "graph", ("Graph will be disabled",)),
    ((0,), "ml", ("Machine learning will be disabled",)),
    ((0,), "sql", ("JDBC and ODBC support will be disabled, but you can continue to use SQL CLI and REST endpoint",)),
)


def losses(version) -> dict[str, list[str]]:
    """What must be acknowledged before a basic licence is started, by feature, as far as this version has it."""
    return {feature: list(texts) for since, feature, texts in LOSSES if version.since(*since)}
