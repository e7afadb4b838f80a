# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection promises on a bad day; each check returns what speaks against it."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from faults.accidents import RETRY_AFTER_SECONDS
from faults.proxy import Request
from faults.resources import KINDS, MISSING, SETTLES, Condition, feed_of, job_of
from faults.rig import Attempt
from faults.run import Run

ACTED_ON = re.compile(r"/_ml/(?:anomaly_detectors|datafeeds|data_frame/analytics|calendars|filters)/([^/?]+)")
ROUNDING_SECONDS = 0.001
NOTHING = re.compile(r"nothing was changed", re.IGNORECASE)
LEFT = r"\b%s (is|may be) left (closed|stopped|deleted)"
SHOWN = {"absent": "missing", "deleting": "missing", "finished": "stopped", "resetting": "closed"}
REFUSALS = {
    "deleted-by-others": r"no known .* with id|no known job|its job \S+ is missing|must be declared to create it",
    "ended-by-others": r"only an opened job can be flushed",
}
"""What a later run may say of what others did: it wants what isn't to be had any more."""


def condition(run: Run, held: dict, id: str) -> Condition:
    return held[run.held].get(id, MISSING)


def result_is_sound(run: Run, attempt: Attempt) -> Iterator[str]:
    """One JSON object with one message, no traceback."""
    result = attempt.result
    text = str(result)
    if "Traceback" in text or "exception" in result:
        yield f"a traceback: {text}"
    if attempt.failed and not (isinstance(attempt.msg, str) and attempt.msg.strip() and "\n" not in attempt.msg):
        yield f"no single message: {attempt.msg!r}"
    if attempt.failed and set(result.get("error", {})) != {"status", "type", "reason"}:
        yield f"no error: {result.get('error')}"


def wanted_state_is_reached(run: Run, attempt: Attempt) -> Iterator[str]:
    """Success means that the targets stand as wanted, except for one that others changed meanwhile."""
    if attempt.failed:
        return
    for id in run.targets:
        if is_missed(run, attempt, id):
            yield f"success, but {id} is {condition(run, attempt.after, id)}"


def is_missed(run: Run, attempt: Attempt, id: str) -> bool:
    """Whether a target is not as wanted, and neither others are to blame nor the task's not waiting."""
    concerns_it = id in attempt.judged(run) and not run.is_detached
    return concerns_it and not run.is_reached(condition(run, attempt.after, id))


def failure_is_explained(run: Run, attempt: Attempt) -> Iterator[str]:
    """A failure names what is known to be done and what isn't."""
    if not attempt.failed:
        return
    if run.state == "info":
        return
    if not attempt.writes and not NOTHING.search(attempt.msg):
        yield f"doesn't say that nothing was changed: {attempt.msg}"
    if attempt.carried_out and NOTHING.search(attempt.msg):
        yield f"says that nothing was changed: {attempt.msg}"
    if not attempt.writes:
        return
    items = items_of(run, attempt)
    for id in run.targets:
        item = items.get(id)
        if item is None:
            yield f"{id} isn't in the result"
        elif (item["changed"] or "error" in item) and id not in attempt.msg:
            yield f"the message doesn't name {id}: {attempt.msg}"
        elif "error" not in item and is_missed(run, attempt, id):
            yield f"{id} isn't as wanted, and nothing says so: {item}"


def changed_is_truthful(run: Run, attempt: Attempt) -> Iterator[str]:
    """`changed` says whether the task changed anything; of an item that failed it may be unknown."""
    result = attempt.result
    if "changed" not in result:
        if not attempt.failed:
            yield "no changed"
        return
    if result["changed"] and not attempt.carried_out:
        yield "changed, without any request that was carried out"
    if run.state == "info" or attempt.others_acted:
        return
    for id, item in items_of(run, attempt).items():
        after = condition(run, attempt.after, id)
        differs = is_changed(run, attempt, id) or run.changes_again
        if item["changed"] and not differs:
            yield f"{id} is said to be changed, and is {after.state} as before"
        if not item["changed"] and differs and not ("error" in item or run.changes_again):
            yield f"{id} was changed to {after.state}, and isn't said to be"
        if not state_agrees(run, item, after):
            yield f"{id} is said to be {item['state']}, and is {after.state}"


def is_changed(run: Run, attempt: Attempt, id: str) -> bool:
    """Whether a target, or what depends on it, stands otherwise than before."""
    pairs = [
        (attempt.before[module].get(name, MISSING), attempt.after[module].get(name, MISSING))
        for module, name in concerned_by(run, id)
    ]
    if run.declares:
        before, after = pairs[0]
        emptied = any(before.data) and not any(after.data)
        return emptied or before.config != after.config or any(not one.runs_as(other) for one, other in pairs)
    return any(one.differs(other) for one, other in pairs)


def concerned_by(run: Run, id: str) -> list[tuple[str, str]]:
    """A target, and what a task stops for it, as pairs of module and id."""
    if run.held == "ml_job":
        return [("ml_job", id), ("ml_datafeed", feed_of(id))]
    if run.module == "ml_datafeed" and run.declares:
        return [("ml_datafeed", id), ("ml_job", job_of(id))]
    return [(run.module, id)]


