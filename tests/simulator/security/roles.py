# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles: what they grant, the built-in ones, and what a role descriptor may say."""

from dataclasses import dataclass, field

from simulator.security import patterns
from simulator.security.privileges import CLUSTER, INDEX, Privilege, known_to, named

UNLISTED = ("manage_project_routing", "read_project_routing")  # known, and not among the built-in privileges
EVERYTHING = (
    {"names": ["*"], "privileges": ["all"], "allow_restricted_indices": False},
    {
        "names": ["*"],
        "privileges": ["monitor", "read", "view_index_metadata", "read_cross_cluster"],
        "allow_restricted_indices": True,
    },
)


@dataclass(frozen=True)
class Role:
    """A role descriptor: cluster and index privileges, and who may be impersonated."""

    cluster: tuple[str, ...] = ()
    indices: tuple[dict, ...] = ()
    applications: tuple[dict, ...] = ()
    run_as: tuple[str, ...] = ()
    metadata: dict = field(default_factory=dict)
    description: str | None = None

    @classmethod
    def of(cls, descriptor: dict) -> "Role":
        """From a request body or a security file."""
        indices = descriptor.get("indices", descriptor.get("index", ()))
        return cls(
            tuple(descriptor.get("cluster", ())),
            tuple({**entry, "names": as_list(entry["names"])} for entry in indices),
            tuple(descriptor.get("applications", ())),
            tuple(descriptor.get("run_as", ())),
            descriptor.get("metadata", {}),
            descriptor.get("description"),
        )

    @property
    def is_reserved(self) -> bool:
        return self.metadata.get("_reserved", False)

    def allows(self, action: str) -> bool:
        return any(privilege.grants(action) for privilege in self._cluster_privileges())

    def implies(self, wanted: Privilege) -> bool:
        return any(privilege.implies(wanted) for privilege in self._cluster_privileges())

    def allows_on(self, index: str, action: str) -> bool:
        return any(privilege.grants(action) for privilege in self._index_privileges(index))

    def allows_somewhere(self, action: str) -> bool:
        """On any index, whether there is one or not."""
        granting = (named(INDEX, name) for entry in self.indices for name in entry["privileges"])
        return any(privilege and privilege.grants(action) for privilege in granting)

    def implies_on(self, index: str, wanted: Privilege) -> bool:
        return any(privilege.implies(wanted) for privilege in self._index_privileges(index))

    def allows_application(self, application: str, privilege: str, resource: str) -> bool:
        return any(
            patterns.matches(entry["application"], application)
            and patterns.any_matches(entry["privileges"], privilege)
            and patterns.any_matches(entry["resources"], resource)
            for entry in self.applications
        )

    def may_run_as(self, user: str) -> bool:
        return patterns.any_matches(self.run_as, user)

    def _cluster_privileges(self):
        return (privilege for name in self.cluster if (privilege := named(CLUSTER, name)))

    def _index_privileges(self, index: str):
        for entry in self.indices:
            if patterns.any_matches(entry["names"], index):
                yield from (privilege for name in entry["privileges"] if (privilege := named(INDEX, name)))

    def document(self, version) -> dict:
        """As the role API shows it."""
        return {
            "cluster": list(self.cluster),
            "indices": [
                {**entry, "allow_restricted_indices": entry.get("allow_restricted_indices", False)}
                for entry in self.indices
            ],
            "applications": list(self.applications),
            "run_as": list(self.run_as),
            "metadata": self.metadata,
            "transient_metadata": {"enabled": True},
            **({"description": self.description} if self.description else {}),
        }


def as_list(value) -> list:
    return value if isinstance(value, list) else [value]


def problems(descriptor: dict, version) -> list[str]:
    """What RoleDescriptorRequestValidator finds wrong with the names of privileges."""
    found = [
        unknown_cluster_privilege(name, version)
        for name in descriptor.get("cluster", ())
        if not is_known(CLUSTER, name, version)
    ]
    for entry in descriptor.get("indices", ()):
        wrong = [name for name in entry.get("privileges", ()) if not is_known(INDEX, name, version)]
        found += [unknown_index_privilege(name, version) for name in wrong]
    return found


def is_known(kind, name: str, version) -> bool:
    privilege = named(kind, name)
    return privilege is not None and version.since(*privilege.since)


def unknown_cluster_privilege(name: str, version) -> str:
    listed = ",".join([*known_to(CLUSTER, version), *(UNLISTED if version.since(9, 3) else ())])
    return (
        f"unknown cluster privilege [{name}]. a privilege must be either one of the predefined cluster privilege "
        f"names [{listed}] or a pattern over one of the available cluster actions"
    )


def unknown_index_privilege(name: str, version) -> str:
    names = known_to(INDEX, version)
    listed = ",".join(names if version.since(9) else [f"{name}=[{name}]" for name in names])
    return (
        f"unknown index privilege [{name}]. a privilege must be either one of the predefined fixed indices privileges "
        f"[{listed}] or a pattern over one of the available index actions"
    )


def _ml_role(privilege: str, kibana: str, *more_indices: str) -> Role:
    metadata = ["view_index_metadata", "read"]
    return Role(
        (privilege,),
        (
            {"names": [".ml-anomalies*", ".ml-notifications*", *more_indices], "privileges": metadata},
            {"names": [".ml-annotations*"], "privileges": [*metadata, "write"]},
        ),
        ({"application": "kibana-*", "privileges": [kibana], "resources": ["*"]},),
        metadata={"_reserved": True},
    )


BUILT_IN = {
    "superuser": Role(
        ("all",),
        EVERYTHING,
        ({"application": "*", "privileges": ["*"], "resources": ["*"]},),
        ("*",),
        {"_reserved": True},
    ),
    "machine_learning_user": _ml_role("monitor_ml", "reserved_ml_user"),
    "machine_learning_admin": _ml_role("manage_ml", "reserved_ml_admin", ".ml-state*", ".ml-meta*", ".ml-stats-*"),
    "kibana_system": Role(("monitor", "manage_own_api_key", "monitor_ml"), metadata={"_reserved": True}),
    "monitoring_user": Role((), metadata={"_reserved": True}),
    "transport_client": Role(("transport_client",), metadata={"_reserved": True}),
}
