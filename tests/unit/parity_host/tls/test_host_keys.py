"""What a host tells of a private key file: a digest of its public half, held against cryptography, or why not."""

from __future__ import annotations

import base64
import json
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tls_files import DER, OPENSSH, PEM, PKCS8, SPKI, TRADITIONAL, certificate, digest, key, key_file, made_by_openssl

from parity_host.tls import certificates, der, pem
from parity_host.tls.certificates import key_facts

NO_OPENSSL = "no-such-program"
KINDS = {"rsa": "RSA", "rsa1024": "RSA", "rsa4096": "RSA", "ec": "EC", "ec384": "EC", "ec521": "EC", "k256": "EC"}
KEYS = [
    ("rsa", PKCS8),
    ("rsa", TRADITIONAL),
    ("rsa1024", TRADITIONAL),
    ("rsa4096", PKCS8),
    ("ec", PKCS8),
    ("ec", TRADITIONAL),
    ("ec384", PKCS8),
    ("ec521", TRADITIONAL),
    ("k256", PKCS8),
]
BY_ARITHMETIC = [("ed25519", PKCS8), ("ed448", PKCS8), ("dsa", PKCS8), ("dsa", TRADITIONAL)]
FUZZ = settings(max_examples=400, deadline=None)


@pytest.mark.parametrize(("kind", "form"), KEYS)
def test_the_digest_is_that_of_cryptography_without_any_program(kind, form):
    facts = key_facts(key_file(key(kind), form), NO_OPENSSL)
    assert facts == {"state": "read", "kind": KINDS[kind], "digest": digest(key(kind)), "reason": ""}


@pytest.mark.parametrize(("kind", "form"), BY_ARITHMETIC)
def test_what_needs_arithmetic_is_asked_of_openssl(kind, form):
    facts = key_facts(key_file(key(kind), form))
    assert (facts["state"], facts["digest"]) == ("read", digest(key(kind)))


@pytest.mark.parametrize(("kind", "form"), BY_ARITHMETIC)
def test_without_openssl_it_is_said_to_be_unknown(kind, form):
    facts = key_facts(key_file(key(kind), form), NO_OPENSSL)
    assert (facts["state"], facts["digest"]) == ("unknown", "")
    assert facts["kind"].lower() == kind
    assert facts["kind"] in facts["reason"]


def ec_parts(kind: str, public: bytes | None) -> bytes:
    """An ECPrivateKey with another public key, or with none."""
    members = der.elements(der.whole(key_file(key(kind), TRADITIONAL, encoding=DER), der.SEQUENCE))
    kept = [der.encode(tag, content) for tag, content in members if tag != 0xA1]
    if public is not None:
        kept.append(der.encode(0xA1, der.encode(der.BIT_STRING, b"\0", public)))
    return pem.encode("EC PRIVATE KEY", der.encode(der.SEQUENCE, *kept))


def compressed(kind: str) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key(kind).public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)


def test_an_ec_key_without_its_public_half_is_asked_of_openssl():
    assert key_facts(ec_parts("ec", None))["digest"] == digest(key("ec"))
    assert key_facts(ec_parts("ec", None), NO_OPENSSL)["state"] == "unknown"


def test_a_compressed_point_never_yields_a_digest_that_no_certificate_has():
    assert key_facts(ec_parts("ec", compressed("ec")))["state"] == "unknown"


def test_a_curve_that_is_spelled_out_never_yields_a_digest_that_no_certificate_has():
    spelled = made_by_openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-param_enc", "explicit")
    assert key_facts(spelled)["state"] == "unknown"


def rsa_parts(**changed: bytes) -> bytes:
    """An RSA key with some of its numbers changed."""
    names = ["version", "modulus", "public", "private", "p", "q", "dp", "dq", "qinv"]
    numbers = [
        content for _, content in der.elements(der.whole(key_file(key("rsa"), TRADITIONAL, encoding=DER), der.SEQUENCE))
    ]
    held = {**dict(zip(names, numbers, strict=True)), **changed}
    return pem.encode("RSA PRIVATE KEY", der.encode(der.SEQUENCE, *(der.encode(der.INTEGER, n) for n in held.values())))


