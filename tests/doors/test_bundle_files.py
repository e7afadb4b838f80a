# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that become one declaration, and the ones that can't."""

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader

from ansible_collections.mlops.elastic.plugins.lookup.bundle_files import LookupModule


def read(*places) -> dict:
    (bundle,) = LookupModule(loader=DataLoader()).run([str(place) for place in places], {})
    return bundle


@pytest.fixture
def write(tmp_path):
    def written(files: dict[str, str]):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return written


@pytest.mark.parametrize(
    ("files", "bundle"),
    [
        ({"a.yml": "jobs: [{job_id: a}]"}, {"jobs": [{"job_id": "a"}]}),
        (
            {"jobs/b.yml": "jobs: [{job_id: b}]\nfilters:", "jobs/a.yaml": "jobs: [{job_id: a}]", "c/d/e.yml": ""},
            {"jobs": [{"job_id": "a"}, {"job_id": "b"}], "filters": []},
        ),
        (
            {"a.yml": "filters: [{filter_id: a}]\njobs: [{job_id: a, description: '{{ x }}'}]", "README.md": "x: ["},
            {"jobs": [{"job_id": "a", "description": "{{ x }}"}], "filters": [{"filter_id": "a"}]},
        ),
        ({"a.yml": "jobs: []", ".hidden.yml": "x: 1", ".git/b.yml": "x: 1"}, {"jobs": []}),
    ],
    ids=["one", "several folders", "several kinds", "hidden ones"],
)
def test_files_become_one_declaration(write, files, bundle):
    assert read(write(files)) == bundle


def test_places_add_up(write):
    place = write({"a/x.yml": "jobs: [{job_id: a}]", "b/x.yml": "jobs: [{job_id: b}]"})
    assert read(place / "a", place / "b" / "x.yml") == {"jobs": [{"job_id": "a"}, {"job_id": "b"}]}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.txt": ""}, "there is no file whose name ends in .yml or .yaml"),
        ({"a.yml": "- jobs"}, "a.yml: it is no dictionary"),
        ({"a.yml": "job: []"}, "a.yml: job is not one of jobs, datafeeds"),
        ({"a.yml": "jobs: {job_id: a}"}, "a.yml: jobs is no list"),
        ({"a.yml": "jobs: [a]"}, "a.yml: an entry of jobs has no id"),
        ({"a.yml": "jobs: [{datafeed_id: a}]"}, "a.yml: an entry of jobs has no id"),
        ({"a.yml": "jobs: [{job_id: a}]", "b.yml": "jobs: [{job_id: a}]"}, "b.yml: jobs[a] is declared in"),
        ({"a.yml": "jobs: ["}, "YAML"),
    ],
    ids=lambda value: None if isinstance(value, str) else "+".join(value),
)
def test_files_that_cannot(write, files, said):
    with pytest.raises(AnsibleError) as refused:
        read(write(files))
    assert said in str(refused.value)
