# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a call has to come to, told from the world alone: whether it may succeed, and whether it has."""

import re

from properties.clusters import RUNNING_ANALYTICS, Call
from properties.world import Meaning, Thing, World

RUNNING_DATAFEED = ("starting", "started")
OPEN = ("opening", "opened")
CAN_WAIT_FOR_OPEN_JOB = OPEN


def obstacle(call: Call, world: World, meant: Meaning) -> str:
    """Why a call has to be refused before anything is written; empty where it has not."""
    things = [world.of(call)[id] for id in sorted(meant.ids)]
    checks = (
        _bare_absent(call),
        call.given("delete_user_annotations") and world.version < (8, 7) and "annotations before 8.7",
        call.state == "reset" and world.version < (7, 14) and "reset before 7.14",
        call.state != "absent" and nothing_found(call, meant),
        call.given("allow_no_match") is False and meant.unmatched,
        next((f"{thing.id} is {thing.state}" for thing in things if _forbids(call, world, thing)), ""),
        _too_many(call, things),
    )
    return next((str(check) for check in checks if check), "")


def nothing_found(call: Call, meant: Meaning) -> str:
    """What a call names that does not exist, or matches nothing and has to."""
    unmatched = meant.unmatched if call.given("allow_no_match") is False else []
    return ",".join(meant.unknown + unmatched)


def may_fail(call: Call, world: World, meant: Meaning) -> bool:
    """Whether time, upgrade mode or what the server does by itself can end a call that nothing else forbids."""
    things = [world.of(call)[id] for id in meant.ids]
    restless = any(is_restless(world, thing) for thing in things)
    limited_flush = call.state == "flushed" and call.given("max_affected") is not None
    if call.given("timeout") != "30m" or world.upgrading or restless or limited_flush:
        return True
    return _waits_for_endless_run(call, world, things)


def is_restless(world: World, thing: Thing) -> bool:
    """Whether it is about to change without anybody doing anything."""
    return thing.state in ("opening", "closing", "starting", "stopping", "deleting") or thing.is_blocked


def needs_work(call: Call, thing: Thing) -> bool:
    """Whether a call has to do more about a thing than to wait."""
    if call.state == "flushed":
        return bool(call.given("calc_interim"))
    if call.state == "reset":
        return thing.is_full or thing.state != "closed"
    settled = {
        "opened": ("opened", "opening"),
        "closed": ("closed", *(() if call.given("force") else ("closing",))),
        "started": ("started", "starting", *RUNNING_ANALYTICS),
        "stopped": ("stopped", *(() if call.given("force") else ("stopping",))),
        "absent": ("deleting",),
    }[call.state]
    return thing.state not in settled and not (call.state == "started" and thing.is_finished)


def unmet(call: Call, world: World, ids: set[str]) -> list[str]:
    """The ids for which the wanted state does not hold."""
    return [id for id in sorted(ids) if not _holds(call, world, world.of(call).get(id))]


def _holds(call: Call, world: World, thing: Thing | None) -> bool:
    if call.state == "absent":
        return thing is None or (call.given("wait_for_completion") is False and thing.state == "deleting")
    if thing is None:
        return False
    if call.state == "reset":
        return call.given("wait_for_completion") is False or (thing.state == "closed" and not thing.is_full)
    if call.state == "flushed":
        return thing.state == "opened"
    if call.state == "started" and call.module == "ml_analytics":
        done = thing.is_finished or (thing.state == "stopped" and world.version < (7, 10))
        return done or (call.given("wait_for") is None and thing.state in ("starting", *RUNNING_ANALYTICS))
    if call.state == "started" and call.given("end"):
        return thing.state in ("started", "stopping", "stopped")
    return thing.state == call.state


def _bare_absent(call: Call) -> str:
    everything = any(token == "_all" or set(token) == {"*"} for token in call.tokens)
    unlimited = call.given("max_affected") is None
    return "all would be deleted" if call.state == "absent" and everything and unlimited else ""


def _too_many(call: Call, things: list[Thing]) -> str:
    most = call.given("max_affected")
    needy = [thing.id for thing in things if needs_work(call, thing)]
    return f"{needy} are more than {most}" if most is not None and len(needy) > most else ""


def _forbids(call: Call, world: World, thing: Thing) -> bool:
    """The refusals of the tables in docs/states.md."""
    failed_alone = thing.state == "failed" and not call.given("force")
    if call.module == "ml_job":
        if call.state == "flushed":
            return thing.state not in OPEN
        return failed_alone or (call.state != "absent" and thing.state == "deleting")
    if call.module == "ml_analytics":
        return failed_alone
    if call.state != "started" or thing.state in RUNNING_DATAFEED:
        return False
    job = world.job_of(thing)
    return not call.given("end") and (job is None or job.state not in CAN_WAIT_FOR_OPEN_JOB)


def _waits_for_endless_run(call: Call, world: World, things: list[Thing]) -> bool:
    endless = call.given("wait_for") == "finished" and any(not thing.is_finished for thing in things)
    bounded = call.module == "ml_datafeed" and call.given("end") is not None
    refused_start = call.state == "started" and call.module == "ml_analytics" and world.version < (7, 10)
    return endless or bounded or refused_start


def is_repeated_as_often_as_asked(call: Call, world: World) -> bool:
    """Whether docs/states.md excepts a call from "a second run changes nothing"."""
    unseen_end = call.module == "ml_datafeed" and bool(call.given("end"))
    no_progress = call.given("wait_for") == "finished" and world.version < (7, 10)
    return bool(call.given("calc_interim")) or unseen_end or no_progress


WRITES = re.compile(
    r"(?:POST|DELETE) /_ml/(anomaly_detectors|datafeeds|data_frame/analytics)/([a-z0-9_.,*-]+)"
    r"(?:/_(?:open|close|flush|reset|start|stop))?"
)
PLACES = {"anomaly_detectors": "ml_job", "datafeeds": "ml_datafeed", "data_frame/analytics": "ml_analytics"}


def strays(call: Call, world: World, ids: set[str], writes: list[str]) -> list[str]:
    """The writing requests whose paths hold anything but ids that the call means, or datafeeds of such jobs."""
    allowed = {module: set() for module in PLACES.values()}
    allowed[call.module] = set(ids)
    if call.module == "ml_job":
        allowed["ml_datafeed"] = {feed.id for id in ids for feed in world.datafeeds_of(id)}
    found = []
    for line in writes:
        match = WRITES.fullmatch(line.partition("?")[0])
        if not match or not set(match.group(2).split(",")) <= allowed[PLACES[match.group(1)]]:
            found.append(line)
    return found