def test_an_rsa_key_must_be_one():
    assert key_facts(rsa_parts())["digest"] == digest(key("rsa"))
    for wrong in (
        {"modulus": b"\0"},
        {"public": b"\x81"},
        {"qinv": b"\0\1"},
        {"version": b"\2"},
        {"version": b"\1"},
        {"more": b"\5"},
    ):
        assert key_facts(rsa_parts(**wrong))["state"] == "no-key"


def test_an_rsa_pss_key_has_the_digest_that_its_certificate_has():
    private = made_by_openssl("genpkey", "-algorithm", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048")
    from cryptography.hazmat.primitives import serialization

    assert key_facts(private, NO_OPENSSL)["digest"] == digest(serialization.load_pem_private_key(private, None))


@pytest.mark.parametrize("kind", ["rsa", "ec", "ed25519"])
@pytest.mark.parametrize("form", [PKCS8, TRADITIONAL])
def test_an_encrypted_key_is_said_to_be_one(kind, form):
    if kind == "ed25519" and form is TRADITIONAL:
        form = PKCS8  # it has no traditional form
    facts = key_facts(key_file(key(kind), form, b"a pass phrase"))
    assert facts == {"state": "encrypted", "kind": "", "digest": "", "reason": "the key is encrypted"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"not a key\n" * 5, "no PEM private key"),
        (b"\x00\xff" * 400, "no PEM private key"),
        (certificate(), "a certificate but no key"),
        (key("ec").public_key().public_bytes(PEM, SPKI), "only the public key"),
        (key_file(key("ec"), OPENSSH), "OpenSSH"),
        (key_file(key("ec"), PKCS8, encoding=DER), "no PEM private key"),
        (b"-----BEGIN PRIVATE KEY-----\n%%%\n-----END PRIVATE KEY-----\n", "damaged"),
        (b"-----BEGIN PRIVATE KEY-----\nMIIEvg==\n-----END PRIVATE KEY-----\n", "damaged"),
        (b"-----BEGIN PRIVATE KEY-----\n", "damaged"),
        (b"-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----\n", "damaged"),
        (key_file(key("ec"))[:-60], "damaged"),
        (b"  " + key_file(key("ec")), "no PEM private key"),
    ],
)
def test_what_is_no_key_is_said_to_be_none_with_the_reason(content, reason):
    facts = key_facts(content)
    assert (facts["state"], facts["digest"]) == ("no-key", "")
    assert reason in facts["reason"]


@pytest.mark.parametrize(
    "around",
    [
        lambda one: b"\xef\xbb\xbf" + one,
        lambda one: one.replace(b"\n", b"\r\n"),
        lambda one: one.rstrip(b"\n"),
        lambda one: b"Bag Attributes\n    friendlyName: app\n" + one,
        lambda one: certificate() + one + certificate(),
        lambda one: b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + one,
        lambda one: one + key_file(key("rsa")),
        lambda one: b"-----BEGIN PUBLIC KEY-----\n" + one,
    ],
)
def test_what_stands_around_a_key_does_not_matter(around):
    facts = key_facts(around(key_file(key("ec"), TRADITIONAL)), NO_OPENSSL)
    assert facts["digest"] == digest(key("ec"))


@pytest.mark.parametrize(("kind", "form"), [*KEYS, *BY_ARITHMETIC])
def test_nothing_of_the_key_leaves_with_the_facts(kind, form):
    content = key_file(key(kind), form)
    said = json.dumps([key_facts(content), certificates.certificate_facts(content)])
    body = "".join(content.decode().splitlines()[1:-1])
    assert "PRIVATE" not in said
    assert not any(body[start : start + 12] in said for start in range(len(body) - 12))


