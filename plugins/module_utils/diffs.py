# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Configurations in a diff as people read them, without secrets."""

from __future__ import annotations

import json

from ansible.module_utils.common.parameters import remove_values, sanitize_keys
from ansible.module_utils.common.yaml import HAS_YAML, yaml_dump


def readable(diff, secrets):
    """Return a diff whose entries hold texts, as Ansible shows them.

    A secret is taken out before: YAML writes it in other characters, by which Ansible would not recognise it.

    :arg diff: a list of entries with values before and after, None for nothing; anything else stays as it is
    """
    if not isinstance(diff, list):
        return diff
    return [dict(entry, **{side: _text(entry[side], secrets) for side in ("before", "after")}) for entry in diff]


def _text(values, secrets):
    """Return values in one form; a target host may be without PyYAML."""
    if values is None or isinstance(values, str):
        return values or ""
    kept = sanitize_keys(remove_values(values, secrets), secrets)
    if HAS_YAML:
        return yaml_dump(kept, default_flow_style=False, sort_keys=True, width=100, allow_unicode=True)
    return json.dumps(kept, indent=2, sort_keys=True) + "\n"
