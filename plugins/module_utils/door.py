# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""The module door: one thin adapter between AnsibleModule and the flow."""

from __future__ import annotations

import math

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.validation import check_type_dict

from ansible_collections.mlops.elastic.plugins.module_utils import connection, diffs
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption, MlError
from ansible_collections.mlops.elastic.plugins.module_utils.redaction import secrets_in


class _Module(AnsibleModule):
    """An AnsibleModule that keeps secrets from its first message on, and refuses what it would crash on."""

    def _load_params(self):
        super()._load_params()
        self.no_log_values.update(secrets_in(self.params))
        self.misfits = []
        self.params = self._fitting("", self.params, {"options": self.argument_spec})

    def _fitting(self, path, value, rule):
        """Return an option's value without what has to hold options and is none: AnsibleModule would crash on a scalar
        there, and not tell where a text was.
        """
        if rule.get("type") in ("int", "float"):
            return _finite(value)
        if "options" not in rule or value is None or _is_read_as_dict(value):
            return value
        if isinstance(value, dict):
            return {
                name: self._fitting(f"{path}.{name}".lstrip("."), member, rule["options"].get(name, {}))
                for name, member in value.items()
            }
        if isinstance(value, list) and rule["type"] == "list":
            entries = [
                self._fitting(f"{path}[{number}]", entry, {**rule, "type": "dict"})
                for number, entry in enumerate(value)
            ]
            return [entry for entry in entries if entry is not None]
        self.misfits.append((path, value))
        return None

    def fail_json(self, msg, **result):
        self.no_log_values.update(secrets_in(self.params))
        super().fail_json(msg, **result)


def run_module(work, argument_spec):
    """Read the options, do the work, and leave with its result or its error.

    :arg work: called with (options, check mode); returns a result, raises MlError
    :arg argument_spec: the module's own options; those of the connection are added
    """
    module = _Module(argument_spec=dict(connection.CONNECTION_SPEC, **argument_spec), supports_check_mode=True)
    module.no_log_values.update(secrets_in(module.params))
    for text in connection.warnings(module.params):
        module.warn(text)
    result, failure = _result_of(work, module)
    if failure:  # told here, where no exception is under way whose traceback would be shown
        result = dict(failure.result, msg=failure.msg, error=failure.as_error())
    for text in result.pop("warnings", ()):
        module.warn(text)
    leave = module.fail_json if failure else module.exit_json
    leave(**_for_user(result, module._diff, module.no_log_values))


def _result_of(work, module):
    try:
        for path, value in module.misfits:
            raise BadOption(path, value, "it is no dictionary", "Write names and values.")
        return work(module.params, module.check_mode), None
    except MlError as error:
        return None, error


def _is_read_as_dict(value):
    try:
        return isinstance(value, str) and bool(check_type_dict(value))
    except TypeError:
        return False


def _finite(value):
    """Return infinity and the like as a text that AnsibleModule refuses; as a whole number they would crash it."""
    try:
        is_finite = math.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return value
    return value if is_finite else f"{value} (not a finite number)"


def _for_user(result, with_diff, secrets):
    told = {key: value for key, value in result.items() if key != "diff"}
    return dict(told, diff=diffs.readable(result["diff"], secrets)) if with_diff and "diff" in result else told
