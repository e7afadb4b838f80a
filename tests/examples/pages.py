# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the documentation: fenced blocks of guides and READMEs, heads of playbooks, EXAMPLES of plugins."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^( *)```(\S+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"^# {3}((?:ansible|export|[A-Z_]+=).*(?:\n# {4}.*)*)$", re.MULTILINE)
FILE_NAME = re.compile(r"# ([\w./-]+\.(?:ya?ml|ini|cfg))(?:$|[:,] )", re.MULTILINE)
LANGUAGES = {"yaml": "yaml", "yaml+jinja": "yaml", "console": "console", "bash": "console", "shell": "console"}
OUTPUT = "text"
ESTATE = {"jobs", "datafeeds", "data_frame_analytics", "calendars", "filters"}


@dataclass(frozen=True)
class Block:
    """An example: its language (yaml, console, text), where it stands, and what it says."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @cached_property
    def file_name(self) -> str | None:
        """The file that the reader is told to write this into: `# site.yml` on the first line."""
        found = FILE_NAME.match(self.text)
        return found[1] if found and self.language == "yaml" else None

    @cached_property
    def kind(self) -> str:
        """What it is: console, text; playbook, tasks, estate, or data that Ansible doesn't run."""
        if self.language != "yaml":
            return self.language
        content = yaml.load(self.text, _Loader)
        if isinstance(content, dict):
            return "estate" if content.keys() <= ESTATE else "data"
        if not all(isinstance(item, dict) for item in content):
            return "data"
        plays = any(name.endswith(("hosts", "import_playbook")) for item in content for name in item)
        return "playbook" if plays else "tasks"


class _Loader(yaml.SafeLoader):
    """Reads Ansible's own tags as plain values."""


_Loader.add_multi_constructor("!", lambda loader, _tag, node: loader.construct_scalar(node))


def blocks_of(page: str, text: str) -> list[Block]:
    """What stands between fences in Markdown."""
    found = []
    for fence in FENCE.finditer(text):
        indent, language, content = fence.groups()
        if language in LANGUAGES or language == OUTPUT:
            line = text.count("\n", 0, fence.start()) + 2
            content = re.sub(rf"^{indent}", "", content, flags=re.MULTILINE)
            found.append(Block(page, line, LANGUAGES.get(language, language), content))
    return found


def head_of(page: str, text: str) -> list[Block]:
    """Calls in the comment on top of a playbook."""
    head = text.split("\n- ", 1)[0]
    return [
        Block(page, head.count("\n", 0, call.start()) + 1, "console", call[1].replace("\n#", "\n") + "\n")
        for call in CALL.finditer(head)
    ]


def examples_of(page: str, text: str) -> list[Block]:
    """The EXAMPLES of a plugin in Python or of a YAML sidecar."""
    if page.endswith(".py"):
        assigned = (node for node in ast.parse(text).body if isinstance(node, ast.Assign))
        told = [ast.literal_eval(node.value) for node in assigned if node.targets[0].id == "EXAMPLES"]
    else:
        told = [yaml.safe_load(text)["EXAMPLES"]]
    return [
        Block(page, text[: text.index("EXAMPLES")].count("\n") + 2, "yaml", examples.lstrip("\n")) for examples in told
    ]


READERS = (
    ("README.md", blocks_of),
    ("docs/*.md", blocks_of),
    ("roles/*/README.md", blocks_of),
    ("playbooks/*.yml", head_of),
    ("plugins/lookup/*.py", examples_of),
    ("plugins/filter/*.py", examples_of),
    ("plugins/filter/*.yml", examples_of),
)
"""EXAMPLES of modules are run by tests/unit/test_documentation.py, which looks at their results as well."""


def all_blocks() -> dict[str, list[Block]]:
    """The examples of each page that has any."""
    files = [(file, reader) for pattern, reader in READERS for file in sorted(ROOT.glob(pattern))]
    pages = {str(file.relative_to(ROOT)): (file, reader) for file, reader in files}
    found = {page: reader(page, file.read_text()) for page, (file, reader) in pages.items()}
    return {page: blocks for page, blocks in found.items() if any(block.language != OUTPUT for block in blocks)}
