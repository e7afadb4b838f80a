# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Whom a connection trusts, and what a failed handshake means.

The official client looks for a fingerprint in the chain that OpenSSL puts together by names, without a look at the
signatures: a certificate that only claims to come from the authority passes. It also adds the public authorities to
whatever is named. So the context is made here.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
import ssl

from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption, Unreachable

_DER = 2
"""C(_ssl.ENCODING_DER)."""

_PARTIAL_CHAIN = 0x80000
"""C(X509_V_FLAG_PARTIAL_CHAIN): a trusted certificate need not be its own issuer. Named in C(ssl) since Python 3.10."""


class _Context(ssl.SSLContext):
    """Once C(complete), it takes in no further authorities."""

    complete = False

    def load_verify_locations(self, cafile=None, capath=None, cadata=None):
        if not self.complete:
            super().load_verify_locations(cafile, capath, cadata)


def context(params, addresses):
    """Return the SSLContext that the options describe.

    :arg addresses: (host, port) of each node; with C(ca_fingerprint), the first to answer is asked for its certificates
    :raises BadOption: a file that holds no certificate or no key
    :raises Unreachable: with C(ca_fingerprint), no node answers, or none shows that certificate
    """
    made = _context(params)
    if not params["validate_certs"]:
        return _unverified(made)
    if params["ca_cert"]:
        kind = "capath" if os.path.isdir(params["ca_cert"]) else "cafile"
        _load("ca_cert", params["ca_cert"], lambda: made.load_verify_locations(**{kind: params["ca_cert"]}))
        made.complete = True
    elif params["ca_fingerprint"]:
        made.load_verify_locations(cadata=_authority(params, addresses))
        made.verify_flags |= _PARTIAL_CHAIN
        made.complete = True
    else:
        made.load_default_certs()
    return made


def _context(params):
    made = _Context(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    certificate, key = params["client_cert"], params["client_key"]
    if certificate:  # an empty password, lest OpenSSL asks for one on the terminal
        _load("client_cert", certificate, lambda: made.load_cert_chain(certificate, key, password=""))
    return made


def _unverified(made):
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


def _load(option, path, load):
    try:
        load()
    except OSError as error:
        raise BadOption(
            option, path, f"it cannot be used ({error})", "Give a PEM file; a key must fit and have no password."
        ) from error


def normalized(fingerprint):
    """Return a SHA-256 fingerprint without colons in lower case, or None where it is none."""
    digits = fingerprint.replace(":", "").lower()
    return digits if re.fullmatch(r"[0-9a-f]{64}", digits) else None


def _authority(params, addresses):
    """Return the certificate with the wanted fingerprint, which any node of the cluster shows."""
    problem = None
    for host, port in addresses:
        try:
            shown = _shown(_unverified(_context(params)), host, port, params["request_timeout"])
        except OSError as error:
            problem = problem or (f"no answer from {host}:{port}: {error}", advice(str(error)), error)
            continue
        for certificate in shown:
            if hashlib.sha256(certificate).hexdigest() == normalized(params["ca_fingerprint"]):
                return certificate
        problem = (f"{host}:{port} shows no certificate with that fingerprint", _OTHER_FINGERPRINT, None)
    said, remedy, cause = problem
    kind = "TlsError" if cause is None or isinstance(cause, ssl.SSLError) else "ConnectionError"
    raise Unreachable(f"could not check ca_fingerprint: {said}. {remedy}.", type=kind, reason=said) from cause


def _shown(unverified, host, port, seconds):
    """Return the certificates that a node shows, as DER; Python before 3.10 knows its own only."""
    plain = socket.create_connection((host, port), timeout=seconds)
    with plain, unverified.wrap_socket(plain, server_hostname=host) as tls:
        if hasattr(tls, "get_unverified_chain"):  # Python 3.13
            return tls.get_unverified_chain()
        if hasattr(tls._sslobj, "get_unverified_chain"):
            return [certificate.public_bytes(_DER) for certificate in tls._sslobj.get_unverified_chain()]
        return [tls.getpeercert(binary_form=True)]


_OTHER_FINGERPRINT = "The certificate is not the one that ca_fingerprint names"
_UNTRUSTED = "The certificate is not trusted: name its authority in ca_cert, or its fingerprint in ca_fingerprint"
_ADVICE = (
    (r"WRONG_VERSION_NUMBER|record layer|UNKNOWN_PROTOCOL", "The port does not speak TLS: write http:// in hosts"),
    (r"hostname|doesn't match|not valid for", "The certificate is for another name: use that name in hosts"),
    (r"has expired", "The certificate has expired: renew it on the server"),
    (
        r"alert|certificate required",
        "The server refuses the client's certificate, or misses one: check client_cert and client_key",
    ),
    (r"CERTIFICATE_VERIFY_FAILED|self.signed|unable to get", _UNTRUSTED),
)


def advice(said):
    """Return what to do about the words of a failed handshake or connection."""
    for pattern, text in _ADVICE:
        if re.search(pattern, said, re.IGNORECASE):
            return text
    return "Check hosts, and whether the server runs"
