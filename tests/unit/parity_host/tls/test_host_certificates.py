"""What a host tells of a certificate file: its certificates and nothing else."""

from __future__ import annotations

import pytest
from cryptography import x509
from tls_files import DER, PKCS8, TRADITIONAL, certificate, intermediate, key, key_file, leaf, made_by_openssl

from parity_host.tls import pem
from parity_host.tls.certificates import MAX_CERTIFICATE_BYTES, MAX_CERTIFICATES, certificate_facts


def ders(text: str) -> list[bytes]:
    return [one.public_bytes(DER) for one in x509.load_pem_x509_certificates(text.encode())] if text else []


def der_of(one: bytes) -> bytes:
    return x509.load_pem_x509_certificate(one).public_bytes(DER)


@pytest.mark.parametrize("kind", ["rsa", "ec", "ed25519"])
def test_a_chain_leaves_as_it_is_and_in_its_order(kind):
    chain = [leaf(private=key(kind)), intermediate()]
    facts = certificate_facts(b"".join(chain))
    assert facts == {"pem": b"".join(chain).decode(), "unreadable": 0, "omitted": 0, "reason": ""}


@pytest.mark.parametrize("form", [PKCS8, TRADITIONAL])
@pytest.mark.parametrize("kind", ["rsa", "ec"])
@pytest.mark.parametrize("password", [None, b"a pass phrase"])
def test_keys_and_words_around_certificates_stay_on_the_host(kind, form, password):
    private = key_file(key(kind), form, password)
    one = certificate(private=key(kind))
    facts = certificate_facts(b"password: hunter2\n" + one + private + b"more words\n" + private + one)
    assert ders(facts["pem"]) == [der_of(one)] * 2
    assert "hunter2" not in facts["pem"]
    assert "words" not in facts["pem"]
    assert "PRIVATE" not in facts["pem"]
    assert private.splitlines()[2].decode() not in facts["pem"]


@pytest.mark.parametrize("label", ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"])
@pytest.mark.parametrize("form", [PKCS8, TRADITIONAL])
@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_key_under_the_label_of_a_certificate_stays_on_the_host(label, kind, form):
    facts = certificate_facts(pem.encode(label, key_file(key(kind), form, encoding=DER)))
    assert facts == {"pem": "", "unreadable": 1, "omitted": 0, "reason": "the CERTIFICATE block is damaged"}


def test_a_key_behind_a_certificate_in_one_block_stays_on_the_host():
    one = der_of(certificate())
    hidden = one + key_file(key(), encoding=DER)
    assert certificate_facts(pem.encode("CERTIFICATE", hidden))["pem"] == ""
    assert ders(certificate_facts(pem.encode("TRUSTED CERTIFICATE", hidden))["pem"]) == [one]


def test_openssl_s_own_trusted_form_is_read():
    one = certificate()
    trusted = made_by_openssl("x509", "-trustout", "-setalias", "app", given=one)
    assert b"TRUSTED" in trusted
    assert ders(certificate_facts(trusted)["pem"]) == [der_of(one)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"nothing of the kind", "no CERTIFICATE block"),
        (der_of(certificate()), "binary"),
        (key_file(key()), "no CERTIFICATE block"),
        (b" " + certificate(), "no CERTIFICATE block"),
        (certificate()[:-30], "damaged"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB*=\n-----END CERTIFICATE-----\n", "damaged"),
        (
            pem.encode("CERTIFICATE", der_of(certificate(names=tuple(f"name-{n}.example.com" for n in range(2000))))),
            "larger than",
        ),
    ],
)
def test_a_file_without_certificates_says_why(content, reason):
    facts = certificate_facts(content)
    assert facts["pem"] == ""
    assert reason in facts["reason"]


def test_a_damaged_block_among_good_ones_is_counted():
    one = certificate()
    facts = certificate_facts(one + one[: len(one) // 2] + b"\n" + one)
    assert len(ders(facts["pem"])) == 2
    assert facts["unreadable"] == 1


def test_number_and_size_are_bounded():
    facts = certificate_facts(certificate() * (MAX_CERTIFICATES + 3))
    assert len(ders(facts["pem"])) == MAX_CERTIFICATES
    assert facts["omitted"] == 3
    assert len(certificate_facts(certificate() * 5000)["pem"]) < MAX_CERTIFICATES * MAX_CERTIFICATE_BYTES * 1.4
