# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection that is not local to Ansible, although it ends on the same machine."""

from __future__ import annotations

from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = """
name: elsewhere
short_description: Executes here under another name
description: Executes here under another name
extends_documentation_fragment: connection_pipelining
"""


class Connection(LocalConnection):
    """The local connection, under a name that Ansible and its plugins cannot tell from a remote one's."""

    transport = "elsewhere"
