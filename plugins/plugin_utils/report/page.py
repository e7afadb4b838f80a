# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as one HTML document that needs nothing else. Every value is escaped, because the environment does it."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ansible_collections.mlops.elastic.plugins.plugin_utils.report import rows, words
from ansible_collections.mlops.elastic.plugins.plugin_utils.report.content import states

_FOLDER = Path(__file__).parent / "templates"


def page(content):
    """Return the document.

    :arg content: as content.content makes it
    """
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = (words.number, words.counted, words.size, words.span, words.moment, states, rows.headline, rows.tone)
    for spoken in shown:
        environment.filters[spoken.__name__] = spoken
    parts = {name: (_FOLDER / f"page.{name}").read_text(encoding="utf-8") for name in ("css", "js")}
    return environment.get_template("page.html.j2").render(
        **content,
        css=Markup(parts["css"]),
        js=Markup(parts["js"]),
        policy=_policy(parts),
    )


def _policy(parts):
    """Return a content security policy under which nothing is loaded, and no other style or script counts."""
    digests = {name: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for name, text in parts.items()}
    return (
        f"default-src 'none'; style-src 'sha256-{digests['css']}'; script-src 'sha256-{digests['js']}'; "
        "base-uri 'none'; form-action 'none'"
    )
