# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""How to reach a cluster: the options, what they exclude, and the official client built from them."""

from __future__ import annotations

import base64
import os
import re
from urllib.parse import urlsplit

from ansible.module_utils.basic import env_fallback, missing_required_lib

from ansible_collections.mlops.elastic.plugins.module_utils import redaction, tls
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption, MlError

CONNECTION_SPEC = {
    "hosts": {
        "type": "list",
        "elements": "str",
        "default": ["http://localhost:9200"],
        "fallback": (env_fallback, ["ELASTICSEARCH_ENDPOINTS"]),
    },
    "cloud_id": {"type": "str", "fallback": (env_fallback, ["ELASTICSEARCH_CLOUD_ID"])},
    "username": {"type": "str", "fallback": (env_fallback, ["ELASTICSEARCH_USERNAME"])},
    "password": {"type": "str", "no_log": True, "fallback": (env_fallback, ["ELASTICSEARCH_PASSWORD"])},
    "api_key": {"type": "str", "no_log": True, "fallback": (env_fallback, ["ELASTICSEARCH_API_KEY"])},
    "bearer_token": {"type": "str", "no_log": True, "fallback": (env_fallback, ["ELASTICSEARCH_BEARER_TOKEN"])},
    "ca_cert": {"type": "path", "fallback": (env_fallback, ["ELASTICSEARCH_CA_CERT"])},
    "ca_fingerprint": {"type": "str"},
    "client_cert": {"type": "path"},
    "client_key": {"type": "path", "no_log": False},
    "validate_certs": {"type": "bool", "default": True},
    "request_timeout": {"type": "float", "default": 60.0},
    "max_retries": {"type": "int", "default": 3},
    "parallel": {"type": "int", "default": 8},
    "headers": {"type": "dict", "no_log": True},
    "opaque_id": {"type": "str"},
}

_OLDEST_CLIENT, _NEWEST_CLIENT = 8, 9
_PORTS = {"http": 80, "https": 443}
_FILES = ("ca_cert", "client_cert", "client_key")
_CREDENTIALS = ("username", "api_key", "bearer_token")
_SENT_AS_THEY_ARE = ("api_key", "bearer_token", "opaque_id")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNSENDABLE = re.compile(r"[^\x20-\x7e]|^ | $")
"""What no value of a header may hold; the standard library would repeat the value, a secret perhaps, in its error."""


class MissingClient(MlError):
    """The C(elasticsearch) package is absent, too old or too new where the task runs."""


def validate(params):
    """Refuse connection options that contradict each other or cannot be used.

    :raises BadOption: two kinds of credentials, half a pair, an unusable address
    """
    given = [name for name in _CREDENTIALS if params[name]]
    if len(given) > 1:
        raise BadOption(
            " and ".join(given),
            "(credentials)",
            "they are two kinds of credentials",
            "Keep one of them; each may also come from its ELASTICSEARCH_* environment variable.",
        )
    _both_or_neither(params, "username", "password")
    _both_or_neither(params, "client_key", "client_cert", needs_first=False)
    if given and any(name.lower() == "authorization" for name in params["headers"] or {}):
        raise BadOption("headers", "Authorization", f"{given[0]} is set as well", "Keep one kind of credentials.")
    if params["request_timeout"] <= 0:
        raise BadOption("request_timeout", params["request_timeout"], "it is not above 0", "Give seconds, such as 60.")
    if params["max_retries"] < 0:
        raise BadOption("max_retries", params["max_retries"], "it is below 0", "Give 0 for a single attempt.")
    _check_headers(params)
    _check_trust(params)
    for name in _FILES:
        if redaction.is_content(params[name] or ""):
            raise BadOption(
                name, "(its value)", "it is a certificate or a key", "Write it to a file and name the file."
            )
        if params[name] and not os.path.exists(params[name]):
            raise BadOption(name, params[name], "there is no such file where the task runs", "Check the path.")
    if not 1 <= params["parallel"] <= 64:
        raise BadOption("parallel", params["parallel"], "it is not from 1 to 64", "Leave it at 8 unless you measured.")
    if not params["cloud_id"]:
        _check_hosts(params["hosts"])
    elif redaction.secrets_in({"cloud_id": params["cloud_id"]}):
        raise BadOption("cloud_id", "(its value)", "it carries credentials", "Use username and password, or api_key.")


def _both_or_neither(params, first, second, needs_first=True):
    if params[first] and not params[second]:
        raise BadOption(first, params[first], f"{second} is missing", f"Set both {first} and {second}.")
    if needs_first and params[second] and not params[first]:
        raise BadOption(second, "(given)", f"{first} is missing", f"Set both {first} and {second}.")


def _check_headers(params):
    for name in _SENT_AS_THEY_ARE:
        _check_sendable(name, params[name] or "")
    if ":" in (params["username"] or ""):
        raise BadOption("username", "(given)", "it holds a colon", "Basic authentication knows no such user.")
    for name, value in (params["headers"] or {}).items():
        if not _HEADER_NAME.fullmatch(name):
            raise BadOption("headers", "(a name)", "it is not the name of an HTTP header", "Use letters and hyphens.")
        _check_sendable(f"headers: {name}", str(value))


