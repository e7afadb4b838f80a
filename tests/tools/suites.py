# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs suites side by side and counts their tests.

Arguments are names of suites or of groups. Those that record come first; otherwise they begin in this order, of which
the longest ought to be in front. A suite that ran no test has failed. `.build/totals` ends with one line, `N passed,
N failed`. Logs and JUnit files stay in `.build/results/SUITE`, with what the simulators recorded. The suite `model`
begins when all that record have ended, and checks what these recorded; alone, what was recorded before.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / ".build" / "results"
RECORDED = "recorded"
TIMEOUT_SECONDS = 900
SHOWN_LINES = 100
SIDE_BY_SIDE = (os.cpu_count() or 1) + 1
"""Every suite waits at times: for a server, for a package index, for time to pass."""


@dataclass(frozen=True)
class Suite:
    """A command of a virtual environment: one test, unless its JUnit files say how many.

    `tests` is what the name of a test case holds where not every case is a test: in a playbook only assertions are.
    `records`: its simulators write down what they are asked, unless it declares what no model allows on purpose.
    `last`: it reads that.
    """

    venv: str
    command: tuple[str, ...]
    counted: bool = False
    tests: str = ""
    records: bool = False
    last: bool = False


@dataclass(frozen=True)
class Outcome:
    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    log: Path


def pytest(venv: str, *folders: str, records: bool = True, last: bool = False) -> Suite:
    command = ("python", "-m", "pytest", "-q", *folders, "--junitxml={results}/pytest.xml")
    return Suite(venv, command, counted=True, records=records, last=last)


def ansible_test(venv: str, command: str, *arguments: str, **more) -> Suite:
    script = ("python", "tests/tools/ansible_test.py", command, "--venv", venv, "--junit", "{results}", *arguments)
    return Suite(venv, script, counted=True, **more)


def on_ansible_core(venv: str, suffix: str = "") -> dict[str, Suite]:
    """The suites whose outcome depends on ansible-core and on the client.

    Each leg meets every server in its integration targets; only the first does so in its unit tests as well, and only
    there is met what depends on neither. The others run their targets in a collection that was built and installed.
    """
    fewer = ("-k", "not 7.10.0 and not 7.17.29", "--ignore=tests/unit/configs") if suffix else ()
    doors = [f"--ignore=tests/doors/test_{name}.py" for name in ("bulk", "estate", "two_playbooks")] if suffix else []
    installed = ["--installed"] if suffix else []
    privileges = ["--ignore=tests/connection/test_privileges.py"] if suffix else []
    return {
        f"units{suffix}": pytest(venv, "tests/unit", "tests/modules", "--ignore=tests/unit/simulator", *fewer),
        f"doors{suffix}": pytest(venv, "tests/doors", *doors),
        f"connection{suffix}": pytest(venv, "tests/connection", *privileges),
        f"sanity{suffix}": ansible_test(venv, "sanity"),
        f"integration{suffix}": ansible_test(venv, "integration", *installed, tests=" that=", records=True),
    }


