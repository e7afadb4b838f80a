# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX 24.6 checks of credential types, surveys and schedules, and how it injects a credential."""

import re
from pathlib import Path

from dateutil.rrule import rrulestr
from jinja2 import StrictUndefined, TemplateError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
FILE = re.compile(r"template(\.[a-zA-Z_][a-zA-Z0-9_]*)?")
FIELD_KEYS = {
    "id": str,
    "label": str,
    "type": str,
    "format": str,
    "choices": list,
    "help_text": str,
    "multiline": bool,
    "secret": bool,
    "ask_at_runtime": bool,
    "default": object,
}
OF_STRINGS = ("choices", "multiline", "format", "secret")
FORBIDDEN_VARIABLES = {"PATH", "PYTHONPATH", "VIRTUAL_ENV", "JOB_ID", "INVENTORY_ID", "MAX_EVENT_RES", "AWX_HOST"}
QUESTION_KEYS = {"type": str, "question_name": str, "variable": str, "required": bool}
ANSWERS = {
    "text": str,
    "textarea": str,
    "password": str,
    "multiplechoice": str,
    "multiselect": str,
    "integer": int,
    "float": (float, int),
}
OF_CHOICES = ("multiplechoice", "multiselect")


def input_errors(inputs: dict):
    """What AWX objects to in the inputs of a credential type."""
    yield from (f"unknown key {key}" for key in inputs.keys() - {"fields", "required"})
    ids = [field.get("id") for field in inputs.get("fields", [])]
    yield from (f"{id} is not unique" for id in set(ids) if ids.count(id) > 1)
    for field in inputs.get("fields", []):
        yield from (f"{key} is missing in {field}" for key in {"id", "label"} - field.keys())
        for key, value in field.items():
            if key not in FIELD_KEYS or not isinstance(value, FIELD_KEYS[key]):
                yield f"{key}: {value} in {field}"
        if not NAME.fullmatch(field.get("id", "")) or field["id"] == "tower":
            yield f"{field.get('id')} is no name"
        kind = field.get("type", "string")
        if kind not in ("string", "boolean"):
            yield f"type {kind}"
        yield from (f"{key} of type {kind}" for key in OF_STRINGS if key in field and kind != "string")


class _Files:
    """`tower.filename.NAME` of the files that are injected."""

    def __init__(self, **paths: str):
        self.__dict__ |= paths


def injector_errors(injectors: dict, inputs: dict):
    """What AWX objects to in the injectors that belong to these inputs."""
    yield from (f"unknown key {key}" for key in injectors.keys() - {"file", "env", "extra_vars"})
    files = injectors.get("file", {})
    yield from (f"{name} is no name of a file" for name in files if not FILE.fullmatch(name))
    if "template" in files and len(files) > 1:
        yield "several files need names"
    for name in injectors.get("env", {}):
        if not NAME.fullmatch(name) or name.startswith("ANSIBLE_") or name in FORBIDDEN_VARIABLES:
            yield f"{name} is forbidden"
    names = {field["id"]: "EXAMPLE" for field in inputs.get("fields", [])}
    paths = {name.partition(".")[2]: "EXAMPLE" for name in files if "." in name}
    names["tower"] = {"filename": "EXAMPLE" if "template" in files else _Files(**paths)}
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for group, templates in injectors.items():
        for name, template in templates.items():
            try:
                environment.from_string(template).render(names)
            except (TemplateError, UndefinedError) as error:
                yield f"{group} {name}: {error}"


def injected(inputs: dict, injectors: dict, credential: dict[str, str], folder: Path):
    """The environment that a job gets with this credential, and what of it AWX shows: secrets are hidden there.

    Fields that were left empty are not there, and AWX's templates read what is not there as nothing.
    """
    secret = {field["id"] for field in inputs["fields"] if field.get("secret")}
    given = {name: value for name, value in credential.items() if value}
    shown = {name: "**********" if name in secret else value for name, value in given.items()}
    environment = ImmutableSandboxedEnvironment()
    paths = {}
    for name, template in injectors.get("file", {}).items():
        path = folder / name
        path.write_text(environment.from_string(template).render(given))
        paths[name.partition(".")[2]] = str(path)
    tower = {"filename": _Files(**paths)}
    return tuple(
        {
            name: environment.from_string(template).render(tower=tower, **values)
            for name, template in injectors["env"].items()
        }
        for values in (given, shown)
    )


def survey_errors(survey: dict):
    """What AWX objects to in a survey_spec."""
    for key, kind in {"name": str, "description": str, "spec": list}.items():
        if not isinstance(survey.get(key), kind):
            yield f"{key} is missing, or of another type"
    variables = [question.get("variable") for question in survey.get("spec", [])]
    yield from (f"{name} is asked twice" for name in set(variables) if variables.count(name) > 1)
    if not variables:
        yield "nothing is asked"
    for question in survey.get("spec", []):
        yield from _question_errors(question)


def _question_errors(question: dict):
    for key, kind in QUESTION_KEYS.items():
        if not isinstance(question.get(key), kind):
            yield f"{key} is missing, or of another type, in {question}"
    kind = question.get("type")
    if kind not in ANSWERS:
        yield f"there are no questions of type {kind}"
        return
    default = question.get("default", "")
    if default != "" and not isinstance(default, ANSWERS[kind]):
        yield f"{default} is no answer to a question of type {kind}"
    for key in ("min", "max"):
        if not isinstance(question.get(key, 0), int):
            yield f"{key} in {question}"
    if kind in OF_CHOICES:
        choices = question.get("choices", [])
        choices = choices.splitlines() if isinstance(choices, str) else choices
        if not choices or any(answer not in choices for answer in str(default).splitlines()):
            yield f"choices in {question}"


def rrule_errors(rrule: str):
    """What AWX objects to in the recurrence rule of a schedule."""
    if len(re.findall(r"DTSTART(?:;[^:]+)?:\d+T\d+Z?", rrule)) != 1:
        yield "it begins not exactly once"
    if re.search(r"DTSTART:\d+T\d+ ", rrule):
        yield "its beginning has no time zone"
    rules = re.findall(r"\bRRULE:(\S*)", rrule)
    if not rules:
        yield "it has no rule"
    for rule in rules:
        if "INTERVAL" not in rule or "SECONDLY" in rule or ("COUNT" in rule and "UNTIL" in rule):
            yield rule
        if re.search(r"BYDAY=\d", rule):
            yield f"BYDAY has a number in {rule}"
        try:
            rrulestr(rule)
        except ValueError as error:
            yield str(error)
