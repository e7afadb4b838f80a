# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Named privileges and the actions they grant (ClusterPrivilegeResolver, IndexPrivilege), weakest first.

The order is the one in which a refusal names the privileges that would have granted an action.
"""

from dataclasses import dataclass

from simulator.security import patterns

SECURITY_ACTIONS = "cluster:admin/xpack/security/*"
READ_SECURITY = tuple(
    f"cluster:admin/xpack/security/{name}"
    for name in (
        "api_key/get",
        "api_key/query",
        "privilege/*get",
        "profile/get",
        "profile/has_privileges",
        "profile/suggest",
        "role/get",
        "role/query",
        "role_mapping/get",
        "service_account/get",
        "service_account/credential/get*",
        "user/get",
        "user/query",
        "user/list_privileges",
        "user/has_privileges",
        "settings/get",
    )
)
HANDSHAKES = ("cluster:internal/remote_cluster/handshake", "cluster:internal/remote_cluster/nodes")
INFO = "cluster:monitor/xpack/info"
HAS_PRIVILEGES = "cluster:admin/xpack/security/user/has_privileges"
EVERYBODY_ON_THEMSELVES = (
    "cluster:admin/xpack/security/user/authenticate",
    HAS_PRIVILEGES,
    "cluster:admin/xpack/security/user/list_privileges",
)


@dataclass(frozen=True)
class Privilege:
    """A privilege by name: the actions it grants, without those of `but_not`, in versions since a release.

    One that is `limited` grants actions on some objects only, and so implies no other privilege.
    """

    name: str
    actions: tuple[str, ...] = ()
    but_not: tuple[str, ...] = ()
    since: tuple[int, ...] = (0,)
    limited: bool = False

    def grants(self, action: str) -> bool:
        return patterns.any_matches(self.actions, action) and not patterns.any_matches(self.but_not, action)

    def implies(self, wanted: "Privilege") -> bool:
        """Whether every action that `wanted` grants is granted by this one."""
        if self.limited:
            return wanted is self
        covered = all(patterns.any_matches(self.actions, pattern) for pattern in wanted.actions)
        open_to = [pattern for pattern in self.but_not if pattern not in wanted.but_not]
        return covered and not any(patterns.overlap(a, b) for a in wanted.actions for b in open_to)


def _family(name: str, *areas: str, since=(0,)) -> tuple[Privilege, Privilege]:
    """`monitor_name` and `manage_name` over the actions of some areas."""
    monitor = tuple(f"cluster:monitor/{area}/*" for area in areas)
    return (
        Privilege(f"monitor_{name}", monitor, since=since),
        Privilege(f"manage_{name}", (*(f"cluster:admin/{area}/*" for area in areas), *monitor), since=since),
    )


_MONITOR_ML, _MANAGE_ML = _family("ml", "xpack/ml")
_MONITOR_TRANSFORM, _MANAGE_TRANSFORM = _family("transform", "data_frame", "transform", since=(7, 5))
_MONITOR_DATA_FRAME, _MANAGE_DATA_FRAME = _family("data_frame_transforms", "data_frame", "transform", since=(7, 2))
_MONITOR_WATCHER, _MANAGE_WATCHER = _family("watcher", "xpack/watcher")
_MONITOR_ROLLUP, _MANAGE_ROLLUP = _family("rollup", "xpack/rollup")
_MONITOR_ENRICH = Privilege(
    "monitor_enrich", ("cluster:monitor/xpack/enrich/*", "cluster:admin/xpack/enrich/get"), since=(7, 5)
)
_MANAGE_ENRICH = _family("enrich", "xpack/enrich", since=(7, 5))[1]
_MONITOR_INFERENCE, _MANAGE_INFERENCE = _family("inference", "xpack/inference", since=(8, 14))
_MONITOR_CONNECTOR, _MANAGE_CONNECTOR = _family("connector", "xpack/connector", since=(8, 15))
_MONITOR_RETENTION, _MANAGE_RETENTION = _family(
    "data_stream_global_retention", "data_stream/global_retention", since=(8, 14)
)
_MONITOR_REINDEX, _MANAGE_REINDEX = _family("reindex", "reindex", since=(9, 4))

CLUSTER = (
    Privilege("none"),
    Privilege("cancel_task", ("cluster:admin/tasks/cancel*",), since=(8, 0)),
    Privilege("clone_api_key", ("cluster:admin/xpack/security/api_key/clone*",), since=(9, 4)),
    Privilege("create_snapshot", ("cluster:admin/snapshot/create", "cluster:admin/snapshot/status*")),
    Privilege("cross_cluster_replication", (*HANDSHAKES, INFO, "cluster:monitor/state"), since=(8, 10)),
    Privilege("cross_cluster_search", (*HANDSHAKES, INFO), since=(8, 10)),
    Privilege(
        "delegate_pki", ("cluster:admin/xpack/security/delegate_pki", "cluster:admin/xpack/security/token/invalidate")
    ),
    Privilege("grant_api_key", ("cluster:admin/xpack/security/api_key/grant*",), since=(7, 7)),
    Privilege("read_ccr", ("cluster:monitor/state", HAS_PRIVILEGES)),
    Privilege("transport_client", ("cluster:monitor/nodes/liveness", "cluster:monitor/state")),
    Privilege(
        "monitor_snapshot",
        ("cluster:admin/snapshot/status*", "cluster:admin/snapshot/get", "cluster:admin/repository/get"),
        since=(7, 8),
    ),
    Privilege("monitor_stats", ("cluster:monitor/stats*",), since=(8, 17)),
    Privilege("monitor_esql", ("cluster:monitor/xpack/esql/*",), since=(9, 1)),
    Privilege("monitor_text_structure", ("cluster:monitor/text_structure/*",), since=(7, 13)),
    _MONITOR_CONNECTOR,
    _MONITOR_DATA_FRAME,
    _MONITOR_RETENTION,
    _MONITOR_ENRICH,
    _MONITOR_INFERENCE,
    _MONITOR_ML,
    _MONITOR_REINDEX,
    _MONITOR_ROLLUP,
    _MONITOR_TRANSFORM,
    _MONITOR_WATCHER,
    Privilege(
        "post_behavioral_analytics_event", ("cluster:admin/xpack/application/analytics/post_event",), since=(8, 8)
    ),
    Privilege("read_connector_secrets", ("cluster:admin/xpack/connector/secret/get",), since=(8, 13)),
    Privilege("read_fleet_secrets", ("cluster:admin/fleet/secrets/get",), since=(8, 10)),
    Privilege("read_ilm", ("cluster:admin/ilm/get", "cluster:admin/ilm/operation_mode/get")),
    Privilege(
        "read_pipeline", ("cluster:admin/ingest/pipeline/get", "cluster:admin/ingest/pipeline/simulate"), since=(7, 6)
    ),
    Privilege("read_slm", ("cluster:admin/slm/get", "cluster:admin/slm/status")),
    Privilege("write_connector_secrets", ("cluster:admin/xpack/connector/secret/*",), since=(8, 13)),
    Privilege("write_fleet_secrets", ("cluster:admin/fleet/secrets/*",), since=(8, 10)),
    Privilege("manage_autoscaling", ("cluster:admin/autoscaling/*",), since=(7, 11)),
    Privilege("manage_behavioral_analytics", ("cluster:admin/xpack/application/analytics/*",), since=(8, 8)),
    _MANAGE_CONNECTOR,
    _MANAGE_DATA_FRAME,
    _MANAGE_RETENTION,
    _MANAGE_ENRICH,
    Privilege("manage_ilm", ("cluster:admin/ilm/*",)),
    Privilege(
        "manage_index_templates",
        ("indices:admin/template/*", "indices:admin/index_template/*", "cluster:admin/component_template/*"),
    ),
    _MANAGE_INFERENCE,
    Privilege("manage_ingest_pipelines", ("cluster:admin/ingest/pipeline/*",)),
    Privilege("manage_logstash_pipelines", ("cluster:admin/logstash/pipeline/*",), since=(7, 12)),
    _MANAGE_ML,
    Privilege("manage_oidc", ("cluster:admin/xpack/security/oidc/*",)),
    Privilege("manage_pipeline", ("cluster:admin/ingest/pipeline/*",)),
    _MANAGE_REINDEX,
    _MANAGE_ROLLUP,
    Privilege(
        "manage_saml",
        (
            "cluster:admin/xpack/security/saml/*",
            "cluster:monitor/xpack/security/saml/metadata",
            "cluster:admin/xpack/security/token/invalidate",
            "cluster:admin/xpack/security/token/refresh",
        ),
    ),
    Privilege("manage_search_application", ("cluster:admin/xpack/application/search_application/*",), since=(8, 8)),
    Privilege("manage_search_query_rules", ("cluster:admin/xpack/query/rules/*",), since=(8, 10)),
    Privilege("manage_search_synonyms", ("cluster:admin/synonyms/*",), since=(8, 10)),
    Privilege("manage_slm", ("cluster:admin/slm/*",)),
    _MANAGE_TRANSFORM,
    _MANAGE_WATCHER,
    Privilege(
        "manage_own_api_key",
        ("cluster:admin/xpack/security/api_key/*",),
        ("cluster:admin/xpack/security/api_key/grant*",),
        since=(7, 4),
        limited=True,
    ),
    Privilege("manage_service_account", ("cluster:admin/xpack/security/service_account/*",), since=(7, 13)),
    Privilege("read_security", READ_SECURITY, since=(8, 5)),
    Privilege("manage_ccr", ("cluster:admin/xpack/ccr/*", "cluster:monitor/state", HAS_PRIVILEGES)),
    Privilege("monitor", ("cluster:monitor/*",)),
    Privilege("manage_api_key", ("cluster:admin/xpack/security/api_key/*",), since=(7, 2)),
    Privilege("manage_token", ("cluster:admin/xpack/security/token/*",)),
    Privilege("manage_user_profile", ("cluster:admin/xpack/security/profile/*",), since=(8, 2)),
    Privilege(
        "manage", ("cluster:*", "indices:admin/template/*", "indices:admin/index_template/*"), (SECURITY_ACTIONS,)
    ),
    Privilege("manage_security", (SECURITY_ACTIONS,), ("cluster:admin/xpack/security/delegate_pki",)),
    Privilege("all", ("cluster:*", "indices:admin/template/*", "indices:admin/index_template/*")),
)
WRITE_INDEX = ("indices:data/write/index*", "indices:data/write/bulk*")
VIEW_METADATA = tuple(
    f"indices:{name}"
    for name in (
        "admin/aliases/get",
        "admin/get",
        "admin/mappings/fields/get*",
        "admin/mappings/get",
        "admin/shards/search_shards",
        "admin/validate/query*",
        "monitor/settings/get",
        "admin/ilm/explain",
        "admin/data_stream/get",
        "admin/resolve/*",
        "data/read/field_caps*",
    )
)
INDEX = (
    Privilege("none"),
    Privilege("auto_configure", ("indices:admin/auto_create", "indices:admin/mapping/auto_put"), since=(7, 9)),
    Privilege("create_dataset", ("indices:admin/dataset/create",), since=(9, 5)),
    Privilege(
        "create_index", ("indices:admin/create", "indices:admin/auto_create", "indices:admin/data_stream/create")
    ),
    Privilege("create_view", ("indices:admin/view/create",), since=(9, 4)),
    Privilege("cross_cluster_replication", ("indices:data/read/xpack/ccr/*", "indices:monitor/stats*"), since=(8, 10)),
    Privilege("cross_cluster_replication_internal", ("indices:internal/admin/ccr/*",), since=(8, 10)),
    Privilege("delete_dataset", ("indices:admin/dataset/delete",), since=(9, 5)),
    Privilege("delete_index", ("indices:admin/delete", "indices:admin/data_stream/delete")),
    Privilege("delete_view", ("indices:admin/view/delete",), since=(9, 4)),
    Privilege(
        "maintenance", ("indices:admin/refresh*", "indices:admin/flush*", "indices:admin/forcemerge*"), since=(7, 9)
    ),
    Privilege("manage_data_stream_lifecycle", ("indices:admin/data_stream/lifecycle/*",), since=(8, 11)),
    Privilege("manage_dataset", ("indices:admin/dataset/*",), since=(9, 5)),
    Privilege("manage_failure_store", ("indices:admin/failure_store/*",), since=(8, 19)),
    Privilege("manage_follow_index", ("indices:admin/xpack/ccr/*",)),
    Privilege("manage_ilm", ("indices:admin/ilm/*",)),
    Privilege("manage_leader_index", ("indices:admin/xpack/ccr/forget_follower*",)),
    Privilege("manage_view", ("indices:admin/view/*",), since=(9, 4)),
    Privilege("read_cross_cluster", ("internal:transport/proxy/indices:data/read/*",)),
    Privilege("read_dataset_metadata", ("indices:admin/dataset/get",), since=(9, 5)),
    Privilege("read_failure_store", (), since=(8, 19)),
    Privilege("read_view_metadata", ("indices:admin/view/get",), since=(9, 4)),
    Privilege(
        "create_doc",
        ("indices:data/write/index", "indices:data/write/index:op_type/create", "indices:data/write/bulk*"),
        since=(7, 5),
    ),
    Privilege("create", WRITE_INDEX),
    Privilege("delete", ("indices:data/write/delete*", "indices:data/write/bulk*")),
    Privilege("index", (*WRITE_INDEX, "indices:data/write/update*")),
    Privilege("read", ("indices:data/read/*", "indices:admin/resolve/*")),
    Privilege("view_index_metadata", VIEW_METADATA),
    Privilege("write", ("indices:data/write/*",)),
    Privilege("monitor", ("indices:monitor/*",)),
    Privilege("manage", ("indices:monitor/*", "indices:admin/*", "indices:data/read/field_caps*")),
    Privilege("all", ("indices:*",)),
)
_BY_NAME = {id(kind): {privilege.name: privilege for privilege in kind} for kind in (CLUSTER, INDEX)}


def named(kind: tuple[Privilege, ...], name: str) -> Privilege | None:
    """A privilege by its name, or a pattern over actions; None for what is neither."""
    name = name.lower()
    if ":" in name:
        return Privilege(name, (name.rstrip("*") + "*",))
    return _BY_NAME[id(kind)].get(name)


def known_to(kind: tuple[Privilege, ...], version) -> list[str]:
    """The names a version knows, as `_security/privilege/_builtin` lists them."""
    return sorted(privilege.name for privilege in kind if version.since(*privilege.since))


def granting(kind: tuple[Privilege, ...], action: str, version) -> list[str]:
    """The names of the privileges that grant an action, weakest first."""
    return [privilege.name for privilege in kind if version.since(*privilege.since) and privilege.grants(action)]


def beyond_own_keys(action: str) -> list[Privilege]:
    """The privileges that grant an action on anybody's API keys."""
    return [privilege for privilege in CLUSTER if privilege.grants(action) and privilege.name != "manage_own_api_key"]
