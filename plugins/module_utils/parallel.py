# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Calls side by side, bounded, that never hold up the end of a process.

The threads are daemons: an executor of the standard library joins its threads at exit, so that an interrupted play
would wait for every answer that is still out.
"""

from __future__ import annotations

import queue
import threading

_PULSE = 1.0
"""Seconds between two chances to tell of progress."""


_CRASHED = object()


def each(call, inputs, workers, meanwhile=None):
    """Return C(call) of each input, in order.

    :arg workers: calls under way at once
    :arg meanwhile: called now and then, from this thread, while answers are still out
    """
    inputs = list(inputs)
    waiting, answers = queue.SimpleQueue(), queue.SimpleQueue()
    for numbered in enumerate(inputs):
        waiting.put(numbered)
    stopped = threading.Event()
    for worker in range(min(workers, len(inputs))):
        threading.Thread(
            target=_drain, args=(call, waiting, answers, stopped), name=f"request-{worker}", daemon=True
        ).start()
    results = [None] * len(inputs)
    try:
        for _answer in inputs:
            number, result = _next(answers, meanwhile)
            if result is _CRASHED:
                raise RuntimeError("a request ended in an error of the program; its traceback is on stderr")
            results[number] = result
    finally:
        stopped.set()
    return results


def _next(answers, meanwhile):
    while True:
        try:
            return answers.get(timeout=_PULSE)
        except queue.Empty:
            if meanwhile:
                meanwhile()


def _drain(call, waiting, answers, stopped):
    while not stopped.is_set():
        try:
            number, given = waiting.get_nowait()
        except queue.Empty:
            return
        result = _CRASHED
        try:
            result = call(given)
        finally:
            answers.put((number, result))
