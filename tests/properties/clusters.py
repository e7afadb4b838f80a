# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random clusters, what happens to them from outside, and the calls that users make."""

from dataclasses import dataclass

from hypothesis import strategies as st
from modules.server import VERSIONS

JOBS = ("web-1", "web-2", "web.3", "db-1", "nightly")
GROUPS = ("web", "db", "shared")
ANALYTICS = ("out-1", "out-2", "reg-1")
FEED_OF = {"web-1": "feed-1", "web-2": "feed-2", "db-1": "db-1", "nightly": "nightly-feed"}
FIRST_RECORD = 1_514_764_800_000
FIVE_MINUTES = 300_000
SOURCE = {"name": "source", "documents": [{"time": FIRST_RECORD + n * FIVE_MINUTES, "value": n} for n in range(48)]}
"""Four hours of documents."""

HOURS = {hours: str(FIRST_RECORD + hours * 12 * FIVE_MINUTES) for hours in (1, 2, 3)}
"""Times by hours after the first document."""

LENGTHS = st.sampled_from(("0s", "1s", "7s", "90s"))
TRANSITIONS = ("opening", "closing", "releasing", "marking", "deleting", "resetting", "starting", "stopping")
RUNNING_ANALYTICS = ("started", "reindexing", "analyzing")


def mostly(usual, *others):
    """Three times out of four the usual value."""
    return st.integers(0, 3).flatmap(lambda draw: st.sampled_from(others) if draw == 3 else st.just(usual))


@st.composite
def seeds(draw) -> dict:
    """What a cluster holds: jobs in all states, some with groups, data and datafeeds, and analytics of all kinds."""
    jobs = [draw(job(id)) for id in JOBS if draw(st.booleans())]
    return {
        "durations": {kind: draw(LENGTHS) for kind in TRANSITIONS},
        "jobs": jobs,
        "analytics": [draw(analysis(id)) for id in ANALYTICS if draw(st.booleans())],
    }


@st.composite
def job(draw, id: str) -> dict:
    entry = {
        "job_id": id,
        "groups": draw(st.lists(st.sampled_from(GROUPS), max_size=2, unique=True)),
        "state": draw(st.sampled_from(("opened", "closed", "opening", "closing", "failed"))),
        "records": draw(st.sampled_from((0, 12))),
    }
    if id in FEED_OF and draw(st.booleans()):
        states = {"opened": ("started", "stopped", "stopping"), "opening": ("starting", "stopped")}
        state = draw(st.sampled_from(states.get(entry["state"], ("stopped",))))
        entry["datafeed"] = {"datafeed_id": FEED_OF[id], "state": state}
    return entry


@st.composite
def analysis(draw, id: str) -> dict:
    states = ("stopped", "failed", "starting", "stopping", *RUNNING_ANALYTICS)
    entry = {"id": id, "state": draw(st.sampled_from(states)), "source": {"index": "source"}}
    if id.startswith("reg"):
        entry["analysis"] = {"regression": {"dependent_variable": "time"}}
    if entry["state"] == "stopped" and draw(st.booleans()):
        entry["progress"] = 100
    return entry


NOTHING = object()
USUAL = {"exclude": [], "allow_no_match": True, "max_affected": None, "force": False, "timeout": "30m", "parallel": 1}
USUAL |= {"return_items": "all", "wait_for_completion": True, "delete_user_annotations": False, "wait_for": None}


ID_OPTIONS = {"ml_job": "job_id", "ml_datafeed": "datafeed_id", "ml_analytics": "id"}


@dataclass(frozen=True)
class Call:
    """A module, and its options without those of the connection."""

    module: str
    options: dict

    def __repr__(self):
        given = {name: value for name, value in self.options.items() if USUAL.get(name, NOTHING) != value}
        return f"Call({self.module!r}, {given})"

    def _repr_pretty_(self, printer, _cycle):
        printer.text(repr(self))

    @property
    def id_option(self) -> str:
        return ID_OPTIONS[self.module]

    @property
    def state(self) -> str | None:
        """None of a call that only reads."""
        return self.options.get("state")

    @property
    def tokens(self) -> list[str]:
        return self.options[self.id_option]

    def given(self, option: str):
        return self.options.get(option)


PATTERNS = ("*", "_all", "*-1", "w*", "*b*", "nothing-*")
MISSING = "typo"


def expressions(names) -> st.SearchStrategy:
    """Lists of ids, groups and wildcards; `_all` stands alone."""
    tokens = st.sampled_from((*names, *names, *PATTERNS, MISSING))
    return st.lists(tokens, min_size=1, max_size=3).map(lambda given: ["_all"] if "_all" in given else given)


LIMITS = mostly(None, 0, 1, 5)
LIMITS_OF_DELETION = st.sampled_from((None, 9, 9, 9, 1, 0))
"""Without a limit, `_all` may not be deleted."""


