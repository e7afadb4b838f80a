# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The budget of a task and the rhythm of its looks."""

import time
from email.utils import formatdate

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.waiting import Budget, seconds_asked_for


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self):
        self.now = 0.0
        self.pauses = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds


def looks_within(seconds):
    clock = Clock()
    return list(Budget(seconds, clock, clock.sleep).looks()), clock


@pytest.mark.parametrize("seconds", [0.05, 1, 20, 1800])
def test_the_last_look_comes_when_the_budget_is_spent_and_not_later(seconds):
    left, clock = looks_within(seconds)
    assert left[0] == seconds
    assert left[-1] == 0
    assert clock.now == pytest.approx(seconds)


def test_no_budget_still_allows_one_look():
    assert looks_within(0)[0] == [0]


def test_pauses_grow_up_to_a_bound():
    _left, clock = looks_within(600)
    assert clock.pauses[:-1] == sorted(clock.pauses[:-1])
    assert clock.pauses[0] < 0.2
    assert max(clock.pauses) == 5


def test_a_pause_that_is_longer_than_the_budget_is_not_begun():
    clock = Clock()
    budget = Budget(10, clock, clock.sleep)
    assert budget.pause(4)
    assert not budget.pause(7)
    assert clock.pauses == [4]


@pytest.mark.parametrize(("header", "seconds"), [("0", 0), ("120", 120), ("soon", 0), ("-5", 0), ("1.5", 0), ("", 0)])
def test_what_retry_after_asks_for(header, seconds):
    assert seconds_asked_for(header) == seconds


@pytest.mark.parametrize(("shift", "seconds"), [(3600, 3600), (-3600, 0)])
def test_a_date_to_retry_after(shift, seconds):
    assert seconds_asked_for(formatdate(time.time() + shift, usegmt=True)) == pytest.approx(seconds, abs=60)


def test_time_used():
    clock = Clock()
    budget = Budget(10, clock, clock.sleep)
    clock.sleep(4)
    assert (budget.used(), budget.left()) == (4, 6)
    clock.sleep(100)
    assert budget.left() == 0
