# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a task trusts: authorities, fingerprints, names and dates, and certificates of its own."""

import datetime
import hashlib
import ssl
import subprocess
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from elastic_transport._node import _http_urllib3

from connection.fronts import server_context, standing
from connection.places import PASSWORD, run

UNTRUSTED = "name its authority in ca_cert, or its fingerprint in ca_fingerprint"
OTHER_FINGERPRINT = "The certificate is not the one that ca_fingerprint names"
BLIND = "validate_certs is false: the server is not known to be the one that is meant"
REFUSED_CLIENT = "client_cert"
"""In either message: a server that refuses may be gone before its reason is read."""

LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)


def fingerprint(pem: bytes) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.decode())).hexdigest()


def with_colons(digits: str) -> str:
    return ":".join(digits[i : i + 2] for i in range(0, len(digits), 2)).upper()


@pytest.fixture(scope="session")
def files(authority, tmp_path_factory):
    """Files by what is in them."""
    folder = tmp_path_factory.mktemp("files")
    stranger, client = trustme.CA(), authority.issue_cert("ann@example.com", common_name="ann")
    foreign = stranger.issue_cert("eve@example.com")
    key = client.private_key_pem.bytes()
    locked = serialization.load_pem_private_key(key, None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"a password"),
    )
    contents = {
        "ca": authority.cert_pem.bytes(),
        "other ca": stranger.cert_pem.bytes(),
        "both cas": stranger.cert_pem.bytes() + authority.cert_pem.bytes(),
        "nothing": b"no certificate\n",
        "client": client.cert_chain_pems[0].bytes(),
        "key": key,
        "client and key": client.cert_chain_pems[0].bytes() + key,
        "locked key": locked,
        "foreign": foreign.cert_chain_pems[0].bytes() + foreign.private_key_pem.bytes(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: str(folder / name) for name in contents}


def read(url, **options):
    return run("ml_job_info", hosts=[url], max_retries=0, **options)


@pytest.fixture(scope="session")
def trust(authority, files):
    """Options of trust by name."""
    prints = fingerprint(authority.cert_pem.bytes())
    return {
        "the authority": {"ca_cert": files["ca"]},
        "two authorities": {"ca_cert": files["both cas"]},
        "its fingerprint": {"ca_fingerprint": prints},
        "its fingerprint with colons": {"ca_fingerprint": with_colons(prints)},
        "nobody": {},
        "another authority": {"ca_cert": files["other ca"]},
        "another fingerprint": {"ca_fingerprint": "00" * 32},
        "everybody": {"validate_certs": False},
    }


TRUSTING = {
    "the authority": "",
    "two authorities": "",
    "its fingerprint": "",
    "its fingerprint with colons": "",
    "nobody": UNTRUSTED,
    "another authority": UNTRUSTED,
    "another fingerprint": OTHER_FINGERPRINT,
    "everybody": "",
}


@pytest.mark.parametrize("whom", TRUSTING)
def test_trust(place, trust, whom):
    options = {**place.options(username="ann", password=PASSWORD), "ca_cert": None, **trust[whom]}
    outcome = run("ml_job_info", **options)
    if TRUSTING[whom]:
        assert outcome.failed
        assert TRUSTING[whom] in outcome.msg
        assert outcome.error["type"] == "TlsError"
    else:
        assert place.lets_in(outcome), outcome.stdout
    assert (BLIND in str(outcome.result.get("warnings"))) == (whom == "everybody")
    assert PASSWORD not in outcome.stdout


def test_another_name(place):
    """The address is in the certificate, the name isn't."""
    for trust in ({}, {"ca_cert": None, "ca_fingerprint": fingerprint(Path(place.ca_file).read_bytes())}):
        options = place.options(username="ann", password=PASSWORD) | trust
        outcome = run("ml_job_info", **{**options, "hosts": [place.url.replace("127.0.0.1", "localhost")]})
        assert "The certificate is for another name: use that name in hosts" in outcome.msg


@pytest.mark.parametrize("whom", ["everybody", "the authority", "its fingerprint"])
def test_whom_one_task_trusts_the_next_does_not(newest, authority, trust, whom):
    """Both in one process: what they share learns nothing of it."""
    with standing(newest.process.address, server_context(authority.issue_cert("127.0.0.1"), authority)) as front:
        assert not read(front.url, **trust[whom]).failed
        assert UNTRUSTED in read(front.url).msg


@pytest.mark.parametrize("whom", ["the authority", "its fingerprint", "everybody"])
def test_an_expired_certificate(newest, authority, trust, whom):
    old = authority.issue_cert("127.0.0.1", not_before=LONG_AGO, not_after=LONG_AGO + datetime.timedelta(days=1))
    with standing(newest.process.address, server_context(old, authority)) as front:
        outcome = read(front.url, **trust[whom])
        if whom == "everybody":
            assert not outcome.failed
        else:
            assert "The certificate has expired: renew it on the server" in outcome.msg
            assert front.seen == []


def test_a_pinned_certificate(newest, authority):
    """The fingerprint of a server's own certificate serves as well."""
    certificate = authority.issue_cert("127.0.0.1")
    with standing(newest.process.address, server_context(certificate, authority)) as front:
        assert not read(front.url, ca_fingerprint=fingerprint(certificate.cert_chain_pems[0].bytes())).failed


@pytest.mark.parametrize("whom", ["its fingerprint", "the authority"])
def test_a_certificate_that_only_names_the_authority(newest, authority, trust, tmp_path, whom):
    """Somebody else's signature under the authority's name, shown together with its true certificate."""
    issuer = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    honest = trustme.CA().issue_cert("127.0.0.1")
    key = serialization.load_pem_private_key(honest.private_key_pem.bytes(), None)
    template = x509.load_pem_x509_certificate(honest.cert_chain_pems[0].bytes())
    names = template.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    builder = (
        x509.CertificateBuilder()
        .subject_name(template.subject)
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(template.not_valid_before_utc)
        .not_valid_after(template.not_valid_after_utc)
        .add_extension(names, False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), False)
    )
    forged = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (tmp_path / "chain").write_bytes(forged + authority.cert_pem.bytes() + honest.private_key_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "chain")
    with standing(newest.process.address, context) as front:
        outcome = read(front.url, **trust[whom], api_key="id:a-secret")
        assert outcome.failed
        assert "certificate" in outcome.msg.lower()
        assert front.seen == [], "it was believed"