def _check_sendable(option, value):
    if _UNSENDABLE.search(value):
        raise BadOption(
            option,
            "(its value)",
            "it begins or ends with a blank, or holds a line break or another character that no HTTP header may have",
            "What is read from a file or a command may end with a line break: use the filter trim.",
        )


def _check_trust(params):
    fingerprint = params["ca_fingerprint"]
    if not fingerprint:
        return
    if not tls.normalized(fingerprint):
        raise BadOption("ca_fingerprint", fingerprint, "it is not a SHA-256 fingerprint", "Give its 64 hex digits.")
    if params["ca_cert"]:
        raise BadOption(
            "ca_fingerprint",
            fingerprint,
            "ca_cert is set as well",
            "Keep one of them; ca_cert may also come from ELASTICSEARCH_CA_CERT.",
        )
    if not params["validate_certs"]:
        raise BadOption("ca_fingerprint", fingerprint, "validate_certs is false", "Keep one of them.")


def warnings(params):
    """Return what a user has to be told about options that work, but do not protect."""
    if params["validate_certs"] or not uses_tls(params):
        return []
    return [
        "validate_certs is false: the server is not known to be the one that is meant, and anybody on the way can read "
        "the credentials. Name its authority in ca_cert, or its fingerprint in ca_fingerprint."
    ]


def uses_tls(params):
    return bool(params["cloud_id"]) or any(host.startswith("https:") for host in params["hosts"] or [])


def _check_hosts(hosts):
    if not hosts:
        raise BadOption("hosts", hosts, "the list is empty", "Name at least one address, http://localhost:9200.")
    for host in hosts:
        if "@" in host:
            raise BadOption(
                "hosts",
                host.rpartition("@")[2],
                "the address carries credentials",
                "Use username and password, or api_key.",
            )
        if not _is_address(host):
            raise BadOption(
                "hosts", host, "it is not an http or https address", "Write it whole: https://es.example.com:9200."
            )
    if len({urlsplit(host).scheme for host in hosts}) > 1:
        raise BadOption("hosts", ", ".join(hosts), "http and https are mixed", "Write https:// for all of them.")


def _is_address(host):
    try:
        url = urlsplit(host)
        whole = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
        return whole and not url.query and not url.fragment and not _UNSENDABLE.search(host) and " " not in host
    except ValueError:
        return False


def authorization(params):
    """Return the value of the C(Authorization) header, or None."""
    if params["api_key"]:
        key = params["api_key"]
        return "ApiKey " + (_base64(key) if ":" in key else key)
    if params["bearer_token"]:
        return "Bearer " + params["bearer_token"]
    if params["username"]:
        return "Basic " + _base64("{}:{}".format(params["username"], params["password"]))
    return None


def _base64(text):
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def build_client(params, connections):
    """Return the official client; its node pool, TLS and cloud id handling do the work.

    Timeouts and retries are the caller's, request by request; the client's own settings do not reach its transport.

    :arg connections: connections kept per node
    :raises MissingClient: no C(elasticsearch) 8.x or 9.x here
    """
    try:
        import elasticsearch
    except ImportError as error:
        raise MissingClient(missing_required_lib("elasticsearch"), type="missing_library") from error
    _check_client(getattr(elasticsearch, "__version__", None))
    arguments = {"connections_per_node": connections}
    if params["cloud_id"]:
        arguments["cloud_id"] = params["cloud_id"]
    else:
        arguments["hosts"] = [_with_port(host) for host in params["hosts"]]
    try:
        if uses_tls(params):
            arguments.update(_tls(params))
        return elasticsearch.Elasticsearch(**arguments)
    except (ValueError, OSError) as error:
        raise MlError(
            f"the connection options cannot be used: {error}. Check hosts and cloud_id",
            type="bad_option",
            reason=str(error),
        ) from error


def _check_client(version):
    remedy = "install elasticsearch 8.x or 9.x where the task runs; either works with servers from 7.3 to 9.x"
    if not isinstance(version, tuple):
        raise MissingClient(
            f"the Python package elasticsearch is not the official client: {remedy}", type="missing_library"
        )
    if not _OLDEST_CLIENT <= version[0] <= _NEWEST_CLIENT:
        raise MissingClient(
            f"the Python package elasticsearch {'.'.join(map(str, version))} is too "
            f"{'old' if version[0] < _OLDEST_CLIENT else 'new'}: {remedy}",
            type="missing_library",
        )


def _with_port(host):
    url = urlsplit(host)
    if url.port:
        return host
    name = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    return f"{url.scheme}://{name}:{_PORTS[url.scheme]}{url.path}"


def _tls(params):
    options = {"ssl_context": tls.context(params, _tls_addresses(params))}
    return options if params["validate_certs"] else dict(options, verify_certs=False, ssl_show_warn=False)


def _tls_addresses(params):
    if params["cloud_id"]:
        from elastic_transport.client_utils import parse_cloud_id

        return [parse_cloud_id(params["cloud_id"]).es_address]
    urls = [urlsplit(_with_port(host)) for host in params["hosts"]]
    return [(url.hostname, url.port) for url in urls]