@st.composite
def calls(draw, module=None) -> Call:
    module = module or draw(st.sampled_from(("ml_job", "ml_job", "ml_datafeed", "ml_analytics")))
    options = draw(OF_MODULE[module]())
    options["max_affected"] = draw(LIMITS_OF_DELETION if options["state"] == "absent" else LIMITS)
    return Call(module, options)


def shared_options(id_option: str, names, states) -> dict:
    return {
        id_option: expressions(names),
        "state": st.sampled_from(states),
        "exclude": mostly([], [names[0]], ["*-2"], [names[-1], MISSING]),
        "allow_no_match": mostly(True, False),
        "force": st.booleans(),
        "return_items": mostly("all", "changed", "none"),
        "parallel": st.sampled_from((1, 3)),
        "timeout": mostly("30m", "3s"),
    }


@st.composite
def job_options(draw) -> dict:
    states = ("opened", "closed", "flushed", "reset", "absent")
    options = draw(st.fixed_dictionaries(shared_options("job_id", (*JOBS, *GROUPS), states)))
    if options["state"] in ("absent", "reset"):
        options["wait_for_completion"] = draw(mostly(True, False))
        options["delete_user_annotations"] = draw(mostly(False, True))
    if options["state"] == "flushed":
        options.update(draw(st.sampled_from(FLUSHES)))
    return options


FLUSHES = (
    {},
    {"calc_interim": True},
    {"calc_interim": True, "start": HOURS[1], "end": HOURS[2]},
    {"advance_time": HOURS[1]},
    {"advance_time": HOURS[3]},
    {"skip_time": HOURS[2]},
    {"skip_time": HOURS[1], "advance_time": HOURS[3]},
)


@st.composite
def datafeed_options(draw) -> dict:
    states = ("started", "stopped", "absent")
    options = draw(st.fixed_dictionaries(shared_options("datafeed_id", tuple(FEED_OF.values()), states)))
    if options["state"] == "started":
        options.update(draw(mostly({}, {"end": HOURS[3]}, {"start": HOURS[1]}, {"start": HOURS[1], "end": HOURS[2]})))
    return options


@st.composite
def analytics_options(draw) -> dict:
    options = draw(st.fixed_dictionaries(shared_options("id", ANALYTICS, ("started", "stopped", "absent"))))
    if options["state"] == "started":
        options["wait_for"] = draw(mostly(None, "finished"))
    return options


NAMES = {"ml_job": (*JOBS, *GROUPS), "ml_datafeed": tuple(FEED_OF.values()), "ml_analytics": ANALYTICS}


@st.composite
def readings(draw) -> Call:
    """Calls of the information modules, under the names of those that they are sisters of."""
    module = draw(st.sampled_from(tuple(NAMES)))
    shared = shared_options(ID_OPTIONS[module], NAMES[module], ("read",))
    wanted = {name: shared[name] for name in (ID_OPTIONS[module], "exclude", "allow_no_match", "parallel")}
    return Call(module, draw(st.fixed_dictionaries(wanted)))


OF_MODULE = {"ml_job": job_options, "ml_datafeed": datafeed_options, "ml_analytics": analytics_options}


@dataclass(frozen=True)
class Event:
    """What somebody else does: a request, or something that only a control endpoint can bring about."""

    method: str
    target: str
    body: dict | None = None


JOB_PATH = "/_ml/anomaly_detectors/"
EVENTS = st.one_of(
    st.builds(lambda id: Event("POST", f"/_simulator/jobs/{id}", {"state": "failed"}), st.sampled_from(JOBS)),
    st.builds(lambda id: Event("POST", f"/_simulator/analytics/{id}", {"state": "failed"}), st.sampled_from(ANALYTICS)),
    st.builds(lambda id: Event("POST", f"/_simulator/analytics/{id}", {"progress": 100}), st.sampled_from(ANALYTICS)),
    st.builds(lambda id: Event("POST", f"{JOB_PATH}{id}/_open"), st.sampled_from(JOBS)),
    st.builds(lambda id: Event("POST", f"{JOB_PATH}{id}/_close"), st.sampled_from(JOBS)),
    st.builds(lambda id: Event("DELETE", f"{JOB_PATH}{id}?wait_for_completion=false"), st.sampled_from(JOBS)),
    st.builds(lambda id: Event("PUT", f"{JOB_PATH}{id}", NEW_JOB), st.sampled_from(JOBS)),
    st.builds(lambda span: Event("POST", "/_simulator/clock", {"advance": span}), LENGTHS),
    st.builds(lambda on: Event("POST", f"/_ml/set_upgrade_mode?enabled={on}"), st.sampled_from(("true", "false"))),
)
NEW_JOB = {
    "analysis_config": {"bucket_span": "15m", "detectors": [{"function": "count"}]},
    "data_description": {"time_field": "time", "time_format": "epoch_ms"},
}
VERSION = st.sampled_from(VERSIONS)
