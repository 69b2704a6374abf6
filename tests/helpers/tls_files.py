"""Keys and certificates made for the tests; keys are made once, since making them is slow."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
PEM = serialization.Encoding.PEM
DER = serialization.Encoding.DER
PKCS8 = serialization.PrivateFormat.PKCS8
TRADITIONAL = serialization.PrivateFormat.TraditionalOpenSSL
OPENSSH = serialization.PrivateFormat.OpenSSH
SPKI = serialization.PublicFormat.SubjectPublicKeyInfo


@cache
def key(kind: str = "ec", name: str = "") -> Any:
    """Return a key of `kind`; another `name` is another key."""
    if kind.startswith("rsa"):
        return rsa.generate_private_key(public_exponent=65537, key_size=int(kind[3:] or 2048))
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "ed448":
        return ed448.Ed448PrivateKey.generate()
    if kind == "dsa":
        return dsa.generate_private_key(2048)
    curves = {
        "ec": ec.SECP256R1(),
        "ec384": ec.SECP384R1(),
        "ec521": ec.SECP521R1(),
        "ec192": ec.SECP192R1(),
        "k256": ec.SECP256K1(),
    }
    return ec.generate_private_key(curves[kind])


def key_file(private: Any, form: Any = PKCS8, password: bytes | None = None, encoding: Any = PEM) -> bytes:
    """Return a key as a file holds it."""
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return private.private_bytes(encoding, form, lock)


def digest(private: Any) -> str:
    """Return the digest of a key's public half, as cryptography has it."""
    return hashlib.sha256(private.public_key().public_bytes(DER, SPKI)).hexdigest()


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def certificate(
    name: str = "app.example.com",
    *,
    private: Any = None,
    issuer: str = "",
    issuer_key: Any = None,
    names: tuple[str, ...] | None = None,
    days: tuple[int, int] = (-60, 300),
    ca: bool | None = None,
    identifiers: bool = True,
    usages: tuple[Any, ...] = (ExtendedKeyUsageOID.SERVER_AUTH,),
    addresses: tuple[Any, ...] = (),
) -> bytes:
    """Return a certificate in PEM; without an `issuer` it signs itself. `names` are its alternative names."""
    private = private or key()
    signer = issuer_key or private
    names = (name,) if names is None and not ca else names or ()
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer or name))
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before((NOW + timedelta(days=days[0])).replace(tzinfo=None))
        .not_valid_after((NOW + timedelta(days=days[1])).replace(tzinfo=None))
    )
    if names or addresses:
        general = [*(x509.DNSName(n) for n in names), *(x509.IPAddress(a) for a in addresses)]
        builder = builder.add_extension(x509.SubjectAlternativeName(general), critical=False)
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    if identifiers:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    if usages and not ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    kind = type(signer).__name__
    signed = builder.sign(signer, None if "Ed" in kind else hashes.SHA256())
    return signed.public_bytes(PEM)


def root(name: str = "Root", kind: str = "ec", **more: Any) -> bytes:
    return certificate(name, private=key(kind, name), ca=True, **more)


def intermediate(
    name: str = "Issuing", issuer: str = "Root", kind: str = "ec", issuer_kind: str = "ec", **more: Any
) -> bytes:
    return certificate(
        name, private=key(kind, name), issuer=issuer, issuer_key=key(issuer_kind, issuer), ca=True, **more
    )


def leaf(name: str = "app.example.com", issuer: str = "Issuing", issuer_kind: str = "ec", **more: Any) -> bytes:
    return certificate(name, issuer=issuer, issuer_key=key(issuer_kind, issuer), ca=False, **more)


@cache
def made_by_openssl(*arguments: str, given: bytes = b"") -> bytes:
    """Return what the program `openssl` writes: what cryptography refuses to make, such as a SHA-1 signature."""
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True, timeout=60).stdout


def signed_with(algorithm: str, private: bytes) -> bytes:
    """Return a self-signed certificate with the signature hash `algorithm`."""
    subject = "/CN=app.example.com"
    extra = ("-addext", "subjectAltName=DNS:app.example.com", "-days", "30000")
    return made_by_openssl(
        "req", "-x509", "-new", "-key", "/dev/stdin", f"-{algorithm}", "-subj", subject, *extra, given=private
    )
