# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Configurations in a diff as people read them, without secrets."""

from __future__ import annotations

import json

from ansible.module_utils.common.parameters import remove_values, sanitize_keys
from ansible.module_utils.common.yaml import HAS_YAML, yaml_dump

_COLUMNS = 100
"""Of a terminal in which a diff is read."""

_LONGEST = 80
"""Characters of a text that stands in one line. A longer one breaks at the first blank behind so many."""

_HEADER = "+++ after: "


def readable(diff, secrets):
    """Return a diff whose entries hold texts, as Ansible shows them.

    A secret is taken out before: YAML writes it in other characters, by which Ansible would not recognise it.

    :arg diff: a list of entries with values before and after, None for nothing; anything else stays as it is
    """
    if not isinstance(diff, list):
        return diff
    return [dict(entry, **{side: _text(entry[side], secrets) for side in ("before", "after")}) for entry in diff]


def heading(subject, actions, paths):
    """Return the line above what something comes to be: its steps, and the options that differ, as many as fit.

    :arg paths: options such as C(analysis_config.bucket_span), in the order in which they are told
    """
    steps = f"{subject} ({', '.join(actions)})"
    for count in range(len(paths), 0, -1):
        more = f" and {len(paths) - count} more" if count < len(paths) else ""
        told = f"{steps}: {', '.join(paths[:count])}{more}"
        if len(_HEADER) + len(told) <= _COLUMNS:
            return told
    return steps


def _text(values, secrets):
    """Return values in one form; a target host may be without PyYAML."""
    if values is None or isinstance(values, str):
        return values or ""
    kept = sanitize_keys(remove_values(values, secrets), secrets)
    if HAS_YAML:
        return yaml_dump(
            kept, Dumper=_Dumper, default_flow_style=False, sort_keys=True, width=_LONGEST, allow_unicode=True
        )
    return json.dumps(kept, indent=2, sort_keys=True) + "\n"


if HAS_YAML:

    class _Dumper(yaml_dump.keywords["Dumper"]):
        """Writes texts of several lines as such, long ones in lines that fit, and each value where it belongs."""

        def ignore_aliases(self, data):
            return True

    def _of_text(dumper, text):
        style = "|" if "\n" in text else ">" if len(text) > _LONGEST else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    _Dumper.add_representer(str, _of_text)
