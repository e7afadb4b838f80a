# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a module reaches a cluster."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  hosts:
    description:
      - Addresses of the cluster's nodes or of a proxy before them, whole, as in V(https://es.example.com:9200).
      - A port that is left out is 80 for C(http) and 443 for C(https). A path is put before those of the APIs.
      - Either all are C(http) or all are C(https). Redirects are not followed.
      - Where one address does not answer, the next one is tried.
      - Credentials inside an address are refused; use O(username) and O(password), O(api_key) or O(bearer_token).
      - If not set, the environment variable E(ELASTICSEARCH_ENDPOINTS) is used, addresses separated by commas.
    type: list
    elements: str
    default: ["http://localhost:9200"]
  cloud_id:
    description:
      - The id of an Elastic Cloud deployment, used instead of O(hosts).
      - If not set, the environment variable E(ELASTICSEARCH_CLOUD_ID) is used.
    type: str
  username:
    description:
      - The user of basic authentication. Needs O(password), and excludes O(api_key) and O(bearer_token).
      - If not set, the environment variable E(ELASTICSEARCH_USERNAME) is used.
    type: str
  password:
    description:
      - The password of O(username).
      - If not set, the environment variable E(ELASTICSEARCH_PASSWORD) is used.
    type: str
  api_key:
    description:
      - An API key, in its encoded form or as V(id:key). Excludes O(username) and O(bearer_token).
      - If not set, the environment variable E(ELASTICSEARCH_API_KEY) is used.
    type: str
  bearer_token:
    description:
      - A bearer token, such as one of a service account. Excludes O(username) and O(api_key).
      - If not set, the environment variable E(ELASTICSEARCH_BEARER_TOKEN) is used.
    type: str
  ca_cert:
    description:
      - A file or directory with the certificates of the only authorities that are trusted, read where the task runs.
      - If not set, the environment variable E(ELASTICSEARCH_CA_CERT) is used, and then the system's authorities.
    type: path
  ca_fingerprint:
    description:
      - The SHA-256 fingerprint of the only authority that is trusted, as Elasticsearch prints it at its first start.
        The server has to show that authority's certificate together with its own. That of the server's own certificate
        does as well. Names and dates are checked as ever.
      - Excludes O(ca_cert) and O(validate_certs=false).
    type: str
  client_cert:
    description:
      - A file with the certificate that the client shows (PKI realm, mutual TLS). May hold the key as well.
    type: path
  client_key:
    description:
      - A file with the private key of O(client_cert), which must have no password.
    type: path
  validate_certs:
    description:
      - Whether the server's certificate is checked. Without that, anybody on the way can read the credentials, and the
        task warns.
    type: bool
    default: true
  request_timeout:
    description:
      - Seconds to wait for the answer to one HTTP request. It is not the time that the task may take.
    type: float
    default: 60.0
  max_retries:
    description:
      - How often a request is repeated that could not be delivered, or was answered 429, each time at the next of
        O(hosts) or after a pause of 0.5 seconds, then 1, 2 and so on; C(Retry-After) is obeyed.
      - Reading requests are repeated as well where the answer was lost or cut off, and after the statuses 408, 502, 503
        and 504. A change whose answer was lost is never repeated before a look at what became of it.
    type: int
    default: 3
  parallel:
    description:
      - How many requests may be under way at once, from 1 to 64.
    type: int
    default: 8
  headers:
    description:
      - Further HTTP headers to send with each request, such as those that a proxy asks for.
      - A value here has the last word.
    type: dict
  opaque_id:
    description:
      - What is sent as C(X-Opaque-Id), by which the server's slow, audit and deprecation logs and its list of tasks
        tell who asked.
      - If not set, it names the module, as in V(mlops.elastic.ml_job).
    type: str
requirements:
  - python >= 3.9
  - elasticsearch >= 8, < 10 (the Python client, 8.x or 9.x; either works with each supported server)
notes:
  - Works with Elasticsearch 7.3 to 9.x with machine learning.
  - Modules that only read need the cluster privilege C(monitor_ml) (built-in role C(machine_learning_user)), the others
    C(manage_ml) (built-in role C(machine_learning_admin)).
  - Options of the connection are best set once, in C(module_defaults) of the group C(mlops.elastic.ml), or by their
    environment variables. The variables are read where the module runs.
"""
