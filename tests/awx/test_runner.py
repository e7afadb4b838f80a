# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of the example in ansible-runner: events, statistics, output; and no secret in what it leaves."""

import base64

import pytest
import yaml

from awx.conftest import KEY, PASSWORD, SECRETS, TOKEN, USER
from awx.running import COMMAND, forms, is_private, leaks

ENCODED = base64.b64encode(KEY.encode()).decode()
ESTATE = {"estate_dir": "estate"}
COMPARED = "Hold the cluster against the declaration"
WRONG = PASSWORD[::-1]
AS_MODULES = {"ML_ELASTIC_IN_PROCESS": "0"}


@pytest.fixture(scope="module")
def runs(runner, connected):
    """One run after another, by name: each with another kind of credential, most of them at the highest verbosity."""
    done = {}

    def run(name, playbook, variables, who, *options, **more):
        done[name] = runner.run(name, playbook, variables, connected(**who)[0] | more, *options)

    run("apply", "apply.yml", ESTATE | {"estate_max_affected": 20}, {"api_key": KEY}, "-vvv")
    file = runner.project / "estate" / "jobs" / "demo-orders.yml"
    file.write_text(file.read_text().replace("32mb", "64mb"))
    run("drift", "drift.yml", ESTATE, {"username": USER, "password": PASSWORD}, "--cmdline=--diff")
    named = {"close_jobs": "demo-web, demo-logins", "close_jobs_exclude": "demo-front*", "close_jobs_max_affected": 2}
    run("close", "close_jobs.yml", named, {"api_key": ENCODED}, "-vvvv", **AS_MODULES)
    run("health", "health.yml", {}, {"bearer_token": TOKEN}, "-vvv")
    paused = {"window_state": "paused", "window_jobs": "demo-web", "window_file": ""}
    run("pause", "maintenance_window.yml", paused, {"api_key": KEY}, "-vvv")
    handed_on = paused | {"window_state": "resumed"} | done["pause"].statistics
    run("resume", "maintenance_window.yml", handed_on, {"api_key": KEY}, "-vvv")
    return done


@pytest.fixture(scope="module")
def remote(runs, runner, connected):
    """A run that was sent to a worker, with a wrong password; and the environment of it that AWX stores."""
    given, shown = connected(username=USER, password=WRONG)
    run, told = runner.run_remotely("refused", "drift.yml", ESTATE, given | AS_MODULES)
    return run, told | shown


def test_estate_is_applied(runs):
    run = runs["apply"]
    assert run.status == 0, run.stdout
    (result,) = run.results(COMPARED)
    assert result["changed"]
    report = run.statistics["deploy_report"]
    assert (report["changed"], report["failed"], report["msg"]) == (True, False, result["msg"])
    assert [job["job_id"] for job in report["jobs"]] == ["demo-orders", "demo-returns"]
    assert "created 2 jobs (demo-orders, demo-returns)" in run.stdout
    assert "task path: " in run.stdout, "it is as talkative as it should be"


def test_drift_is_shown(runs):
    run = runs["drift"]
    assert run.status == 2
    (result,) = run.results(COMPARED)
    (diff,) = result["diff"]
    assert diff["before_header"] == "jobs/demo-orders"
    assert run.statistics["estate_drift"]["drift"] is True
    assert [job["job_id"] for job in run.statistics["deploy_report"]["jobs"]] == ["demo-orders"]
    (failed,) = (event for event in run.events if event["event"] == "runner_on_failed")
    assert "would update 1 job (demo-orders)" in failed["event_data"]["res"]["msg"]
    assert "model_memory_limit: 64mb" in run.stdout


def test_jobs_are_closed_by_expression(runs):
    run = runs["close"]
    assert run.status == 0, run.stdout
    assert run.statistics == {"closed_jobs": ["demo-checkout", "demo-logins"]}
    (result,) = run.results("Close them, and stop their datafeeds")
    assert {job["job_id"]: job["state"] for job in result["jobs"]} == dict.fromkeys(
        run.statistics["closed_jobs"], "closed"
    )


def test_problems_are_found(runs):
    run = runs["health"]
    assert run.status == 2
    found = {problem["id"]: problem["kind"] for problem in run.statistics["health_problems"]}
    assert found["demo-payments"] == "failed"


def test_what_was_paused_is_resumed_by_the_next_job(runs):
    for name, state in {"pause": "closed", "resume": "opened"}.items():
        assert runs[name].status == 0, runs[name].stdout
        (result,) = runs[name].results({"closed": "Close the jobs", "opened": "Open the jobs"}[state])
        assert [(job["job_id"], job["state"]) for job in result["jobs"] if job["changed"]] == [("demo-frontend", state)]
    record = runs["pause"].statistics["maintenance_window_record"]
    assert [feed["datafeed_id"] for feed in record["datafeeds"]] == ["datafeed-demo-frontend"]
    assert runs["resume"].statistics["maintenance_window_record"] == {}


def test_wrong_credentials_are_refused(remote):
    run, _stored = remote
    assert run.status == 2
    (result,) = run.results(COMPARED)
    assert result["error"]["status"] == 401
    assert run.statistics["deploy_report"]["failed"] is True


@pytest.mark.parametrize("name", ["apply", "drift", "close", "health", "pause", "resume"])
def test_no_secret_is_left(runs, name):
    assert leaks(runs[name].folder, SECRETS) == []


def test_no_secret_is_left_by_a_job_that_a_worker_ran(remote, runner):
    run, stored = remote
    wrong = [WRONG, f"{USER}:{WRONG}"]
    assert leaks(run.folder, wrong) == []
    assert leaks(runner.worker, wrong) == []
    assert not [value for value in stored.values() for secret in wrong for form in forms(secret) if form in value]
    assert stored["ELASTICSEARCH_PASSWORD"] == "**********"


def test_no_secret_is_left_anywhere_else(runs, runner):
    for name in ("project", "inventory", "home"):
        assert leaks(runner.folder / name, SECRETS) == []


def test_runner_itself_writes_the_environment_down(runs):
    """Only this file of ansible-runner has it; docs/awx.md says so."""
    run = runs["drift"]
    assert run.command()["env"]["ELASTICSEARCH_PASSWORD"] == PASSWORD
    assert is_private(run.folder / COMMAND)


LEAKING = [
    {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "tasks": [{"debug": {"msg": "{{ lookup('env', 'ELASTICSEARCH_API_KEY') | b64encode }}"}}],
    }
]


def test_a_leak_is_found(runner, connected):
    (runner.project / "leaking.yml").write_text(yaml.safe_dump(LEAKING))
    run = runner.run("leaking", "leaking.yml", {}, connected(api_key=KEY)[0])
    assert run.status == 0, run.stdout
    found = leaks(run.folder, [KEY])
    assert "stdout" in found
    assert any(name.startswith("job_events/") for name in found)
