# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Calendars as declared: members and events are added and removed by requests of their own, added first."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.mlops.elastic.plugins.module_utils import expressions
from ansible_collections.mlops.elastic.plugins.module_utils.actions import Action, named
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Request, escaped
from ansible_collections.mlops.elastic.plugins.module_utils.configs.calendar import CalendarConfig
from ansible_collections.mlops.elastic.plugins.module_utils.listed import CALENDARS, events_of
from ansible_collections.mlops.elastic.plugins.module_utils.presence.presence import AS_DECLARED, Presence
from ansible_collections.mlops.elastic.plugins.module_utils.resources import shared_actions

_OVERHEAD = len("DELETE /_ml/calendars//jobs/ HTTP/1.1")
_TAKEN = "changed by somebody else meanwhile"
_OPPOSITES = {"add_jobs": "remove_jobs", "remove_jobs": "add_jobs", "add_events": "remove_events"}


@dataclass(frozen=True)
class _Event(Action):
    """Deleting events; a subject is CALENDAR/EVENT."""

    def _request(self, subjects, expression, query, body=None, tail=""):
        calendar_id, _slash, event_id = expression.partition("/")
        return Request(
            self.method,
            f"{CALENDARS.path}/{escaped(calendar_id)}/events/{escaped(event_id)}",
            purpose=self.doing(named(subjects)),
            subjects=subjects,
            template=f"{CALENDARS.path}/{{id}}/events/{{event_id}}",
        )


class CalendarPresence(Presence):
    """C(ml_calendar) with C(state: present).

    Besides what every item has, its facts are C(wanted), what it shall be after all actions, C(parts), what is left to
    be added and removed, and C(planned), what that was in the beginning.
    """

    CONFIG = CalendarConfig()
    COLLECTION = CALENDARS
    RESULT = "calendars"
    PLURAL = "calendars"

    def creating(self, item):
        return self._steps_to(item, item.facts["declared"], item.facts["body"], "create")

    def updating(self, item, params):
        return self._steps_to(item, item.facts["declared"], item.facts["config"])

    def recreating(self, item, params):
        """Everything comes back: what is not declared stays as it was."""
        whole = item.facts["body"]
        item.facts["body"] = self.CONFIG.create_body(item.id, whole)
        return self._steps_to(item, whole, item.facts["body"], "delete", "create")

    def cost_of_recreating(self, item):
        return "A calendar cannot be updated; creating it anew, with its members and events, gives its events new ids"

    def _steps_to(self, item, wanted, observed, *first):
        item.facts["wanted"] = wanted
        item.facts["parts"] = item.facts["planned"] = self._left(item, observed)
        return (*first, *item.facts["parts"])

    def _left(self, item, observed):
        """Return what is left to be added to a calendar and removed from it."""
        wanted = item.facts["wanted"]
        differences = self.CONFIG.differences(item.id, wanted, observed)
        return self.CONFIG.update_body(item.id, wanted, observed, differences)

    def _is_done(self, item, observed, name):
        left = self._left(item, observed)
        return name not in left and not self._is_taken(item, left, name)

    def _is_taken(self, item, left, name):
        """Tell whether somebody else has made a difference that no later action of the plan undoes."""
        planned = item.facts["planned"]
        if name == "add_jobs" and "remove_jobs" in planned:
            return False
        later = planned.get("remove_events", ()) if name == "add_events" else ()
        return any(one not in later for one in left.get(_OPPOSITES.get(name), ()))

    def actions(self, items, params):
        def part(name, id):
            return items[id].facts.get("parts", {}).get(name, [])

        def look_for(*names):
            return lambda cluster, ids, params: self._look(cluster, {id: items[id] for id in ids}, names)

        def members(name, method, noun):
            """As many at once as fit a request line; the others are left for the next look."""
            return Action(
                name,
                look=look_for(name),
                done=AS_DECLARED,
                method=method,
                path=CALENDARS.path + "/%s/jobs",
                broken=frozenset([_TAKEN]),
                tail=lambda id: "/" + expressions.pack(map(escaped, part(name, id)), _OVERHEAD + len(id))[0],
                noun=noun,
                settled=lambda reply, params: self._is_done(items[reply["calendar_id"]], reply, name),
            )

        rows = (
            shared_actions.delete(CALENDARS, query=lambda params, insist: {}),
            self.create(items, look=look_for("description", "job_ids")),
            self.put_back(items),
            self._put_back_events(items),
            members("add_jobs", "PUT", "to calendar"),
            members("remove_jobs", "DELETE", "from calendar"),
            Action(
                "add_events",
                look=look_for("add_events"),
                done=AS_DECLARED,
                broken=frozenset([_TAKEN]),
                method="POST",
                path=CALENDARS.path + "/%s/events",
                noun="to calendar",
                body=lambda id: {"events": part("add_events", id)},
                settled=lambda reply, params: False,  # it does not tell which were not stored
            ),
            _Event(
                "remove_events",
                look=_existing_events,
                done=frozenset(["missing"]),
                method="DELETE",
                noun="from calendar",
                subjects_of=lambda item: [f"{item.id}/{event['event_id']}" for event in part("remove_events", item.id)],
            ),
        )
        return {action.name: action for action in rows}

    def _put_back_events(self, items):
        """Return the row that gives a calendar that was put back the events that it had."""

        def before(id):
            return {"events": self.CONFIG.declared(items[id].facts["config"])["events"]}

        def look(cluster, ids, params):
            configs = CALENDARS.fetch_existing(cluster, ids, whole=True)
            differing = {id for id in configs if self.CONFIG.differences(id, before(id), configs[id])}
            return {id: "different" if id in differing else "as declared" for id in configs}

        return Action(
            "put_back_events",
            look=look,
            done=AS_DECLARED,
            method="POST",
            path=CALENDARS.path + "/%s/events",
            noun="to calendar",
            body=before,
            restores="put_back",
            instead_of="create",
            settled=lambda reply, params: False,
            subjects_of=lambda item: [item.id] if item.facts.get("config", {}).get("events") else [],
        )

    def lost(self, item, outcome):
        """Return the calendar if it is gone, or has none of its events again."""
        lost = super().lost(item, outcome)
        if lost or "delete" not in outcome.begun or not item.facts["config"]["events"]:
            return lost
        if "put_back" in outcome.actions:
            is_lost = "put_back_events" not in outcome.actions
        else:
            is_lost = "add_events" in item.facts["parts"] and "add_events" not in outcome.actions
        return {self.RESULT: [self.CONFIG.portable(item.facts["config"])]} if is_lost else {}

    def _look(self, cluster, items, names):
        """Tell which calendars are as declared in these respects, and note what is left to be done."""
        states = {}
        for id, config in CALENDARS.fetch_existing(cluster, list(items), whole=True).items():
            item = items[id]
            item.facts["parts"] = self._left(item, config)
            differing = {difference.path for difference in self.CONFIG.differences(id, item.facts["wanted"], config)}
            states[id] = "different" if differing.union(item.facts["parts"]).intersection(names) else "as declared"
            if states[id] == "as declared" and any(self._is_taken(item, item.facts["parts"], name) for name in names):
                states[id] = _TAKEN
        return states


def _existing_events(cluster, subjects, params):
    calendars = {subject.partition("/")[0] for subject in subjects}
    source = next(iter(calendars)) if len(calendars) == 1 else "_all"
    there = {f"{event['calendar_id']}/{event['event_id']}" for event in events_of(cluster, source)}
    return {subject: "present" for subject in subjects if subject in there}
