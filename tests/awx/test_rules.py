# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credential type, the surveys and the schedules of the example are what AWX takes."""

import re
from pathlib import Path

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from modules.estates import changed

from ansible_collections.mlops.elastic.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.mlops.elastic.plugins.module_utils import connection
from awx import rules
from awx.places import PAGE, loaded

INPUTS = loaded("credential_type/inputs.yml")
INJECTORS = loaded("credential_type/injectors.yml")
TEMPLATES = loaded("job_templates.yml")
SURVEYS = {
    f"{kind}: {template['name']}": template["survey_spec"]
    for kind in ("job_templates", "workflows")
    for template in TEMPLATES[kind]
    if "survey_spec" in template
}
QUESTION = {"type": "text", "question_name": "Which?", "variable": "which", "required": True}
SURVEY = {"name": "", "description": "", "spec": [QUESTION]}
ADDRESS = {"endpoints": "https://es.example.com:9200"}
"""What a credential holds, and the options that the modules take from it."""
CREDENTIALS = {
    "an API key": (ADDRESS | {"api_key": "id:k3y"}, {"hosts": ["https://es.example.com:9200"], "api_key": "id:k3y"}),
    "a password": (
        ADDRESS | {"username": "ann", "password": "p"},
        {"hosts": ["https://es.example.com:9200"], "username": "ann", "password": "p"},
    ),
    "a token of a deployment": ({"cloud_id": "c:abc", "bearer_token": "t"}, {"cloud_id": "c:abc", "bearer_token": "t"}),
}


BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_page_has_what_the_example_has():
    assert [yaml.safe_load(block) for block in BLOCK.findall(PAGE.read_text())] == [INPUTS, INJECTORS]


def test_credential_type_is_taken():
    assert list(rules.input_errors(INPUTS)) == []
    assert list(rules.injector_errors(INJECTORS, INPUTS)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        changed(INPUTS, fields__0__id="not-a-name"),
        changed(INPUTS, fields__0__id="api_key"),
        changed(INPUTS, fields__0__hidden=True),
        changed(INPUTS, fields__2__secret="yes"),
        changed(INPUTS, fields__2__type="boolean"),
        changed(INPUTS, dependencies={}),
    ],
)
def test_wrong_inputs_are_found(wrong):
    assert list(rules.input_errors(wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        changed(INJECTORS, env__PATH="{{ api_key }}"),
        changed(INJECTORS, env__ANSIBLE_CONFIG="{{ api_key }}"),
        changed(INJECTORS, env__ELASTICSEARCH_API_KEY="{{ key }}"),
        changed(INJECTORS, env__ELASTICSEARCH_API_KEY="{{ tower.filename.key }}"),
        changed(INJECTORS, file={"ca_cert": "{{ ca_cert }}"}),
        changed(INJECTORS, variables={}),
    ],
)
def test_wrong_injectors_are_found(wrong):
    assert list(rules.injector_errors(wrong, INPUTS))


OF_VARIABLES = {
    option: spec["fallback"][1][0] for option, spec in connection.CONNECTION_SPEC.items() if "fallback" in spec
}


def test_injectors_set_what_the_connection_reads():
    assert INJECTORS["env"].keys() == set(re.findall(r"E\((\w+)\)", ModuleDocFragment.DOCUMENTATION))
    assert INJECTORS["env"].keys() == set(OF_VARIABLES.values())


def test_what_is_secret_to_the_modules_is_secret_to_awx():
    secret = {field["id"] for field in INPUTS["fields"] if field.get("secret")}
    assert secret == {option for option in OF_VARIABLES if connection.CONNECTION_SPEC[option].get("no_log")}


@pytest.mark.parametrize(("credential", "options"), CREDENTIALS.values(), ids=CREDENTIALS)
def test_a_credential_becomes_options(monkeypatch, tmp_path, credential, options):
    environment, shown = rules.injected(INPUTS, INJECTORS, credential, tmp_path)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    validated = ArgumentSpecValidator(connection.CONNECTION_SPEC).validate({})
    assert validated.error_messages == []
    connection.validate(validated.validated_parameters)
    given = {name: value for name, value in validated.validated_parameters.items() if name in OF_VARIABLES and value}
    assert {name: value for name, value in given.items() if value != [""]} == options
    for field in ("api_key", "password", "bearer_token"):
        assert credential.get(field, "-") not in shown.values()


def test_authorities_become_a_file(tmp_path):
    environment, _shown = rules.injected(INPUTS, INJECTORS, ADDRESS | {"ca_cert": "-----BEGIN"}, tmp_path)
    assert Path(environment["ELASTICSEARCH_CA_CERT"]).read_text() == "-----BEGIN"


@pytest.mark.parametrize("survey", SURVEYS.values(), ids=SURVEYS)
def test_surveys_are_taken(survey):
    assert list(rules.survey_errors(survey)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        changed(SURVEY, spec=[]),
        changed(SURVEY, name=None),
        changed(SURVEY, spec=[QUESTION, QUESTION]),
        changed(SURVEY, spec__0__required="yes"),
        changed(SURVEY, spec__0__type="number"),
        changed(SURVEY, spec__0__default=1),
        changed(SURVEY, spec__0__max="10"),
        changed(SURVEY, spec__0__type="multiplechoice"),
        changed(SURVEY, spec__0=QUESTION | {"type": "multiplechoice", "choices": ["a"], "default": "b"}),
    ],
)
def test_wrong_surveys_are_found(wrong):
    assert list(rules.survey_errors(wrong))


@pytest.mark.parametrize("schedule", TEMPLATES["schedules"], ids=lambda schedule: schedule["name"])
def test_schedules_are_taken(schedule):
    assert list(rules.rrule_errors(schedule["rrule"])) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "RRULE:FREQ=DAILY;INTERVAL=1",
        "DTSTART:20260101T023000Z",
        "DTSTART:20260101T023000 RRULE:FREQ=DAILY;INTERVAL=1",
        "DTSTART:20260101T023000Z RRULE:FREQ=DAILY",
        "DTSTART:20260101T023000Z RRULE:FREQ=NEVER;INTERVAL=1",
        "DTSTART:20260101T023000Z RRULE:FREQ=MONTHLY;INTERVAL=1;BYDAY=1MO",
    ],
)
def test_wrong_schedules_are_found(wrong):
    assert list(rules.rrule_errors(wrong))
