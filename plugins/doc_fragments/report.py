# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What every form of the report takes."""

    DOCUMENTATION = r"""
options:
  _input:
    description: What was found.
    type: dict
    required: true
    suboptions:
      jobs:
        description: RV(mlops.elastic.ml_job_info#module:jobs).
        type: list
        elements: dict
        default: []
      data_frame_analytics:
        description: RV(mlops.elastic.ml_analytics_info#module:data_frame_analytics).
        type: list
        elements: dict
        default: []
      problems:
        description: The problems that the information modules return with C(health=true).
        type: list
        elements: dict
        default: []
      warnings:
        description: The warnings that they return with these, of what could not be seen.
        type: list
        elements: str
        default: []
  title:
    description: The heading.
    type: str
    default: Elasticsearch machine learning
"""
