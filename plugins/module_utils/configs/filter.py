# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Filters: a description, and a set of items."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.configs import forms
from ansible_collections.mlops.elastic.plugins.module_utils.configs.kind import IN_PLACE, Field, Kind


class FilterConfig(Kind):
    """C(ml_filter)."""

    SPEC = {"description": {"type": "str"}, "items": {"type": "list", "elements": "str"}}
    FIELDS = {"description": Field(IN_PLACE, implied=""), "items": Field(IN_PLACE, forms.unordered, [])}

    def create_body(self, id, declared):
        """Return the body of the request that creates it; servers before 7.4 want items in it."""
        return dict({"items": []}, **declared)

    def update_body(self, id, declared, observed, differences):
        """Return one body for all: what is added, what is removed, which has to be there (UpdateFilterAction)."""
        body = {}
        for difference in differences:
            if difference.path == "items":
                body["add_items"], body["remove_items"] = forms.exchange(difference.before, difference.after)
            else:
                body[difference.path] = difference.after
        return {name: value for name, value in body.items() if value != []}
