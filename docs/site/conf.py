# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx builds the site with this from what tests/tools/site.py has put together."""

import zlib
from pathlib import Path

project = "mlops.elastic"
author = "mlops.elastic contributors"
copyright = "mlops.elastic contributors"
html_title = "mlops.elastic: Elasticsearch machine learning with Ansible"
html_short_title = "mlops.elastic"

extensions = ["myst_parser", "sphinx.ext.intersphinx", "sphinx_antsibull_ext"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
root_doc = "index"
nitpicky = True
smartquotes = False  # examples are quoted in prose too
default_role = "any"

# Anchors of headings are those of GitHub, where the same files are read.
myst_heading_anchors = 3

# Labels of Ansible's own documentation that antsibull-docs refers to: an inventory as Sphinx would have fetched it.
ANSIBLE = {
    "action_plugins": "plugins/action.html#$",
    "ansible_configuration_settings": "reference_appendices/config.html#$",
    "common_return_values": "reference_appendices/common_return_values.html#$",
}
INVENTORY = Path(__file__).with_name("ansible.inv")
INVENTORY.write_bytes(
    b"# Sphinx inventory version 2\n# Project: Ansible\n# Version: latest\n# compressed with zlib\n"
    + zlib.compress("".join(f"{label} std:label -1 {page} {label}\n" for label, page in ANSIBLE.items()).encode())
)
intersphinx_mapping = {"ansible": ("https://docs.ansible.com/projects/ansible/latest/", INVENTORY.name)}

pygments_style = "ansible"
highlight_language = "YAML+Jinja"
html_theme = "sphinx_ansible_theme"
html_theme_options = {
    "documentation_home_url": "index.html",
    "topbar_links": {},
    "vcs_pageview_mode": "",
}
html_static_path = ["static"]
html_js_files = ["errors.js"]
html_show_sphinx = False
html_use_index = False
html_copy_source = False
