# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m simulator`: the simulator as a process."""

import argparse
import asyncio
import signal
import sys

import uvicorn

from simulator import seed, units, versions
from simulator.app import Server, create_app
from simulator.cluster import DURATION_KINDS
from simulator.protocol import WireProtocol

IDLE_FOR = 24 * 3600  # seconds: Elasticsearch never closes a connection because nobody uses it


class Process(uvicorn.Server):
    """Uvicorn that says where it listens, and lets waiting requests go when it is told to end."""

    def __init__(self, config: uvicorn.Config, simulated: Server, scheme: str):
        super().__init__(config)
        self.simulated = simulated
        self.scheme = scheme

    async def startup(self, sockets=None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            number = self.simulated.cluster.version.number
            print(f"simulator {number} listening on {self.scheme}://{host}:{port}", flush=True)

    async def shutdown(self, sockets=None) -> None:
        self.simulated.cluster.clock.stop()
        await super().shutdown(sockets=sockets)


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9200, help="0 takes a free port")
    parser.add_argument("--version", default=versions.SUPPORTED[-1], choices=versions.SUPPORTED)
    parser.add_argument("--license", default="trial", choices=("trial", "basic", "expired"))
    parser.add_argument("--seed", help="file that says what the cluster holds")
    parser.add_argument("--security", help="file of users, roles, API keys and tokens")
    parser.add_argument("--tls-cert")
    parser.add_argument("--tls-key")
    parser.add_argument("--no-ml", action="store_true", help="answer as a distribution without machine learning")
    for kind in DURATION_KINDS:
        parser.add_argument(f"--{kind}", metavar="DURATION", help=f"how long {kind} takes")
    return parser.parse_args(given)


def main() -> None:
    options = arguments()
    given = {kind: getattr(options, kind) for kind in DURATION_KINDS}
    durations = {kind: units.duration(text, kind) for kind, text in given.items() if text is not None}
    security = seed.load(options.security) if options.security else None
    server = Server(
        options.version,
        security=security,
        durations=durations,
        licence=options.license,
        has_ml=not options.no_ml,
    )
    if options.seed:
        seed.apply(server.cluster, seed.load(options.seed))
    config = uvicorn.Config(
        create_app(server),
        host=options.host,
        port=options.port,
        ssl_certfile=options.tls_cert,
        ssl_keyfile=options.tls_key,
        http=WireProtocol,
        log_level="critical",
        access_log=False,
        lifespan="off",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=IDLE_FOR,
    )
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: sys.exit(0))
    asyncio.run(Process(config, server, "https" if options.tls_cert else "http").serve())


if __name__ == "__main__":
    main()
