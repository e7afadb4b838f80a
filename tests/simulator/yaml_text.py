# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`format=yaml`: an answer as the server's YAML writer lays it out."""

import math

import yaml

CONTENT_TYPE = "application/yaml"


class _Value(str):
    """A text that isn't a key: the server writes it in double quotes."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data) -> bool:
        return True


_Dumper.add_representer(
    _Value, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
)


def render(body) -> str:
    return yaml.dump(
        _with_quoted_values(body),
        Dumper=_Dumper,
        explicit_start=True,
        default_flow_style=False,
        sort_keys=False,
        allow_unicode=True,
        width=math.inf,
    )


def _with_quoted_values(value):
    if isinstance(value, dict):
        return {key: _with_quoted_values(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_with_quoted_values(element) for element in value]
    return _Value(value) if isinstance(value, str) else value
