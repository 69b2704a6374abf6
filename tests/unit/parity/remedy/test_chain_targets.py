"""Chains of certificates: the nginx remedy reads their files too, and puts the server's own certificate first."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from parity.remedy import plan as remedies
from parity_host.nginx import text as nginx_text
from parity_host.secrets.sealing import Sealer
from parity_host.tls.certificates import certificate_facts

TODAY = datetime.date(2026, 11, 24)
MAIN = "/etc/nginx/nginx.conf"
CHAIN = "/etc/nginx/tls/chain.pem"
CONF = (
    "events {}\nhttp { server { listen 443 ssl; ssl_certificate tls/chain.pem; ssl_certificate_key tls/site.key; } }\n"
)


def signed(name: str, key: rsa.RSAPrivateKey, issuer: str, issuing: rsa.RSAPrivateKey) -> bytes:
    began = datetime.datetime(2026, 11, 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(began)
        .not_valid_after(began + datetime.timedelta(days=90))
        .sign(issuing, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def pems() -> tuple[bytes, bytes, bytes]:
    """Return the authority's certificate, the server's, and the server's key."""
    above, own = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    key = own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return signed("authority", above, "authority", above), signed("shop.example.org", own, "authority", above), key


def facts(chain: bytes) -> dict[str, Any]:
    entry = {
        "kind": "nginx",
        "service": "web",
        "container": "c",
        "main": MAIN,
        "files": {MAIN: {"text": CONF, "digest": "d"}},
        "certificates": {"tls/chain.pem": certificate_facts(chain)},
    }
    return {"engine": {"containers": []}, "config": {"found": [entry]}}


def target(chain: bytes) -> dict[str, Any]:
    finding = {
        "id": "tls.wrong-order/x",
        "rule": "tls.wrong-order",
        "status": "open",
        "environments": ["prod"],
        "service": "web",
    }
    found = remedies.targets({"findings": [finding], "services": []}, "nginx", "prod", facts(chain))
    assert [one["findings"] for one in found] == [["tls.wrong-order/x"]]
    return found[0]


def planned(audited: bytes, live: bytes) -> tuple[dict[str, Any], Sealer]:
    sealer = Sealer(b"key")
    read = {
        path: {"host_path": path, "sealed": sealer.seal(text, nginx_text.redact), "digest": path}
        for path, text in ((MAIN, CONF), (CHAIN, live.decode()))
    }
    return remedies.plan(target(audited), "nginx", read, TODAY, audited=True), sealer


def test_the_servers_certificate_is_put_first_and_a_key_beside_it_stays_hidden(pems):
    above, own, key = pems
    plan, sealer = planned(above + own + key, above + own + key)
    assert plan["accepted"]
    assert [path["path"] for path in plan["edits"]] == [MAIN, CHAIN]
    edit = plan["edits"][1]
    assert edit["digest"] == CHAIN
    assert key.splitlines()[3].decode() not in edit["sealed"]
    assert sealer.unseal(edit["sealed"], edit["sealed"]).encode() == own + above + key
    assert "moved the server certificate to the start of the chain" in " ".join(plan["said"])


def test_a_chain_that_is_in_order_and_one_that_was_changed_since_stay(pems):
    above, own, _ = pems
    plan, _ = planned(own + above, own + above)
    assert plan["before"] == plan["after"]
    plan, _ = planned(above + own, above + above + own)
    assert plan["before"] == plan["after"]
    assert [path["path"] for path in plan["edits"]] == [MAIN]


def test_a_single_certificate_is_not_read(pems):
    assert target(pems[1])["files"] == [{"path": MAIN, "digest": "d"}]
