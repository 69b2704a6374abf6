"""What is wrong with certificates: every rule with files that yield it, and files that must not."""

from __future__ import annotations

import ipaddress
from datetime import date, timedelta

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tls_files import (
    NOW,
    PKCS8,
    TODAY,
    certificate,
    digest,
    intermediate,
    key,
    key_file,
    leaf,
    made_by_openssl,
    root,
    signed_with,
)

from parity.areas.tls.certificate_problems import Use, problems
from parity.areas.tls.certificates import describe
from parity_host.tls import pem
from parity_host.tls.certificates import key_facts

NAME = "app.example.com"
EC = digest(key())
READ = {"key_state": "read", "key_digest": EC}
LEAF, ISSUING, ROOT = leaf(), intermediate(), root()


def found(content: bytes, *names: str, today: date = TODAY, **use) -> list[str]:
    return [
        problem.rule.removeprefix("tls.")
        for problem in problems(describe(content), Use(names or (NAME,), today, **use))
    ]


def one(rule: str, content: bytes, *names: str, **use):
    return next(p for p in problems(describe(content), Use(names or (NAME,), TODAY, **use)) if p.rule == "tls." + rule)


GOOD = {
    "leaf and issuer": LEAF + ISSUING,
    "rsa": leaf(private=key("rsa")) + ISSUING,
    "ed25519": leaf(private=key("ed25519")) + ISSUING,
    "no key identifiers": leaf(identifiers=False) + intermediate(identifiers=False),
    "an rsa issuer": leaf(issuer="Issuing R", issuer_kind="rsa") + intermediate("Issuing R", kind="rsa"),
    "two issuers": leaf(issuer="Second") + intermediate("Second", issuer="Issuing") + ISSUING,
    "no extended key usage": leaf(usages=()) + ISSUING,
    "any extended key usage": leaf(usages=(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,)) + ISSUING,
    "client and server": leaf(usages=(ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH)) + ISSUING,
    "words between": b"subject=app\n" + LEAF + b"issuer=x\n" + ISSUING,
}


@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD)
def test_a_good_chain_has_no_problem(content):
    assert found(content) == []


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((-60, 300), []),
        ((-60, 31), []),
        ((-60, 30), ["expires-soon"]),
        ((-60, 15), ["expires-soon"]),
        ((-60, 14), ["expires-very-soon"]),
        ((-60, 0), ["expires-very-soon"]),
        ((-60, -1), ["expired"]),
        ((0, 300), []),
        ((1, 300), ["not-yet-valid"]),
        ((1, 20), ["not-yet-valid", "expires-soon"]),
        # Six days are all that a short-lived certificate has.
        ((-2, 4), []),
        ((-4, 2), ["expires-soon"]),
        ((-5, 1), ["expires-very-soon"]),
    ],
)
def test_validity_of_the_leaf(days, expected):
    assert found(leaf(days=days) + ISSUING) == expected


def test_the_days_are_arguments():
    content = leaf(days=(-60, 50)) + ISSUING
    assert found(content, soon=60) == ["expires-soon"]
    assert found(content, soon=60, very_soon=50) == ["expires-very-soon"]


def test_an_issuer_that_expired_is_named_and_a_root_is_not_looked_at():
    assert "CN=Issuing" in one("expired", LEAF + intermediate(days=(-600, -3))).words["which"]
    assert found(LEAF + ISSUING + root(days=(-600, -3))) == ["root-in-chain"]


