# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a job of a private data directory as AWX does: sends it to a worker, and processes what that replies.

The arguments are the directory of the controller and that of the worker; from stdin come the arguments of
ansible_runner.run as JSON. Prints the environment that AWX is told of, before it hides anything in it.
"""

import json
import sys
import tempfile

import ansible_runner


def main(controller: str, worker: str) -> None:
    told = {}

    def note(status: dict, runner_config) -> None:
        if status["status"] == "starting":
            told.update(runner_config.env)

    job = json.load(sys.stdin)
    with tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as replied:
        ansible_runner.run(
            streamer="transmit", _output=sent, private_data_dir=controller, suppress_env_files=True, quiet=True, **job
        )
        sent.seek(0)
        ansible_runner.run(streamer="worker", _input=sent, _output=replied, private_data_dir=worker)
        replied.seek(0)
        ansible_runner.run(
            streamer="process",
            _input=replied,
            private_data_dir=controller,
            ident=job["ident"],
            status_handler=note,
            quiet=True,
        )
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
