# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""The module door: one thin adapter between AnsibleModule and the flow."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.mlops.elastic.plugins.module_utils import connection
from ansible_collections.mlops.elastic.plugins.module_utils.errors import MlError


def run_module(work, argument_spec):
    """Read the options, do the work, and leave with its result or its error.

    :arg work: called with (options, check mode); returns a result, raises MlError
    :arg argument_spec: the module's own options; those of the connection are added
    """
    module = AnsibleModule(argument_spec=dict(connection.CONNECTION_SPEC, **argument_spec), supports_check_mode=True)
    module.no_log_values.update(connection.embedded_secrets(module.params))
    for text in connection.warnings(module.params):
        module.warn(text)
    try:
        result = work(module.params, module.check_mode)
    except MlError as error:
        module.fail_json(**_for_user(dict(error.result, msg=error.msg, error=error.as_error()), module._diff))
    module.exit_json(**_for_user(result, module._diff))


def _for_user(result, with_diff):
    return {key: value for key, value in result.items() if key != "diff" or with_diff}