def test_openssl_gets_the_key_on_its_standard_input_and_no_setting_of_the_host(monkeypatch):
    seen = {}

    def run(command, **more):
        seen.update(more, command=command)
        return subprocess.CompletedProcess(command, 0, stdout=b"\x30\x00")

    monkeypatch.setattr(subprocess, "run", run)
    assert key_facts(key_file(key("ed25519")))["state"] == "unknown"
    assert b"PRIVATE" in seen["input"]
    assert seen["command"][1:] == ["pkey", "-pubout", "-outform", "DER", "-passin", "pass:"]
    assert seen["env"]["OPENSSL_CONF"] == "/dev/null"
    assert seen["timeout"] <= 10


def test_an_openssl_that_hangs_or_lies_is_survived(monkeypatch):
    answers = [
        subprocess.TimeoutExpired("openssl", 5),
        OSError(),
        b"garbage",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30" * 40_000,
    ]

    def run(command, **more):
        answer = answers.pop()
        if isinstance(answer, Exception):
            raise answer
        return subprocess.CompletedProcess(command, 0, stdout=answer)

    monkeypatch.setattr(subprocess, "run", run)
    for _ in list(answers):
        assert key_facts(key_file(key("ed25519")))["state"] == "unknown"


SEEDS = [key_file(key(kind), form, encoding=DER) for kind, form in (*KEYS[:2], *KEYS[4:6], *BY_ARITHMETIC[:1])]
LABELS = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "CERTIFICATE", "TRUSTED CERTIFICATE"]


@st.composite
def damaged(draw):
    """A real key with bytes changed, cut out or put in."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, min(len(data), 60)))
        data[place : place + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(data)


@FUZZ
@given(st.one_of(damaged(), st.binary(max_size=200)), st.sampled_from(LABELS))
def test_no_data_makes_the_readers_raise(data, label):
    content = pem.encode(label, data)
    facts = key_facts(content, NO_OPENSSL)
    assert facts["state"] in ("read", "no-key", "unknown")
    read = facts["state"] == "read"
    assert len(facts["digest"]) == (64 if read else 0)
    assert bool(facts["reason"]) is not read
    certificates.certificate_facts(content)


@FUZZ
@given(st.binary(max_size=400))
def test_no_file_makes_the_readers_raise(content):
    assert key_facts(content, NO_OPENSSL)["state"] == "no-key"
    assert certificates.certificate_facts(content)["pem"] == ""


@FUZZ
@given(st.one_of(damaged(), st.binary(max_size=100)))
def test_der_is_read_back_as_it_was_written_or_refused_with_its_own_error(data):
    try:
        (tag, content), rest = der.first(data)
    except der.DerError:
        return
    assert der.encode(tag, content) + rest == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80\x00\x00",
        b"\x30\x81\x05hello",
        b"\x30\x82\x00\x81" + b"x" * 129,
        b"\x30\x05abc",
        b"\x1f\x81\x01\x00",
        b"\x30\x85\x00\x00\x00\x00\x01a",
        b"\x30\xff",
    ],
)
def test_what_der_does_not_allow_is_refused(data):
    with pytest.raises(der.DerError):
        der.first(data)


@pytest.mark.parametrize("content", [b"", b"\x80", b"\xff\x00", b"\x00\x01"])
def test_integers_are_positive_and_short(content):
    with pytest.raises(der.DerError):
        der.natural(content)


def test_lengths_of_every_size_are_written_as_read():
    for size in (0, 127, 128, 255, 256, 65535, 65536):
        assert der.whole(der.encode(der.OCTET_STRING, b"x" * size), der.OCTET_STRING) == b"x" * size


def test_a_file_without_end_is_read_in_time():
    content = b"-----BEGIN PRIVATE KEY-----\n" * 400_000
    assert key_facts(content)["state"] == "no-key"
    assert len(list(pem.blocks(content))) <= pem.FILE_LIMIT // 20
    assert base64.b64decode(b"".join(pem.encode("X", b"ab" * 99).splitlines()[1:-1])) == b"ab" * 99