@pytest.mark.parametrize(
    ("held", "names", "missing"),
    [
        (["app.example.com"], ["app.example.com"], []),
        (["APP.example.com"], ["App.Example.COM"], []),
        (["app.example.com."], ["app.example.com."], []),
        (["app.example.com"], ["www.example.com", "app.example.com."], ["www.example.com"]),
        (["app.example.com"], ["www.example.com."], ["www.example.com"]),
        (["*.example.com"], ["www.example.com", "app.example.com"], []),
        (["*.example.com"], ["example.com"], ["example.com"]),
        (["*.example.com"], ["a.b.example.com"], ["a.b.example.com"]),
        (["*.example.com"], ["*.example.com"], []),
        (["www.example.com"], ["*.example.com"], ["*.example.com"]),
        (["w*.example.com"], ["www.example.com"], ["www.example.com"]),
        (["*.localhost"], ["app.localhost"], ["app.localhost"]),
        (["*"], ["localhost"], ["localhost"]),
        (["localhost"], ["localhost"], []),
        (["example.com", "*.example.com"], [".example.com"], []),
        (["example.com"], [".example.com"], ["*.example.com"]),
        (["*.example.com"], [".example.com"], ["example.com"]),
        (
            ["app.example.com"],
            ["", "_", "__", "-", "!@#", "~^(?<u>.+)\\.example\\.net$", "www.example.*", "$hostname", "${DOMAIN}"],
            [],
        ),
        (["app.example.com"], ["https://other.example.com/", "a b"], []),
        (["xn--bcher-kva.example"], ["bücher.example"], []),
        (["app.example.com"], ["bücher.example"], ["xn--bcher-kva.example"]),
        (["app.example.com"], ["ü" * 300, "\udcff", "x" * 5000], []),
        (["app.example.com"], ["10.0.0.1"], ["10.0.0.1"]),
        (["app.example.com"], ["a.example.com", "b.example.com", "a.example.com"], ["a.example.com", "b.example.com"]),
    ],
)
def test_names(held, names, missing):
    content = leaf(names=tuple(held)) + ISSUING
    if not missing:
        assert found(content, *names) == []
    else:
        assert found(content, *names) == ["name-not-covered"]
        assert one("name-not-covered", content, *names).words["names"] == ", ".join(missing)


def test_addresses_are_held_against_addresses():
    content = (
        leaf(names=(), addresses=(ipaddress.ip_address("10.0.0.1"), ipaddress.ip_address("2001:db8::1"))) + ISSUING
    )
    assert found(content, "10.0.0.1", "[2001:db8:0:0::1]") == []
    assert found(content, "10.0.0.2") == ["name-not-covered"]


def test_many_names_are_cut():
    names = [f"n{n}.example.com" for n in range(500)]
    assert len(one("name-not-covered", LEAF + ISSUING, *names).shown) < 300


def test_a_certificate_that_names_its_host_in_the_subject_only():
    assert found(leaf(names=()) + ISSUING) == ["no-san"]


@pytest.mark.parametrize("ca", [None, False, True])
@pytest.mark.parametrize("identifiers", [True, False])
def test_self_signed_whatever_it_says_of_being_an_authority(ca, identifiers):
    content = certificate(ca=ca, names=(NAME,), identifiers=identifiers)
    assert found(content) == ["self-signed"]


def test_the_same_name_with_another_key_is_not_self_signed():
    content = certificate(NAME, issuer=NAME, issuer_key=key("ec", "other"))
    assert found(content) == ["missing-intermediate"]


def test_an_authority_alone_is_said_once():
    assert found(ISSUING) == ["first-is-ca"]
    assert found(ISSUING + ROOT) == ["root-in-chain", "first-is-ca"]


def test_a_server_s_certificate_that_is_marked_as_an_authority():
    content = certificate(issuer="Issuing", issuer_key=key("ec", "Issuing"), ca=True, names=(NAME,))
    assert found(content + ISSUING) == ["first-is-ca"]
    assert found(content + ISSUING, "www.example.com") == ["first-is-ca", "name-not-covered"]


@pytest.mark.parametrize(
    ("content", "order"),
    [
        (ISSUING + LEAF, "2, 1"),
        (ROOT + ISSUING + LEAF, "3, 2, 1"),
        (LEAF + ROOT + ISSUING, "1, 3, 2"),
        (intermediate("Unrelated") + LEAF + ISSUING, "2, 3"),
        (ISSUING + ISSUING + LEAF, "3, 1"),
    ],
)
def test_only_leaf_first_is_the_right_order(content, order):
    problem = one("wrong-order", content)
    assert problem.words["order"] == order
    assert "first-is-ca" not in found(content)
    assert "key-mismatch" not in found(content, **READ)


def test_the_key_decides_which_certificate_is_the_server_s():
    other = leaf("other.example.com", private=key("ec", "other"))
    assert found(other + LEAF + ISSUING, **READ) == ["wrong-order", "stray-certificate"]
    assert found(LEAF + ISSUING + other, **READ) == ["stray-certificate"]


@pytest.mark.parametrize(
    "content",
    [LEAF + LEAF + ISSUING, LEAF + ISSUING + intermediate("Unrelated"), LEAF + ISSUING + ISSUING],
)
def test_strangers_and_repetitions(content):
    assert found(content) == ["stray-certificate"]


