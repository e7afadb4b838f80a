# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""The module door: one thin adapter between AnsibleModule and the flow."""

from __future__ import annotations

import math

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.mlops.elastic.plugins.module_utils import connection
from ansible_collections.mlops.elastic.plugins.module_utils.errors import MlError
from ansible_collections.mlops.elastic.plugins.module_utils.redaction import secrets_in


class _Module(AnsibleModule):
    """An AnsibleModule that keeps secrets from its first message on, and takes any number for what it is."""

    def _load_params(self):
        super()._load_params()
        self.params = {name: _readable(value) for name, value in self.params.items()}

    def fail_json(self, msg, **result):
        self.no_log_values.update(secrets_in(self.params))
        super().fail_json(msg, **result)

    def exit_json(self, **result):
        self.no_log_values.update(secrets_in(self.params))
        super().exit_json(**result)


def run_module(work, argument_spec):
    """Read the options, do the work, and leave with its result or its error.

    :arg work: called with (options, check mode); returns a result, raises MlError
    :arg argument_spec: the module's own options; those of the connection are added
    """
    module = _Module(argument_spec=dict(connection.CONNECTION_SPEC, **argument_spec), supports_check_mode=True)
    for text in connection.warnings(module.params):
        module.warn(text)
    result, failure = _result_of(work, module)
    if failure:  # told here, where no exception is under way whose traceback would be shown
        result = dict(failure.result, msg=failure.msg, error=failure.as_error())
        module.fail_json(**_for_user(result, module._diff))
    module.exit_json(**_for_user(result, module._diff))


def _result_of(work, module):
    try:
        return work(module.params, module.check_mode), None
    except MlError as error:
        return None, error


def _readable(value):
    """Return infinity as text, which AnsibleModule refuses as a whole number; the number would crash it."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _for_user(result, with_diff):
    return {key: value for key, value in result.items() if key != "diff" or with_diff}
