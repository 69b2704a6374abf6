"""What the certificates of a PEM file say of themselves, and which of them issued which."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, Final, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from parity_host.tls import pem
from parity_host.tls.certificates import MAX_CERTIFICATE_BYTES, MAX_CERTIFICATES

# What cryptography raises for a certificate that is damaged, or that has parts it does not know.
_REFUSED: Final = (
    ValueError,
    TypeError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
)
_SERVER_USAGES: Final = frozenset({ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})
# Signature algorithms that cryptography no longer names. Source: RFC 8017, appendix B.1.
_OLD_HASHES: Final = {"1.2.840.113549.1.1.2": "md2", "1.2.840.113549.1.1.3": "md4"}
_KINDS: Final = (
    (rsa.RSAPublicKey, "RSA"),
    (ec.EllipticCurvePublicKey, "EC"),
    (dsa.DSAPublicKey, "DSA"),
    (ed25519.Ed25519PublicKey, "Ed25519"),
    (ed448.Ed448PublicKey, "Ed448"),
)
_NAME_LIMIT: Final = 160

_E = TypeVar("_E", bound=x509.ExtensionType)


@dataclass(frozen=True)
class Certificate:
    """One certificate. `names` (lower case) and `addresses` are its alternative names: browsers look at no other.

    `key_digest` is the SHA-256 of its SubjectPublicKeyInfo, as a host tells it of the key; empty for an unknown kind.
    `understood` is false when its extensions cannot be read: then names, ca and server_auth mean nothing.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    starts: datetime
    ends: datetime
    key_kind: str
    key_bits: int
    key_digest: str
    signature_hash: str
    ca: bool
    self_signed: bool
    server_auth: bool
    understood: bool
    fingerprint: str
    parsed: x509.Certificate = field(repr=False, compare=False)

    def issued(self, other: Certificate) -> bool:
        """Return whether this certificate issued `other`: by name, by key identifiers, and by signature.

        A signature that cannot be checked, as SHA-1's cannot, does not speak against it.
        """
        if other.parsed.issuer != self.parsed.subject or not _identified(other.parsed, self.parsed):
            return False
        try:
            other.parsed.verify_directly_issued_by(self.parsed)
        except InvalidSignature:
            return False
        except _REFUSED:
            return True
        return True


@dataclass(frozen=True)
class Chain:
    """The certificates of a file in its order; `unreadable` counts the blocks that hold none."""

    certificates: tuple[Certificate, ...]
    unreadable: int = 0

    @cached_property
    def distinct(self) -> tuple[Certificate, ...]:
        """The certificates without repetition."""
        return tuple({certificate.fingerprint: certificate for certificate in self.certificates}.values())

    def leaf(self, key_digest: str = "") -> Certificate | None:
        """Return the server's own certificate, wherever in the file it stands: one that issued no other.

        Of several, the one that belongs to the key, else the first that is no certificate authority.
        """
        ends = [one for one in self.distinct if not any(one.issued(o) for o in self.distinct if o is not one)]
        ends = ends or list(self.distinct)
        owners = [one for one in ends if key_digest and one.key_digest == key_digest]
        servers = [one for one in ends if not one.ca]
        return next(iter(owners or servers or ends), None)

    def path(self, leaf: Certificate) -> tuple[Certificate, ...]:
        """Return `leaf`, its issuer, the issuer's issuer and so on, as far as the file has them."""
        path = [leaf]
        while not path[-1].self_signed:
            issuer = next((one for one in self.distinct if one not in path and one.issued(path[-1])), None)
            if issuer is None:
                break
            path.append(issuer)
        return tuple(path)


@lru_cache(maxsize=64)
def describe(content: bytes) -> Chain:
    """Return what the certificates in a PEM file say; never raises, and bounds number and size like the host does."""
    found: list[Certificate] = []
    unreadable = 0
    for block in pem.blocks(content):
        if block.label != "CERTIFICATE" or len(found) == MAX_CERTIFICATES:
            continue
        certificate = _read(block.der) if len(block.der) <= MAX_CERTIFICATE_BYTES else None
        if certificate is None:
            unreadable += 1
        else:
            found.append(certificate)
    return Chain(tuple(found), unreadable)


def _read(data: bytes) -> Certificate | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what cryptography will refuse one day; today it is the host's business
        try:
            return _described(x509.load_der_x509_certificate(data))
        except _REFUSED:
            return None


def _described(parsed: x509.Certificate) -> Certificate:
    alternative = _extension(parsed, x509.SubjectAlternativeName)
    constraints = _extension(parsed, x509.BasicConstraints)
    usage = _extension(parsed, x509.ExtendedKeyUsage)
    kind, bits, digest = _key(parsed)
    return Certificate(
        subject=_name(parsed.subject),
        issuer=_name(parsed.issuer),
        names=tuple(name.lower() for name in alternative.get_values_for_type(x509.DNSName)) if alternative else (),
        addresses=tuple(map(str, alternative.get_values_for_type(x509.IPAddress))) if alternative else (),
        starts=parsed.not_valid_before_utc,
        ends=parsed.not_valid_after_utc,
        key_kind=kind,
        key_bits=bits,
        key_digest=digest,
        signature_hash=_signature_hash(parsed),
        ca=bool(constraints and constraints.ca),
        self_signed=parsed.subject == parsed.issuer and _identified(parsed, parsed),
        server_auth=usage is None or not _SERVER_USAGES.isdisjoint(usage),
        understood=_understood(parsed),
        fingerprint=hashlib.sha256(parsed.public_bytes(Encoding.DER)).hexdigest(),
        parsed=parsed,
    )


def _understood(parsed: x509.Certificate) -> bool:
    try:
        list(parsed.extensions)
    except _REFUSED:
        return False
    return True


def _extension(parsed: x509.Certificate, kind: type[_E]) -> _E | None:
    try:
        return parsed.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, *_REFUSED):
        return None


def _name(name: x509.Name) -> str:
    text = name.rfc4514_string()
    return text if len(text) <= _NAME_LIMIT else text[: _NAME_LIMIT - 1] + "…"


def _key(parsed: x509.Certificate) -> tuple[str, int, str]:
    try:
        key: Any = parsed.public_key()
        info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except _REFUSED:
        return "unknown", 0, ""
    kind = next((name for form, name in _KINDS if isinstance(key, form)), "unknown")
    return kind, int(getattr(key, "key_size", 0)), hashlib.sha256(info).hexdigest()


def _signature_hash(parsed: x509.Certificate) -> str:
    try:
        algorithm = parsed.signature_hash_algorithm
    except _REFUSED:
        return _OLD_HASHES.get(parsed.signature_algorithm_oid.dotted_string, "unknown")
    return algorithm.name if algorithm else ""


def _identified(child: x509.Certificate, parent: x509.Certificate) -> bool:
    """Whether the key identifiers allow that `parent` issued `child`: where either has none, they do."""
    authority = _extension(child, x509.AuthorityKeyIdentifier)
    subject = _extension(parent, x509.SubjectKeyIdentifier)
    wanted = authority.key_identifier if authority else None
    return wanted is None or subject is None or wanted == subject.digest


def days_left(certificate: Certificate, today: date) -> int:
    """Return how many days after `today` the certificate ends; negative when it has ended."""
    return (certificate.ends.date() - today).days


def shown_names(certificate: Certificate, limit: int = 6) -> str:
    """Return the alternative names for people, at most `limit` of them."""
    every = [*certificate.names, *certificate.addresses]
    more = f" and {len(every) - limit} more" if len(every) > limit else ""
    return (", ".join(every[:limit]) + more) or "no names"
