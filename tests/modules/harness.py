# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a module as Ansible does: options in, one JSON object out."""

import io
import json
from contextlib import redirect_stdout
from importlib import import_module

from ansible.module_utils import basic
from ansible.module_utils.common import warnings

READING = ("GET", "HEAD")
READING_POSTS = ("/_validate", "/_explain")


class Outcome:
    """What a module printed, and what the server's journal says of it."""

    def __init__(self, stdout: str, status: int, journal: list[dict]):
        self.stdout = stdout
        self.result = json.loads(stdout)
        self.failed = self.result.get("failed", False)
        self.journal = journal
        assert status == int(self.failed)

    def __getattr__(self, key: str):
        return self.result[key]

    @property
    def lines(self) -> list[str]:
        """The requests that the server received: method, path and query."""
        return [line_of(entry["method"], entry["path"], entry["query"]) for entry in self.journal]

    @property
    def writes(self) -> list[str]:
        """Those of them that can change something."""
        return [line_of(e["method"], e["path"], e["query"]) for e in self.journal if e["writing"]]

    @property
    def warned(self) -> list[str]:
        """The texts of its warnings, which ansible-core wraps since 2.19."""
        given = self.result.get("warnings", [])
        return [warning if isinstance(warning, str) else warning["event"]["msg"] for warning in given]

    @property
    def declared_writes(self) -> list[str]:
        """The writing requests that the module says it sent, or would send."""
        return [
            line_of(e["method"], e["path"])
            for e in self.requests
            if e["method"] not in READING and not e["path"].endswith(READING_POSTS)
        ]


def line_of(method: str, path: str, query: str = "") -> str:
    return f"{method} {path}{f'?{query}' if query else ''}"


def call(name: str, options: dict) -> tuple[str, int]:
    """Run a module's main() with these options; return what it printed and its exit status."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        status = leave(name, options)
    return printed.getvalue(), status


def leave(name: str, options: dict) -> int:
    """Run a module's main() with these options; return its exit status."""
    module = import_module(f"ansible_collections.mlops.elastic.plugins.modules.{name}")
    warnings._global_warnings.clear()  # of modules that ran in this process before
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode()
    if hasattr(basic, "_ANSIBLE_PROFILE"):  # ansible-core 2.19 and later
        basic._ANSIBLE_PROFILE = "legacy"
    try:
        module.main()
    except SystemExit as end:
        return end.code or 0
    finally:
        basic._ANSIBLE_ARGS = None
    raise AssertionError(f"{name} did not leave")
