# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Secrets in options that are none: credentials inside an address or a cloud id, a key where its path belongs."""

from __future__ import annotations

import base64
import re

_PASSWORD = re.compile(r"(?:\w+://)?[^:/]*:(?!//)(.+)@", re.DOTALL)
_PATHS = ("ca_cert", "client_cert", "client_key")


def secrets_in(params):
    """Return texts that must not reach any output.

    :arg params: a module's options, also such as were refused and have any type
    """
    found = _of_addresses(_texts(params.get("hosts"))) | _of_cloud_id(str(params.get("cloud_id") or ""))
    for name in _PATHS:
        found |= _of_path(str(params.get(name) or ""))
    return found


def is_content(path):
    """Tell whether the content of a certificate or key file stands where its path belongs."""
    return "-----BEGIN" in path


def _of_addresses(texts):
    found = {match.group(1) for match in map(_PASSWORD.match, texts) if match}
    return found.union(*(secret.split(",") for secret in found)) - {""}


def _of_cloud_id(text):
    encoded = text.rpartition(":")[2]
    try:
        decoded = base64.b64decode(encoded).decode("utf-8")
    except ValueError:
        decoded = ""
    found = _of_addresses([text, decoded])
    return found | {encoded} if "@" in decoded else found


def _of_path(text):
    return {line.strip() for line in text.splitlines() if line.strip()} if is_content(text) else set()


def _texts(value):
    """Return what may be an address: a list's elements, or the parts of a string, a comma before each next scheme."""
    if isinstance(value, (list, tuple)):
        return [text for element in value for text in _texts(element)]
    if isinstance(value, dict):
        return _texts([*value.keys(), *value.values()])
    return re.split(r",(?=\w+://)", str(value or ""))