MUTUAL = {
    "certificate and key": (("client", "key"), ""),
    "both in one file": (("client and key", None), ""),
    "none": ((None, None), REFUSED_CLIENT),
    "of another authority": (("foreign", None), REFUSED_CLIENT),
}


@pytest.mark.parametrize("trusted", ["the authority", "its fingerprint", "everybody"])
@pytest.mark.parametrize("shown", MUTUAL)
def test_a_client_certificate(newest, authority, files, trust, shown, trusted):
    (certificate, key), words = MUTUAL[shown]
    options = {"client_cert": certificate and files[certificate], "client_key": key and files[key]}
    context = server_context(authority.issue_cert("127.0.0.1"), authority, asks_client=True)
    with standing(newest.process.address, context) as front:
        outcome = read(front.url, **options, **trust[trusted])
        if words:
            assert outcome.failed
            assert words in outcome.msg
            assert front.seen == []
        else:
            assert not outcome.failed, outcome.msg


CERTIFICATES = {
    "none": "401 security_exception: missing authentication credentials",
    "client and key": "",
    "foreign": REFUSED_CLIENT,
}


@pytest.mark.parametrize("shown", CERTIFICATES)
def test_a_client_certificate_logs_in(genuine_place, files, shown):
    """The PKI realm knows a user by nothing else."""
    options = {} if shown == "none" else {"client_cert": files[shown]}
    outcome = genuine_place.run(**options)
    assert genuine_place.lets_in(outcome) == (not CERTIFICATES[shown]), outcome.stdout
    assert CERTIFICATES[shown] in outcome.msg


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ca_cert": "nothing"}, "ca_cert: "),
        ({"client_cert": "nothing"}, "client_cert: "),
        ({"client_cert": "client"}, "client_cert: "),
        ({"client_cert": "client", "client_key": "locked key"}, "a key must fit and have no password"),
        ({"client_cert": "foreign", "client_key": "key"}, "a key must fit and have no password"),
    ],
)
def test_a_file_that_does_not_serve(files, options, words):
    outcome = read("https://127.0.0.1:9", **{name: files[file] for name, file in options.items()})
    assert words in outcome.msg
    assert outcome.error["type"] == "bad_option"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ca_fingerprint": "abc"}, "it is not a SHA-256 fingerprint"),
        ({"ca_fingerprint": "0" * 40}, "it is not a SHA-256 fingerprint"),
        ({"ca_fingerprint": "00" * 32, "ca_cert": "ca"}, "ca_cert is set as well"),
        ({"ca_fingerprint": "00" * 32, "validate_certs": False}, "validate_certs is false"),
        ({"client_key": "key"}, "client_cert is missing"),
        ({"ca_cert": "/nowhere/ca.pem"}, "there is no such file where the task runs"),
    ],
)
def test_options_that_contradict_each_other(files, options, words):
    outcome = read("https://127.0.0.1:9", **{name: files.get(value, value) for name, value in options.items()})
    assert words in outcome.msg
    assert outcome.error["type"] == "bad_option"


def test_a_folder_of_authorities(newest, authority, files, tmp_path):
    """Files are named by a hash there, as `openssl rehash` does."""
    command = ["openssl", "x509", "-subject_hash", "-noout", "-in", files["ca"]]
    name = subprocess.check_output(command, text=True).strip()
    (tmp_path / f"{name}.0").write_bytes(authority.cert_pem.bytes())
    with standing(newest.process.address, server_context(authority.issue_cert("127.0.0.1"), authority)) as front:
        assert not read(front.url, ca_cert=str(tmp_path)).failed


def test_no_warning_without_tls(newest):
    outcome = newest.run("ml_job_info", validate_certs=False)
    assert "warnings" not in outcome.result


@pytest.mark.parametrize(("whom", "passes"), [("nobody", True), ("another authority", False)])
@pytest.mark.parametrize("brought_by", ["the system", "the client"])
def test_a_named_authority_shuts_out_the_others(newest, trust, monkeypatch, tmp_path, brought_by, whom, passes):
    """Those of the system, and those of certifi, which the client adds to any context."""
    public = trustme.CA()
    public.cert_pem.write_to_path(tmp_path / "public.pem")
    if brought_by == "the system":
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "public.pem"))
    else:
        monkeypatch.setattr(_http_urllib3, "DEFAULT_CA_CERTS", str(tmp_path / "public.pem"))
    with standing(newest.process.address, server_context(public.issue_cert("127.0.0.1"), public)) as front:
        assert read(front.url, **trust[whom]).failed != passes
