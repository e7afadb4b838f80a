# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of a query (RestUtils.decodeQueryString)."""

import re
from urllib.parse import unquote_plus


def parameters(query: str) -> dict[str, str]:
    """Values by name, the last one where a name comes twice; what has no name is a name without a value."""
    pairs = (pair.lstrip("=").partition("=") for pair in re.split("[&;]", query.partition("#")[0]))
    return {unquote_plus(name): unquote_plus(value) for name, _equals, value in pairs if name}
