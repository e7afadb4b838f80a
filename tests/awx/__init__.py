# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX takes and runs: execution environment, credential type, templates, and playbooks in ansible-runner."""
