# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make dist` objects to."""

from dataclasses import replace

import pytest
from tools.candidate import Candidate

READY = Candidate(
    version="1.2.0",
    releases=("1.1.0", "1.2.0"),
    fragments=(),
    uncommitted=(),
    here=(),
    tags=("v1.1.0",),
)


@pytest.mark.parametrize(
    ("differs", "objection"),
    [
        ({}, None),
        ({"here": ("v1.2.0", "nightly"), "tags": ("v1.1.0", "v1.2.0")}, None),
        ({"version": "1.2.0-dev", "releases": ("1.2.0-dev",)}, "galaxy.yml: 1.2.0-dev is no version of a release"),
        ({"releases": ("1.1.0",)}, "changelogs/changelog.yaml: has no 1.2.0"),
        ({"fragments": ("a.yml", "b.yml")}, "changelogs/fragments: belong to no release yet: a.yml, b.yml"),
        ({"uncommitted": ("galaxy.yml",)}, "not committed: galaxy.yml"),
        ({"tags": ("v1.2.0",)}, "the tag v1.2.0 is at another commit"),
        ({"here": ("v1.3.0",)}, "this commit's tag is v1.3.0, and galaxy.yml's version 1.2.0"),
    ],
)
def test_objections(differs, objection):
    assert replace(READY, **differs).objections() == ([objection] if objection else [])
