# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What these suites may import."""

import sys


def test_no_code_of_the_controller():
    """With it, ansible-core takes this process for a controller, and modules' warnings don't get into their results."""
    assert "ansible.errors" not in sys.modules, "what imports it is tested in tests/doors"
