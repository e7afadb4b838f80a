# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of curl as the examples use, for machines that have none."""

from __future__ import annotations

import argparse
import base64
import shutil
import ssl
import sys
import urllib.error
import urllib.request
from pathlib import Path

STAND_IN = '#!/bin/sh\nexec "{python}" "{script}" "$@"\n'
HTTP_ERROR = 22


def provide(folder: Path) -> None:
    """Put this into a folder of PATH, unless there is a curl."""
    if shutil.which("curl") is None:
        program = folder / "curl"
        program.write_text(STAND_IN.format(python=sys.executable, script=__file__))
        program.chmod(0o755)


def arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="curl", allow_abbrev=False)
    parser.add_argument("-s", "-S", action="store_true")
    parser.add_argument("--fail", action="store_true", required=True)
    parser.add_argument("--cacert")
    parser.add_argument("-u", "--user")
    parser.add_argument("-X", "--request")
    parser.add_argument("-H", "--header", action="append", default=[])
    parser.add_argument("--data")
    parser.add_argument("address")
    return parser.parse_args(given)


def main(given: list[str]) -> int:
    options = arguments(given)
    headers = dict(header.split(": ", 1) for header in options.header)
    if options.user:
        headers["Authorization"] = f"Basic {base64.b64encode(options.user.encode()).decode()}"
    data = options.data and (
        Path(options.data[1:]).read_bytes() if options.data.startswith("@") else options.data.encode()
    )
    request = urllib.request.Request(options.address, data, headers, method=options.request)
    trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=options.cacert))
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({}), trust).open(request) as reply:
            sys.stdout.buffer.write(reply.read())
    except urllib.error.HTTPError as error:
        print(f"curl: ({HTTP_ERROR}) The requested URL returned error: {error.code}", file=sys.stderr)
        return HTTP_ERROR
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
