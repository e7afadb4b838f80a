# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page's examples, run from top to bottom as its reader would, in a folder of their own and against one cluster."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path

from examples.pages import OUTPUT, Block
from examples.rules import Rules

LONGEST_SECONDS = 60
BEGIN = "set -euo pipefail\n[ -e {state} ] && source {state}\n"
END = '{{ export -p; declare -f; echo "cd $(printf %q "$PWD")"; }} > {state}\n'
HAS_TO_FAIL = "if\n{command}\nthen echo 'it did not fail'; exit 1; fi\n"
PLAY = "- hosts: localhost\n  gather_facts: false\n  tasks:\n"


@dataclass(frozen=True)
class Outcome:
    """What became of a block. `reason` says why it failed; `commands` were run, `left_out` were not."""

    output: str = ""
    reason: str = ""
    commands: int = 0
    left_out: int = 0


def commands_of(text: str) -> list[str]:
    """The commands of a console block: a line each, with those that continue it."""
    found = []
    for line in text.splitlines():
        if found and not _complete(found[-1]):
            found[-1] += f"\n{line}"
        elif line.strip() and not line.startswith("#"):
            found.append(line)
    return found


def _complete(command: str) -> bool:
    """Whether bash takes this as a whole command."""
    asked = subprocess.run(["bash", "-n", "-c", command], stderr=subprocess.PIPE, text=True, check=False)
    return not command.endswith("\\") and not asked.stderr


class Story:
    """The blocks of a page and what becomes of them.

    :arg values: what placeholders stand for: endpoint, root
    :arg env: the environment of all commands
    """

    def __init__(self, blocks: list[Block], rules: Rules, folder: Path, values: dict[str, str], env: dict[str, str]):
        self.blocks = blocks
        self.rules = rules
        self.folder = folder
        self.values = values
        self.env = env
        self.outcomes: list[Outcome] = []
        self.groups: list[int] = []

    def outcome(self, block: Block) -> Outcome:
        """Run a block, and before it those above it that were not run yet."""
        wanted = self.blocks.index(block)
        for following in self.blocks[len(self.outcomes) : wanted + 1]:
            self.outcomes.append(self._tell(following))
        return self.outcomes[wanted]

    def close(self) -> None:
        """End what was left running in the background."""
        for group in self.groups:
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def _tell(self, block: Block) -> Outcome:
        if block.language == OUTPUT:
            return self._compare(block)
        if block.kind == "console":
            return self._run_commands(block)
        if block.kind == "data" and not block.file_name:
            listed = any(self.rules.entry("not_run", block, line) for line in block.text.splitlines())
            return Outcome(left_out=1) if listed else Outcome(reason="nothing is known to be done with this data")
        return self._run_yaml(block)

    def _compare(self, block: Block) -> Outcome:
        """Each line of what is shown stands, in this order, in what the example above printed; `…` is anything."""
        said = self.outcomes[-1].output if self.outcomes else ""
        place = 0
        for line in (line.strip() for line in self._filled_in(block).splitlines() if line.strip()):
            pattern = r"\s+".join(re.escape(word).replace("…", ".*?") for word in line.split())
            found = re.compile(pattern).search(said, place)
            if not found:
                return Outcome(output=said, reason=f"the example above doesn't print: {line}")
            place = found.end()
        return Outcome(output=said, commands=1)

    def _run_yaml(self, block: Block) -> Outcome:
        text = self._filled_in(block)
        name = block.file_name or f"example-{block.line}.yml"
        file = self.folder / (f"estate-{block.line}/{name}" if block.kind == "estate" and not block.file_name else name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        if block.kind == "data" or self._called_below(block):
            return Outcome(left_out=1)
        if block.kind == "estate":
            return self._run(
                f"ansible-playbook mlops.elastic.apply -e estate_dir={file.parent.relative_to(self.folder)}"
            )
        if block.kind == "tasks":
            file = file.with_name(f"play-of-{file.name}")
            file.write_text(PLAY + textwrap.indent(text, "    "))
        return self._run(f"ansible-playbook {file.relative_to(self.folder)}")

    def _called_below(self, block: Block) -> bool:
        """Whether a command on the page names the file into which the block is to be written."""
        name = block.file_name
        folder = name and name.partition("/")[0]
        consoles = (other.text for other in self.blocks if other.language == "console")
        return bool(name) and any(name in text or f"={folder} " in text for text in consoles)

    def _run_commands(self, block: Block) -> Outcome:
        commands = commands_of(block.text)
        kept = [command for command in commands if not self.rules.entry("not_run", block, command)]
        script, says = [], []
        for command in kept:
            to_fail = self.rules.entry("fails", block, command)
            says += [to_fail["says"]] if to_fail else []
            filled = self.rules.filled_in(command, self.values)
            script.append(HAS_TO_FAIL.format(command=filled) if to_fail else filled)
        outcome = self._run("\n".join(script), commands=len(kept), left_out=len(commands) - len(kept))
        missing = [words for words in says if words not in outcome.output]
        return Outcome(outcome.output, f"it doesn't say: {missing}") if missing and not outcome.reason else outcome

    def _filled_in(self, block: Block) -> str:
        return self.rules.filled_in(block.text, self.values)

    def _run(self, script: str, commands: int = 1, left_out: int = 0) -> Outcome:
        state = self.folder / ".state"
        log = self.folder / ".output"
        whole = f"{BEGIN.format(state=state)}{script}\n{END.format(state=state)}"
        with log.open("w") as out:
            process = subprocess.Popen(
                ["bash", "-c", whole],
                cwd=self.folder,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self.groups.append(process.pid)
            try:
                status = process.wait(timeout=LONGEST_SECONDS)
                reason = f"it ended with {status}" if status else ""
            except subprocess.TimeoutExpired:
                self.close()
                reason = f"it took longer than {LONGEST_SECONDS} seconds"
        return Outcome(log.read_text(), reason, commands, left_out)
