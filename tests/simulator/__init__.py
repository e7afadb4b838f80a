# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local HTTP server that answers as Elasticsearch's machine learning APIs do."""