def what_ran_runs_again(run: Run, attempt: Attempt) -> Iterator[str]:
    """What was stopped for a change runs again, with its end; or the task says what doesn't."""
    if not run.declares:
        return
    for target in attempt.judged(run):
        for module, id in concerned_by(run, target):
            before, after = attempt.before[module].get(id, MISSING), attempt.after[module].get(id, MISSING)
            if before == MISSING or after.runs_as(before):
                continue
            if not attempt.failed and not re.search(LEFT % re.escape(id), str(attempt.result.get("warnings"))):
                yield f"success, but {id} was {before}, and is {after}"
            elif attempt.failed and not re.search(LEFT % re.escape(id), attempt.msg):
                yield f"{id} was {before.state}, is {after.state}, and the message doesn't say so: {attempt.msg}"


def state_agrees(run: Run, item: dict, after: Condition) -> bool:
    if run.declares and item["state"] == "present":
        return after != MISSING
    said = SHOWN.get(item["state"], SETTLES.get(item["state"], item["state"]))
    return said in ("unknown", after.state) or (said == "started" and after.state == "stopped" and "error" not in item)


def only_targets_are_touched(run: Run, attempt: Attempt) -> Iterator[str]:
    """No request that can change something names anything but the targets and their datafeeds."""
    own = set(run.targets)
    allowed = {name for id in own for _module, name in concerned_by(run, id)}
    for request in attempt.writes:
        found = ACTED_ON.match(unquote(request.path))
        strangers = set(found.group(1).split(",")) - allowed if found else {"?"}
        if strangers:
            yield f"{request.line} names {strangers}"
    if run.state == "info" and attempt.writes:
        yield f"{attempt.writes[0].line} by a module that only reads"
    concerned = own | {feed_of(id) for id in own} | {job_of(id) for id in own}
    for module, held in attempt.before.items():
        for id, before in held.items():
            after = attempt.after[module].get(id, MISSING)
            if id not in concerned and after != before:
                yield f"{KINDS[module].resource} {id} was {before}, and is {after}"


def nothing_is_repeated_blindly(run: Run, attempt: Attempt) -> Iterator[str]:
    """A request that may have taken hold is sent again only after a look at what it acted on."""
    for number, request in enumerate(attempt.requests):
        if not (request.is_writing and request.carried_out and is_uncertain(request)):
            continue
        subjects = subjects_of(request)
        for later in attempt.requests[number + 1 :]:
            seen = subjects_of(later)
            if later.is_writing and verb_of(later) == verb_of(request) and seen & subjects:
                yield f"{later.line} was sent again, with no look since {request.line} lost its answer"
                break
            if not later.is_writing and later.told == 200:
                subjects = subjects - seen if seen != {"_all"} else set()


def is_uncertain(request: Request) -> bool:
    """Whether its sender can't know what became of it."""
    return request.told is None or request.told >= 500 or (request.told in (200, 408) and request.was_disguised)


def subjects_of(request: Request) -> set[str]:
    found = ACTED_ON.match(unquote(request.path))
    return set(found.group(1).split(",")) if found else set()


def verb_of(request: Request) -> tuple[str, str]:
    return request.method, request.path.rpartition("/")[2] if request.method != "DELETE" else ""


def retry_after_is_honoured(run: Run, attempt: Attempt) -> Iterator[str]:
    """After 429 with Retry-After nothing is sent before the time is over, but what was on its way already."""
    for number, request in enumerate(attempt.requests):
        if request.told != 429:
            continue
        for later in attempt.requests[number + 1 :]:
            waited = later.at - request.at
            on_its_way = run.options["parallel"] > 1 and later.line != request.line
            if waited < RETRY_AFTER_SECONDS - ROUNDING_SECONDS and not on_its_way:
                yield f"{later.line} came {waited:.2f} s after a 429"
                break


ON_A_BAD_DAY = (
    result_is_sound,
    wanted_state_is_reached,
    failure_is_explained,
    changed_is_truthful,
    only_targets_are_touched,
    nothing_is_repeated_blindly,
    retry_after_is_honoured,
    what_ran_runs_again,
)
OF_A_KILLED_TASK = (only_targets_are_touched,)


def rerun_converges(run: Run, attempt: Attempt, fault: str) -> Iterator[str]:
    """The next run reaches the wanted state, unless others made that impossible."""
    if attempt.failed:
        if not re.search(REFUSALS.get(fault, "(?!)"), attempt.msg):
            yield f"failed: {attempt.msg}"
        return
    for check in (wanted_state_is_reached, only_targets_are_touched, changed_is_truthful):
        yield from check(run, attempt)


def changes_nothing(run: Run, attempt: Attempt) -> Iterator[str]:
    """A run that finds everything as wanted."""
    if attempt.failed:
        yield f"failed: {attempt.msg}"
    elif run.changes_again:
        yield from (f"it sent {request.line}" for request in attempt.writes if verb_of(request)[1] != "_flush")
    elif attempt.result["changed"] or attempt.writes:
        yield f"changed: {attempt.result['changed']}, and it sent {[request.line for request in attempt.writes]}"


def items_of(run: Run, attempt: Attempt) -> dict[str, dict]:
    kind = run.kind
    items = (attempt.result or {}).get(kind.key) or []
    return {item[kind.id_key]: item for item in items}
