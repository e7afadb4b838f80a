# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor: a plain script that sends the requests on its standard input, [[method, target], ...], one by one.

Prints the seconds from building the client to the last reply.
"""

import json
import sys
import time

from elasticsearch import Elasticsearch


def main() -> None:
    requests = json.load(sys.stdin)
    started = time.perf_counter()
    client = Elasticsearch(sys.argv[1], request_timeout=60).options(ignore_status=404)
    for method, target in requests:
        client.perform_request(method, target, headers={"accept": "application/json"})
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