LINT = {
    "ruff": Suite(".venv", ("ruff", "check")),
    "ruff-format": Suite(".venv", ("ruff", "format", "--check")),
    "action-group": Suite(".venv", ("python", "tests/tools/action_group.py")),
    "yamllint": Suite(".venv-lint", ("yamllint", "--strict", ".")),
    "ansible-lint": Suite(".venv-lint", ("ansible-lint",)),
    "changelog": Suite(".venv-lint", ("antsibull-changelog", "lint")),
    "docs": Suite(
        ".venv-lint",
        ("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "all", "."),
    ),
    "licences": Suite(".venv-lint", ("reuse", "lint", "--lines")),
}
SUITES = {
    **on_ansible_core(".venv"),
    **on_ansible_core(".venv-leg-2.17", "-2.17"),
    **on_ansible_core(".venv-leg-2.18", "-2.18"),
    **on_ansible_core(".venv-leg-2.20", "-2.20"),
    "demo": Suite(".venv", ("python", "tests/tools/demo.py"), records=True),
    "release": pytest(".venv", "tests/release"),
    "simulator": pytest(".venv", "tests/unit/simulator"),
    "contract": pytest(".venv", "tests/contract"),
    "faults": pytest(".venv", "tests/faults"),
    "properties": pytest(".venv", "tests/properties", records=False),
    "present": pytest(".venv", "tests/present", records=False),
    "report": pytest(".venv", "tests/report"),
    "awx": pytest(".venv", "tests/awx", records=False),
    "examples": pytest(".venv", "tests/examples", records=False),
    "site": Suite(".venv-lint", ("python", "tests/tools/site.py")),
    "model": pytest(".venv", "tests/model", records=False, last=True),
    **LINT,
}
GROUPS = {"lint": tuple(LINT)}


def execute(suite: Suite, results: Path, log: Path) -> bool:
    """Whether the command of a suite succeeded. Bytecode is kept: suites start hundreds of processes."""
    programs = ROOT / suite.venv / "bin"
    program, *arguments = (argument.format(results=results) for argument in suite.command)
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env |= {"PATH": f"{programs}:{os.environ['PATH']}"}
    env |= {"SIMULATOR_RECORD": str(results / RECORDED)} if suite.records else {}
    with log.open("w") as out:
        try:
            command = [programs / program, *arguments]
            return subprocess.call(command, cwd=ROOT, env=env, stdout=out, stderr=out, timeout=TIMEOUT_SECONDS) == 0
        except subprocess.TimeoutExpired as error:
            out.write(f"{error}\n")
            return False


def count(suite: Suite, results: Path, succeeded: bool) -> tuple[int, int, int]:
    """How many tests passed, failed and were skipped. A playbook may rescue what fails in it: the command decides."""
    if not suite.counted:
        return int(succeeded), int(not succeeded), 0
    cases = [case for file in results.glob("*.xml") for case in ElementTree.parse(file).iter("testcase")]
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    others = [case for case in cases if case not in failed and suite.tests in case.get("name", "")]
    skipped = sum(case.find("skipped") is not None for case in others)
    return len(others) - skipped, 0 if succeeded else max(len(failed), 1), skipped


def run(name: str) -> Outcome:
    results = RESULTS / name
    log = results / "log"
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    began = time.monotonic()
    succeeded = execute(SUITES[name], results, log)
    passed, failed, skipped = count(SUITES[name], results, succeeded)
    if not passed and not failed:
        failed = 1
        with log.open("a") as out:
            out.write(f"{name}: no test ran\n")
    return Outcome(name, passed, failed, skipped, time.monotonic() - began, log)


def shown(outcome: Outcome) -> list[str]:
    """The end of a failed suite's log; of another one, what pytest says after its tests: sizes, what was skipped."""
    lines = outcome.log.read_text().splitlines()
    if outcome.failed:
        return [*lines[-SHOWN_LINES:], f"all of it: {outcome.log.relative_to(ROOT)}"]
    tests_end = max((number for number, line in enumerate(lines) if line.endswith("[100%]")), default=len(lines))
    return [f"    {line}" for line in lines[tests_end + 1 : -1]]


def report(outcome: Outcome) -> None:
    verdict = "FAILED" if outcome.failed else "ok"
    counts = f"{outcome.passed:5} passed {outcome.failed:3} failed {outcome.skipped:3} skipped"
    print(*shown(outcome), f"{verdict:6} {outcome.name:17} {counts} {outcome.seconds:6.1f} s", sep="\n", flush=True)


def run_all(names: list[str]) -> list[Outcome]:
    """What reads recordings begins when nothing that records is under way."""
    outcomes = []
    last = [name for name in names if SUITES[name].last]
    first = sorted((name for name in names if name not in last), key=lambda name: not SUITES[name].records)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        running = {pool.submit(run, name): name for name in first}
        while running or last:
            if last and not any(SUITES[name].records for name in running.values()):
                running |= {pool.submit(run, name): name for name in last}
                last = []
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                del running[future]
                outcomes.append(future.result())
                report(outcomes[-1])
    return outcomes


def main(names: list[str]) -> int:
    suites = [suite for name in names for suite in GROUPS.get(name, (name,))]
    if any(SUITES[name].records for name in suites):
        for recorded in RESULTS.glob(f"*/{RECORDED}"):
            shutil.rmtree(recorded)
    outcomes = run_all(suites)
    passed, failed = (sum(getattr(outcome, field) for outcome in outcomes) for field in ("passed", "failed"))
    (RESULTS.parent / "totals").write_text(f"{passed} passed, {failed} failed\n")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