def test_the_same_issuer_under_two_roots_is_no_stranger():
    other = intermediate(issuer="Other root", issuer_kind="ec")
    assert found(LEAF + ISSUING + other) == []


def test_one_certificate_that_others_issued_lacks_the_issuer():
    assert found(LEAF) == ["missing-intermediate"]
    assert one("missing-intermediate", LEAF).words["issuer"] == "CN=Issuing"
    assert found(LEAF + ROOT) == ["missing-intermediate", "stray-certificate"]


def test_an_issuer_made_anew_under_its_old_name_did_not_issue():
    new = certificate(
        "Issuing", private=key("ec", "new"), issuer="Root", issuer_key=key("ec", "Root"), ca=True, identifiers=False
    )
    content = leaf(identifiers=False) + new
    assert found(content) == ["missing-intermediate", "stray-certificate"]


def test_authorities_that_issued_each_other_are_not_taken_for_nothing():
    first = certificate("A", private=key("ec", "A"), issuer="B", issuer_key=key("ec", "B"), ca=True)
    second = certificate("B", private=key("ec", "B"), issuer="A", issuer_key=key("ec", "A"), ca=True)
    assert found(first + second) == ["first-is-ca"]


def test_a_root_at_the_end():
    assert found(LEAF + ISSUING + ROOT) == ["root-in-chain"]
    assert found(leaf(issuer="Root") + ROOT) == ["root-in-chain"]


@pytest.mark.parametrize(
    ("kind", "weak"),
    [("rsa1024", "RSA 1024"), ("rsa2047", "RSA 2047"), ("ec192", "EC 192"), ("dsa", "DSA 2048")],
)
def test_weak_keys(kind, weak):
    assert one("weak-key", leaf(private=key(kind)) + ISSUING).words["keys"] == weak


@pytest.mark.parametrize("kind", ["rsa", "ec", "ec384", "k256", "ed25519", "ed448"])
def test_strong_keys(kind):
    assert found(leaf(private=key(kind)) + ISSUING) == []


def test_a_weak_key_of_the_issuer():
    content = leaf(issuer="Weak", issuer_kind="rsa1024") + intermediate("Weak", kind="rsa1024")
    assert found(content) == ["weak-key"]


@pytest.mark.parametrize("algorithm", ["sha1", "md5"])
def test_weak_signatures(algorithm):
    content = signed_with(algorithm, key_file(key("rsa")))
    assert one("weak-signature", content).words["hashes"] == algorithm.upper()
    assert "self-signed" in found(content)


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_strong_signatures(algorithm):
    assert "weak-signature" not in found(signed_with(algorithm, key_file(key("rsa"))))


def test_the_signature_of_a_root_does_not_matter():
    old_root = made_by_openssl(
        "req",
        "-x509",
        "-new",
        "-key",
        "/dev/stdin",
        "-sha1",
        "-subj",
        "/CN=Root",
        "-days",
        "30000",
        given=key_file(key("ec", "Root")),
    )
    assert found(LEAF + ISSUING + old_root) == ["root-in-chain"]


def test_a_chain_signed_with_sha_1_is_followed_and_blamed(tmp_path):
    """A signature that cryptography cannot check: the names and identifiers must do."""
    (tmp_path / "issuer.pem").write_bytes(ISSUING)
    (tmp_path / "issuer.key").write_bytes(key_file(key("ec", "Issuing")))
    (tmp_path / "own.pem").write_bytes(key_file(key("rsa")))
    (tmp_path / "ext").write_text(f"subjectAltName=DNS:{NAME}\nauthorityKeyIdentifier=keyid:always\n")
    request = made_by_openssl("req", "-new", "-key", str(tmp_path / "own.pem"), "-subj", f"/CN={NAME}")
    issuer = ("-CA", str(tmp_path / "issuer.pem"), "-CAkey", str(tmp_path / "issuer.key"), "-set_serial", "7")
    more = ("-days", "3000", "-extfile", str(tmp_path / "ext"))
    signed = made_by_openssl("x509", "-req", "-sha1", *issuer, *more, given=request)
    # The program dates what it makes by the clock of this machine.
    assert [rule for rule in found(signed + ISSUING) if rule != "not-yet-valid"] == ["weak-signature"]
    other = certificate("Issuing", private=key("ec", "new"), issuer="Root", issuer_key=key("ec", "Root"), ca=True)
    assert "missing-intermediate" in found(signed + other)


