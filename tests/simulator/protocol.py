# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uvicorn's HTTP protocol with a way for the application to drop a connection."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

EXTENSION = "simulator.connection"


class DroppingProtocol(HttpToolsProtocol):
    """Puts the connection's transport into the extensions of a request's scope."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: self.transport}


async def drop_connection(scope, receive) -> None:
    """Close the client's connection without an answer."""
    transport = scope.get("extensions", {}).get(EXTENSION)
    if transport is None:
        raise ConnectionResetError("the simulator dropped the connection")
    transport.abort()
    await receive()
