# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An example that doesn't do what it says is found out."""

import pytest

from examples.pages import blocks_of
from examples.rules import Rules

CONTENT = {"placeholders": [], "not_run": [], "fails": []}
TASK = """
```yaml
- name: Read a job
  mlops.elastic.ml_job_info:
    job_id: web-frontend
  register: frontend

- name: Say its state
  ansible.builtin.debug:
    msg: "it is {{ frontend.jobs[0].state }}"
```
"""
SAID = """
```text
TASK [Say its state] …
    msg: it is opened
```
"""
COMMAND = """
```console
export STATE=closed    # what is wanted
ansible localhost -m mlops.elastic.ml_job \\
  -a "job_id=web-frontend state=$STATE"
```
"""
ESTATE = """
```yaml
filters:
  - filter_id: safe
    items: [a]
```
"""


@pytest.fixture
def told(stories):
    """A function from a page's text to what became of each of its blocks."""

    def tell(text: str, entries: dict) -> list:
        page = blocks_of("a page", text)
        story = stories("a page", page)
        story.rules = Rules({**CONTENT, **entries})
        return [story.outcome(block) for block in page], story.rules.not_needed()

    return tell


@pytest.mark.parametrize(
    ("text", "entries", "reasons"),
    [
        (TASK + SAID + COMMAND + ESTATE, {}, ["", "", "", ""]),
        (TASK.replace("web-frontend", "web-missing"), {}, ["it ended with 2"]),
        (TASK.replace("job_id", "job"), {}, ["it ended with 2"]),
        (TASK.replace("ml_job_info", "ml_jobs_info"), {}, ["it ended with 4"]),
        (TASK + SAID.replace("opened", "closed"), {}, ["", "the example above doesn't print: msg: it is closed"]),
        (COMMAND.replace("STATE=closed", "STATE=shut"), {}, ["it ended with 2"]),
        (COMMAND.replace("export STATE=closed", "exprot STATE=closed"), {}, ["it ended with 127"]),
        (ESTATE.replace("items", "thing"), {}, ["it ended with 2"]),
        ("```yaml\nversion: 3\n```\n", {}, ["nothing is known to be done with this data"]),
        ("```yaml\nversion: 3\n```\n", {"not_run": [{"page": "*", "begins": "version:"}]}, [""]),
        ("```console\nfalse\n```\n", {"fails": [{"page": "*", "begins": "false", "says": ""}]}, [""]),
        ("```console\ntrue\n```\n", {"fails": [{"page": "*", "begins": "true", "says": ""}]}, ["it ended with 1"]),
        (
            "```console\nfalse\n```\n",
            {"fails": [{"page": "*", "begins": "false", "says": "no"}]},
            ["it doesn't say: ['no']"],
        ),
    ],
)
def test_reasons(told, text, entries, reasons):
    outcomes, not_needed = told(text, entries)
    assert [outcome.reason for outcome in outcomes] == reasons, [outcome.output for outcome in outcomes]
    assert not_needed == []


def test_entries_that_nothing_needs(told):
    rules = {"not_run": [{"page": "*", "begins": "pip install"}], "placeholders": [{"find": "nowhere", "put": ""}]}
    _outcomes, not_needed = told("```console\ntrue\n```\n", rules)
    assert len(not_needed) == 2
