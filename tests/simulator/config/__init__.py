# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a server validates and normalises the configurations it is given: pure functions, no state."""
