# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python forge.py SOCKET`: ansible and ansible-playbook for those who call them often, forked from a process that has
imported Ansible already. Programs that `write_programs` made stand in for them in a PATH."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import warnings
from importlib import import_module
from pathlib import Path
from select import select

COLLECTION = "ansible_collections.mlops.elastic"
PROGRAMS = ("ansible", "ansible-playbook")
LONGEST_CALL = 200_000
STAND_IN = """#!{python} -SE
import json, os, socket, sys
caller = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
caller.connect({address!r})
call = {{"argv": sys.argv, "env": dict(os.environ), "cwd": os.getcwd()}}
socket.send_fds(caller, [json.dumps(call).encode()], [0, 1, 2])
sys.exit(int(caller.recv(16)))
"""


def write_programs(folder: Path, address: Path) -> None:
    """The stand-ins, which hand themselves over to the process that listens at the address."""
    for name in PROGRAMS:
        program = folder / name
        program.write_text(STAND_IN.format(python=sys.executable, address=str(address)))
        program.chmod(0o755)


def load() -> dict:
    """Import what every run needs; gives the command line interfaces by their names."""
    from ansible.cli.adhoc import AdHocCLI
    from ansible.cli.playbook import PlaybookCLI
    from ansible.plugins import loader

    warnings.filterwarnings("ignore", message="AnsibleCollectionFinder has already been configured")
    loader.init_plugin_loader()
    for module in ("elasticsearch", "ansible_collections.ansible.builtin", COLLECTION):
        import_module(module)
    for file in Path(import_module(COLLECTION).__path__[0], "plugins", "modules").glob("*.py"):
        import_module(f"{COLLECTION}.plugins.modules.{file.stem}")
    for plugins in (loader.filter_loader, loader.test_loader):
        list(plugins.all())
    loader.strategy_loader.get("linear", class_only=True)
    gc.freeze()
    return dict(zip(PROGRAMS, (AdHocCLI, PlaybookCLI)))


def run(interfaces: dict, call: dict, streams: list[int]) -> int:
    """One call, in a process that is to end with it."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.environ.clear()
    os.environ.update(call["env"])
    os.chdir(call["cwd"])
    sys.argv = call["argv"]
    try:
        interfaces[Path(sys.argv[0]).name].cli_executor(sys.argv)
    except SystemExit as end:
        return end.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def ended(child: int, caller: socket.socket) -> int | None:
    """Wait for a child; one whose caller goes away is killed."""
    process = os.pidfd_open(child)
    ready, _none, _none = select([process, caller], [], [])
    if process not in ready:
        os.kill(child, signal.SIGKILL)
    os.close(process)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status if process in ready else None


def serve(address: str) -> None:
    interfaces = load()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(address)
    listener.listen()
    print("listening", flush=True)
    while True:
        caller, _address = listener.accept()
        text, streams, _flags, _address = socket.recv_fds(caller, LONGEST_CALL, 3)
        child = os.fork()
        if not child:
            os._exit(run(interfaces, json.loads(text), streams))
        for stream in streams:
            os.close(stream)
        status = ended(child, caller)
        if status is not None:
            caller.send(str(status).encode())
        caller.close()


if __name__ == "__main__":
    serve(sys.argv[1])
