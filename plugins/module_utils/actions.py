# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""An action: how one API call is made for one or many subjects, and how its end is recognised."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from ansible_collections.mlops.elastic.plugins.module_utils import expressions
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Request, escaped

_HTTP_VERSION = len(" HTTP/1.1")


@dataclass(frozen=True)
class Action:
    """A row of a resource's table of actions; one without C(method) only waits.

    C(look) reads the present states of subjects, given the options; C(done), C(going) and C(broken) say what they mean
    here, and any other state means that the request did not take hold; C(meanwhile) are states that pass by themselves,
    after which it is sent again. C(settled) tells whether a reply alone proves the end.
    C(detached) tells whether "going" is good enough (C(wait_for_completion: false)).
    C(query) receives the options and whether an earlier request did not take hold (C(insist)); C(tail) (a part of the
    path that follows), C(own_query) and C(body) are what the request for one subject has of its own.
    C(restores) names the action that this one undoes: it is then carried out for those alone for whom that was, even
    where something in between has failed. C(instead_of) names the action that this one makes up for: it is in no plan,
    and carried out for those alone for whom that action failed, and who were deleted if it restores nothing.
    C(extras) takes from a reply what belongs into an item's result; C(unneeded) and C(moved) judge by them.
    """

    name: str
    look: Callable
    done: frozenset
    going: frozenset = frozenset()
    meanwhile: frozenset = frozenset()
    broken: frozenset = frozenset(["failed"])
    method: str = ""
    path: str = ""
    noun: str = ""
    bulk: bool = False
    query: Callable = field(default=lambda params, insist: {})
    tail: Callable = field(default=lambda subject: "")
    own_query: Callable = field(default=lambda subject: {})
    body: Callable = field(default=lambda subject: None)
    restores: str = ""
    instead_of: str = ""
    settled: Callable = field(default=lambda reply, params: True)
    detached: Callable = field(default=lambda params: False)
    subjects_of: Callable = field(default=lambda item: [item.id])
    extras: Callable = field(default=lambda reply: {})
    unneeded: Callable = field(default=lambda item, extras: False)
    moved: Callable = field(default=lambda item, extras: True)

    def doing(self, subjects):
        """Return in words what is done to subjects, as it follows "could not"."""
        verb, concerned = self.name.replace("_", " "), f"{self.noun} {subjects}".strip()
        if self.method:
            return f"{verb} {concerned}"
        return f"wait for {concerned} to be {verb.partition(' ')[2]}"

    def requests(self, subjects, params, insist=False, singly=False, expression=()):
        """Return the requests that carry this out for the subjects, as few as the API and a request line allow.

        :arg singly: one request a subject, where a request for several was refused
        :arg expression: tokens that mean no other subjects; sent where the ids themselves need more request lines
        """
        if not self.method or not subjects:
            return []
        query = self.query(params, insist)
        if singly or not self.bulk:
            return [
                self._request(
                    [subject],
                    subject,
                    dict(query, **self.own_query(subject)),
                    self.body(subject),
                    self.tail(subject),
                )
                for subject in subjects
            ]
        chunks = self._packed(subjects, query)
        if len(chunks) > 1 and expression:
            lines = self._packed(expression, query)
            if len(lines) == 1:  # the reply to one line of several would not tell whose work is done
                return [self._request(subjects, lines[0], query)]
        return [self._request(chunk.split(","), chunk, query) for chunk in chunks]

    def _packed(self, tokens, query):
        overhead = len(self.method) + 1 + len(self._request([], "", query).target) + _HTTP_VERSION
        return expressions.pack(tokens, overhead)

    def _request(self, subjects, expression, query, body=None, tail=""):
        return Request(
            self.method,
            self.path % escaped(expression) + tail,
            query,
            purpose=self.doing(named(subjects)),
            subjects=subjects,
            template=self.path % "{id}",
            body=body,
        )


def named(ids, most=10):
    """Return ids for a sentence, cut where there are too many to read."""
    ids = list(ids)
    if len(ids) <= most:
        return ", ".join(ids)
    return f"{', '.join(ids[:most])} and {len(ids) - most} more"