@pytest.mark.parametrize("usage", [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.CODE_SIGNING])
def test_uses_without_server(usage):
    assert found(leaf(usages=(usage,)) + ISSUING) == ["no-server-auth"]


def test_a_key_that_does_not_belong():
    assert found(LEAF + ISSUING, **READ) == []
    assert found(LEAF + ISSUING, key_state="read", key_digest=digest(key("rsa"))) == ["key-mismatch"]
    # The issuer's key is not the server's.
    assert found(LEAF + ISSUING, key_state="read", key_digest=digest(key("ec", "Issuing"))) == ["key-mismatch"]


@pytest.mark.parametrize("kind", ["rsa", "ec", "ec384", "ed25519"])
def test_what_the_host_says_of_a_key_is_what_the_certificate_says(kind):
    facts = key_facts(key_file(key(kind), PKCS8))
    content = leaf(private=key(kind)) + ISSUING
    assert found(content, key_state=facts["state"], key_digest=facts["digest"]) == []


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ({"key_state": "encrypted"}, ["key-encrypted"]),
        ({"key_state": "encrypted", "key_has_password": True}, []),
        ({"key_state": "no-key"}, ["no-key"]),
        ({"key_state": "unknown"}, []),
        ({}, []),
    ],
)
def test_keys_without_a_digest(use, expected):
    assert found(LEAF + ISSUING, **use) == expected


@pytest.mark.parametrize("content", [b"", b"garbage", pem.encode("CERTIFICATE", b"garbage"), key_file(key())])
def test_files_without_a_certificate(content):
    assert found(content) == ["no-certificate"]


def test_a_damaged_block_beside_good_ones():
    assert found(LEAF + pem.encode("CERTIFICATE", b"\x30\x00") + ISSUING) == ["damaged-block"]


def test_extensions_that_cannot_be_read_are_not_taken_for_missing_ones():
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from tls_files import PEM, named

    builder = (
        x509.CertificateBuilder().subject_name(named(NAME)).issuer_name(named("Issuing")).public_key(key().public_key())
    )
    builder = (
        builder.serial_number(5)
        .not_valid_before(NOW.replace(tzinfo=None) - timedelta(days=9))
        .not_valid_after(NOW.replace(tzinfo=None) + timedelta(days=99))
    )
    builder = builder.add_extension(
        x509.UnrecognizedExtension(x509.SubjectAlternativeName.oid, b"\xff\xff"), critical=False
    )
    content = builder.sign(key("ec", "Issuing"), hashes.SHA256()).public_bytes(PEM)
    assert not describe(content).certificates[0].understood
    assert found(content + ISSUING) == []


def test_number_and_size_are_bounded():
    assert len(describe(LEAF * 5000).certificates) == 16
    assert found(b"-----BEGIN CERTIFICATE-----\n" * 100_000) == ["no-certificate"]


def test_a_version_that_x509_does_not_have_is_unreadable():
    (block,) = pem.blocks(LEAF)
    version_3 = b"\xa0\x03\x02\x01\x02"
    assert block.der.count(version_3) == 1
    chain = describe(pem.encode("CERTIFICATE", block.der.replace(version_3, b"\xa0\x03\x02\x01\x01")))
    assert (chain.certificates, chain.unreadable) == ((), 1)


SEEDS = [block.der for content in (LEAF, ISSUING, certificate(private=key("rsa"))) for block in pem.blocks(content)]


@st.composite
def damaged(draw):
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(data) - 1))
        data[place : place + draw(st.integers(0, 2))] = draw(st.binary(max_size=2))
    return bytes(data)


# A certificate of X.509 version 2, which no library reads.
SECOND_VERSION = SEEDS[0].replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x01", 1)


@pytest.mark.long_run
@example([SEEDS[0], SECOND_VERSION])
@settings(max_examples=1500, deadline=None)
@given(st.lists(st.one_of(damaged(), st.sampled_from(SEEDS), st.binary(max_size=60)), max_size=4))
def test_no_file_makes_it_raise(ders):
    content = b"".join(pem.encode("CERTIFICATE", der) for der in ders)
    chain = describe(content)
    assert len(chain.certificates) + chain.unreadable == len(ders)
    for problem in problems(chain, Use((NAME,), TODAY, "read", EC)):
        assert problem.rule.startswith("tls.")
        assert problem.shown
