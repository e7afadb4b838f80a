# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.modules import ml_upgrade_mode as module
from ansible_collections.mlops.elastic.plugins.plugin_utils.in_process import Doors


class ActionModule(Doors):
    MODULE = module
