# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: bundle_files
short_description: Read a directory of YAML files as one declaration of machine learning
version_added: 1.0.0
author:
  - mlops.elastic contributors (@mlops-elastic)
description:
  - Reads all files of a directory and of those below it whose names end in C(.yml) or C(.yaml), and puts together what
    they declare for M(mlops.elastic.ml_bundle).
  - Each file is a dictionary with one or more of C(jobs), C(datafeeds), C(data_frame_analytics), C(calendars) and
    C(filters), as M(mlops.elastic.ml_bundle_info) writes them. The names of files and folders mean nothing.
  - Files may be encrypted by C(ansible-vault). They are data; templates in them are left as they are.
options:
  _terms:
    description:
      - Directories, or files. A relative path is looked for beside the playbook.
    type: list
    elements: path
    required: true
seealso:
  - module: mlops.elastic.ml_bundle
  - module: mlops.elastic.ml_bundle_info
"""

EXAMPLES = r"""
- name: Bring the cluster to what the files say
  mlops.elastic.ml_bundle:
    jobs: "{{ estate.jobs }}"
    datafeeds: "{{ estate.datafeeds }}"
    filters: "{{ estate.filters | default(omit) }}"
  vars:
    estate: "{{ lookup('mlops.elastic.bundle_files', 'estate') }}"
"""

RETURN = r"""
_raw:
  description: One dictionary with the kinds that the files declare.
  type: list
  elements: dict
"""

import os

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

from ansible_collections.mlops.elastic.plugins.module_utils.bundle_kinds import KINDS

_SUFFIXES = (".yml", ".yaml")


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        bundle, homes = {}, {}
        for term in terms:
            for path in self._files(self._loader.path_dwim(os.path.expanduser(term))):
                self._add(bundle, homes, path)
        return [{kind.RESULT: bundle[kind.RESULT] for kind in KINDS if kind.RESULT in bundle}]

    def _files(self, place):
        if os.path.isfile(place):
            return [place]
        found = []
        for folder, folders, names in os.walk(place):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            found += [os.path.join(folder, name) for name in sorted(names) if _is_declaration(name)]
        if not found:
            raise AnsibleError(f"{place}: there is no file whose name ends in {' or '.join(_SUFFIXES)}")
        return found

    def _add(self, bundle, homes, path):
        content = self._loader.load_from_file(path, cache="none")
        if content is None:
            return
        if not isinstance(content, dict):
            raise AnsibleError(f"{path}: it is no dictionary; write jobs: and the like, and a list below each")
        id_keys = {kind.RESULT: kind.COLLECTION.id_key for kind in KINDS}
        for option, items in content.items():
            if option not in id_keys:
                raise AnsibleError(f"{path}: {option} is not one of {', '.join(id_keys)}")
            if not isinstance(items or [], list):
                raise AnsibleError(f"{path}: {option} is no list")
            for item in items or []:
                self._note(homes, path, option, item.get(id_keys[option]) if isinstance(item, dict) else None)
            bundle.setdefault(option, []).extend(items or [])

    def _note(self, homes, path, option, id):
        """Remember where something is declared.

        :raises AnsibleError: it is declared somewhere else as well, or has no id
        """
        if id is None:
            raise AnsibleError(f"{path}: an entry of {option} has no id")
        home = homes.setdefault((option, id), path)
        if home != path:
            raise AnsibleError(f"{path}: {option}[{id}] is declared in {home} as well")


def _is_declaration(name):
    return name.endswith(_SUFFIXES) and not name.startswith(".")
