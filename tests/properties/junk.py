# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that no option should ever be given, for every option of every module, and secrets to be kept meanwhile."""

import base64
import pkgutil
from importlib import import_module
from unittest import mock

from ansible_collections.mlops.elastic.plugins import modules
from ansible_collections.mlops.elastic.plugins.module_utils.connection import CONNECTION_SPEC

CANARY = "c4n4ry"
"""A word that stands in every secret, so that no part of one goes unnoticed."""

SMUGGLED = "x\r\n\r\nDELETE /_ml/anomaly_detectors/bystander HTTP/1.1\r\nHost: smuggled\r\n\r\n"
DEEP = "leaf"
for _level in range(200):
    DEEP = [DEEP]

TEXTS = (
    "",
    " ",
    "\t\n",
    "../../_security/user",
    "web-1/../../_all",
    "%2e%2e%2f_all",
    "web-1%2F_close",
    "web-1?force=true",
    "web-1#x",
    "web-1\nweb-2",
    "web-1, web-2",
    ",",
    "*,",
    "*/../../_all",
    "w*?force=true",
    "w*%2f_close#",
    "* ",
    "_all,web-1",
    "_all",
    "_stats",
    "..",
    "-",
    "WEB-1",
    "wéb-1",
    "\u202eweb-1",
    "web\x00-1",
    "\x1b[31mweb-1",
    "😀" * 20,
    "a" * 65,
    "x" * 100_000,
    SMUGGLED,
    "{{ lookup('env', 'HOME') }}",
    "!unsafe {a: [b",
    "${jndi:ldap://127.0.0.1/x}",
    "'; DROP TABLE jobs; --",
    "null",
    "9" * 400,
    "-1",
    "1e309",
    "NaN",
    "now+1000000000y",
    "9999999999999999999d",
    "0s",
    "2018-13-45T99:99:99Z",
    "0001-01-01T00:00:00+18:00",
    "http://",
    "http://127.0.0.1:0",
    "http://127.0.0.1:99999",
    "https://[::1",
    "file:///etc/passwd",
    "x:!!!",
)
NUMBERS = (0, -1, 1, 2**31, -(2**63), 10**30, 0.1, 1e308, float("nan"), float("inf"), float("-inf"))
OTHERS = (None, True, False, [], {}, [[]], [None], [""], [{}], {"": ""}, {"a": None}, {"a": {"b": [1]}}, DEEP)
VALUES = (*TEXTS, *NUMBERS, *OTHERS, ["web-1"] * 3000, [f"web-{n}" for n in range(3000)], {"k" * 10_000: "v" * 10_000})


TARGETS = ("web-1", "fresh-1")
"""What is there, and what is not."""


def specs() -> dict[str, dict]:
    """The options of each module of the collection, as the module itself declares them."""
    found = {}
    for entry in pkgutil.iter_modules(modules.__path__):
        module = import_module(f"{modules.__name__}.{entry.name}")
        with mock.patch.object(module, "run_module") as run_module:
            module.main()
        _work, own = run_module.call_args.args
        found[entry.name] = {**CONNECTION_SPEC, **own}
    return found


SPECS = specs()


def needed(module: str, turn: int) -> dict:
    """What a module cannot do without, valid; each turn takes the next of the choices."""
    options = {name: [TARGETS[turn % 2]] for name, rule in SPECS[module].items() if rule.get("required")}
    if "state" in SPECS[module]:
        present, *others = SPECS[module]["state"]["choices"]
        options["state"] = present if turn % 3 else others[turn // 3 % len(others)]
    return options


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def usable_secrets() -> list[dict]:
    """Options that carry a secret as they should; a server without security takes them all."""
    return [
        {},
        {"username": "ann", "password": f"{CANARY}-pässword"},
        {"api_key": f"id:{CANARY}"},
        {"api_key": encoded(f"id:{CANARY}")},
        {"bearer_token": f"{CANARY}.token"},
        {"headers": {"Authorization": f"Bearer {CANARY}", "X-Tenant": f"{CANARY} {CANARY}"}},
    ]


def misplaced_secrets(url: str) -> list[dict]:
    """Secrets where they cannot work, each in a way in which users have given one."""
    address = url.removeprefix("http://")
    return [
        {"username": "ann", "password": CANARY, "api_key": CANARY},
        {"password": CANARY},
        {"bearer_token": f"{CANARY}\r\nX-Other: {CANARY}"},
        {"headers": {"Authorization": f"Bearer {CANARY}", "X-Tenant": f"{CANARY} {CANARY}\n"}},
        {"hosts": [f"http://ann:{CANARY}@{address}"]},
        {"hosts": f"ann:{CANARY}/{CANARY}@{address}"},
        {"hosts": f"http://ann:{CANARY},{CANARY}@{address},http://{address}"},
        {"hosts": [f"http://{address}/?password={CANARY}@x", f"http://{CANARY}:{CANARY}@{address}"]},
        {"cloud_id": "name:" + encoded(f"ann:{CANARY}@127.0.0.1:1$id$")},
        {"cloud_id": f"ann:{CANARY}@127.0.0.1:1"},
        {"client_key": f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n", "client_cert": "/"},
    ]


SHAPES = (CANARY, encoded(f"id:{CANARY}"), encoded(f"ann:{CANARY}")[:-4], encoded(CANARY)[:-2])
"""The word, and what is left of it where it was encoded with what stands before it."""
