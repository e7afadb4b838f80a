# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection promises when network, servers and people misbehave.

`runs` are tasks, `accidents` what can happen to one request of a task, `promises` what has to hold all the same, and
`matrix` combines them: a fault begins at the k-th request, for every k that a run has on a clean day. `world` is the
simulator with a clock that passes only when somebody waits, and `proxy` stands before it.
"""
