# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_security/privilege`: what applications such as Kibana call their privileges."""

import re

from simulator.config.faults import as_reply
from simulator.config.positions import TokenStream
from simulator.rest import Reply, Request
from simulator.security_api.requests import invalid, refresh

APPLICATION = re.compile(r"[a-z][A-Za-z0-9]*")
NAME = re.compile(r"[a-z][a-zA-Z0-9_.-]*")
AREA = "cluster:admin/xpack/security/privilege/"


def register(router) -> None:
    for template in ("", "/{application}", "/{application}/{name}"):
        router.add("GET", f"/_security/privilege{template}", get)
    for method in ("PUT", "POST"):
        router.add(method, "/_security/privilege", put)
    router.add("DELETE", "/_security/privilege/{application}/{name}", delete)


def names_of(request: Request) -> list[str]:
    return [name for name in request.parts.get("name", "").split(",") if name]


async def get(request: Request) -> Reply:
    request.ready(AREA + "get")
    wanted, names, shown = request.parts.get("application"), names_of(request), {}
    for (application, name), privilege in request.security.applications.items():
        if wanted in (None, application) and (not names or name in names):
            shown.setdefault(application, {})[name] = privilege
    return Reply(404 if names and not shown else 200, shown)


async def put(request: Request) -> dict:
    refresh(request)
    text = request.body_text()
    with as_reply():
        stream = TokenStream(request.version, text)
        stream.next()
        body = stream.read()
    request.ready(AREA + "put")
    given = {(application, name): one for application, named in body.items() for name, one in named.items()}
    if not given:
        raise invalid("At least one application privilege must be provided")
    problems = [problem for key, privilege in given.items() for problem in wrong(*key, privilege)]
    if problems:
        raise invalid(*problems)
    known, created = request.security.applications, {}
    for (application, name), privilege in given.items():
        created.setdefault(application, {})[name] = {"created": (application, name) not in known}
        known[application, name] = {
            "application": application,
            "name": name,
            "actions": privilege["actions"],
            "metadata": privilege.get("metadata", {}),
        }
    return created


def wrong(application: str, name: str, privilege: dict):
    """What is wrong with a privilege."""
    if not APPLICATION.fullmatch(application):
        yield f"An application name prefix must match the pattern ^{APPLICATION.pattern}$ (found '{application}')"
    if not NAME.fullmatch(name):
        yield f"Application privilege names must match the pattern ^{NAME.pattern}$ (found '{name}')"
    if not privilege.get("actions"):
        yield "Application privileges must have at least one action"
    for action in privilege.get("actions", ()):
        if not any(mark in action for mark in "/*:"):
            yield f"action [{action}] must contain one of [ '/' , '*' , ':' ]"


async def delete(request: Request) -> Reply:
    refresh(request)
    request.ready(AREA + "delete")
    application, known = request.parts["application"], request.security.applications
    found = {name: {"found": known.pop((application, name), None) is not None} for name in names_of(request)}
    is_any = any(one["found"] for one in found.values())
    return Reply(200 if is_any else 404, {application: found})
