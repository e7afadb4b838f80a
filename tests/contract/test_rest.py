# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP layer and security, held against exchanges with genuine servers that had no ML plugin.

A rule that doesn't depend on the path was recorded on paths that the simulator lacks: `sent` in the recording says
what is sent to the simulator instead. Paths that had no handler are sent to a simulator without ML.
"""

import json

import pytest

from contract import compare, wire
from contract.recordings import HERE

RECORDED = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (HERE / "recordings/rest").glob("*.json")
}
FILES = sorted({(version, case["file"]) for version, cases in RECORDED.items() for case in cases})
COMPARED_HEADERS = ("X-elastic-product", "content-type", "Allow", "WWW-Authenticate", "X-Opaque-Id")
WITH_SECURITY = ("05_authentication", "07_defaults_ml_basic")
ONE_PRIVILEGE = ("monitor_ml", "manage_ml", "monitor", "manage")
SECURITY = {
    "users": {
        "elastic": {"password": "recorded", "roles": ["superuser"]},
        "u_none": {"password": "recorded", "roles": ["r_none"]},
        "u_norole": {"password": "recorded", "roles": []},
        "u_ghostrole": {"password": "recorded", "roles": ["no_such_role"]},
        "u_ml_user": {"password": "recorded", "roles": ["machine_learning_user"]},
        "u_ml_admin": {"password": "recorded", "roles": ["machine_learning_admin"]},
        **{f"u_{name}": {"password": "recorded", "roles": [f"r_{name}"]} for name in ONE_PRIVILEGE},
    },
    "roles": {"r_none": {"cluster": []}, **{f"r_{name}": {"cluster": [name]} for name in ONE_PRIVILEGE}},
    "api_keys": [
        {"id": key, "key": "recorded", "name": key, "user": "elastic", **more}
        for key, more in {
            "HO3cAaIB3LEyBtcZ4uTy": {},
            "Hu3cAaIB3LEyBtcZ7eRx": {"invalidated": True},
            "IO3cAaIB3LEyBtcZ9uSV": {"expired": True},
            "AWvjAaIB02oX26iCKd0D": {"privileges": ["monitor_ml"]},
            "k_manage_ml000000000": {"privileges": ["manage_ml"]},
            "BWvjAaIB02oX26iCLt1_": {"privileges": ["monitor"]},
            "B2vjAaIB02oX26iCMt1_": {"privileges": []},
        }.items()
    ],
    "tokens": [
        {"token": "recorded-token", "user": "elastic"},
        {"token": "expired-token", "user": "elastic", "expired": True},
    ],
}


@pytest.mark.parametrize(("version", "topic"), FILES)
def test_answers_as_recorded(version, topic, simulators, tally):
    with_ml = simulators(version)
    without_ml = simulators(version, "--no-ml")
    with_ml.control("version", {"version": version})
    with_ml.control("security", SECURITY if topic in WITH_SECURITY else {})
    described = []
    for case in (case for case in RECORDED[version] if case["file"] == topic):
        differing = list(_differences(case, (without_ml if _needs_no_ml(case) else with_ml).address))
        tally["HTTP exchanges"] += 1
        if differing:
            described.append(f"{version} {topic} n={case['n']} {_sent(case)[:2]} {case.get('note', '')}: {differing}")
    assert not described, f"{len(described)} replies differ:\n" + "\n".join(described)


def _needs_no_ml(case: dict) -> bool:
    return "no handler found for uri [/_ml" in str(case.get("response_body"))


def _sent(case: dict) -> tuple[str, str, str | None]:
    instead = case.get("sent", {})
    return tuple(instead.get(part, case.get(part)) for part in ("method", "target", "body"))


def _differences(case: dict, address: tuple[str, int]):
    method, target, body = _sent(case)
    reply = wire.attempt(address, method, target, case.get("headers", []), body.encode() if body else None)
    if _was_allowed_by_a_stand_in(case):
        if reply.status in (401, 403):
            yield "status", f"expected to be allowed, got {reply.status} {reply.body}"
        return
    if reply.status != case["status"]:
        yield "status", f"expected {case['status']} {case.get('response_body')}, got {reply.status} {reply.body}"
        return
    for name in COMPARED_HEADERS:
        expected = [_in_order(value) for key, value in case["response_headers"] if key.lower() == name.lower()]
        got = [_in_order(value) for value in reply.all(name)]
        if expected != got:
            yield name, f"expected {expected}, got {got}"
    if "response_body" in case:
        yield from compare.differences(_essence(_as_if_recorded_here(case, target)), _essence(reply.body), "body")


def _in_order(value: str) -> str:
    """The order of the methods in Allow is chance."""
    return ",".join(sorted(value.split(",")))


def _was_allowed_by_a_stand_in(case: dict) -> bool:
    return case["file"] == "07_defaults_ml_basic" and case["status"] == 200


def _as_if_recorded_here(case: dict, target: str):
    """The recorded body as it would be if the request had gone where it is sent now."""
    recorded, simulated = (text.split("?")[0] for text in (case["target"], target))
    if recorded == simulated:
        return case["response_body"]
    return json.loads(json.dumps(case["response_body"]).replace(recorded, simulated))


def _essence(body):
    """Of an error, what a client may read: what it is, why, what caused it, and what else stands beside these."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return body
    kept = {key: value for key, value in error.items() if key not in ("root_cause", "caused_by")}
    cause = error.get("caused_by")
    if cause is not None:
        kept["caused_by"] = {key: cause.get(key) for key in ("type", "reason")}
    return {**body, "error": kept}
