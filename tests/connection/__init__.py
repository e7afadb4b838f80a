# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How tasks reach a cluster: the simulator, and genuine servers without ML."""
