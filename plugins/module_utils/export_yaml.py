# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Declarations as YAML for people: ids first, long texts in blocks, nothing that differs by chance."""

from __future__ import annotations

from ansible.module_utils.basic import missing_required_lib

from ansible_collections.mlops.elastic.plugins.module_utils.errors import MlError

_LINE = 100
"""Characters from which a text stands in a block of its own."""

_ENDLESS = 1 << 20

_OTHER_BREAKS = frozenset("\r\x85\u2028\u2029\ufeff")
"""What YAML takes for the end of a line, or for no text at all, unless it is escaped."""


def ordered(config, spec, id_key):
    """Return a configuration with its keys in one order: the id, the options as SPEC has them, then the alphabet."""
    return _by_spec(config, {id_key: {}, **spec})


def _by_spec(value, spec):
    if isinstance(value, list):
        return [_by_spec(entry, spec) for entry in value]
    if not isinstance(value, dict):
        return value
    names = [name for name in spec if name in value]
    names += sorted(value.keys() - spec.keys())
    return {name: _by_spec(value[name], spec.get(name, {}).get("options") or {}) for name in names}


def render(content):
    """Return a declaration as the text of a YAML file.

    :raises MlError: no PyYAML here
    """
    yaml = _library()
    return yaml.dump(
        content, Dumper=_dumper(yaml), sort_keys=False, allow_unicode=True, explicit_start=True, width=_ENDLESS
    )


def parse(text):
    """Return what a YAML file says, None where it is no YAML."""
    yaml = _library()
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return None


def _library():
    try:
        import yaml
    except ImportError as error:
        raise MlError(missing_required_lib("PyYAML"), type="missing_library") from error
    return yaml


def _dumper(yaml):
    class Dumper(yaml.SafeDumper):
        """Indents the entries of a list, writes texts of several lines as such, and folds long ones."""

        def increase_indent(self, flow=False, indentless=False):
            return super().increase_indent(flow, False)

        def ignore_aliases(self, data):
            return True

        def write_folded(self, text):
            self.best_width, before = _LINE, self.best_width
            try:
                super().write_folded(text)
            finally:
                self.best_width = before

    def of_text(dumper, text):
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))

    Dumper.add_representer(str, of_text)
    return Dumper


def _style(text):
    if _OTHER_BREAKS.intersection(text):
        return '"'
    if "\n" in text:
        return "|"
    return ">" if len(text) > _LINE else None
