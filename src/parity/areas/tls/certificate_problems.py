"""What is wrong with the certificates of one file, for the names, the key and the day they are to serve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from parity.areas.tls.certificate_names import uncovered
from parity.areas.tls.certificates import Certificate, Chain, days_left, shown_names
from parity_host.tls.certificates import ENCRYPTED, NO_KEY, READ

_WEAK_HASHES: Final = frozenset({"md2", "md4", "md5", "sha1"})
# The fewest bits by kind of key. Source: NIST SP 800-131A, and what OpenSSL's security level 2 asks.
_FEWEST_BITS: Final = {"RSA": 2048, "EC": 256}
# Certificates that live so short are renewed in their last third, and are called short-lived (CA/Browser Forum).
_SHORT_LIVED_DAYS: Final = 7
_NAMES_SHOWN: Final = 6


@dataclass(frozen=True)
class Use:
    """What a certificate file is used for. `key_state` and `key_digest` are what the host told of its key file.

    `soon` and `very_soon` are the days before the end from which it is said, with growing gravity.
    """

    names: Sequence[str]
    today: date
    key_state: str = ""
    key_digest: str = ""
    key_has_password: bool = False
    soon: int = 30
    very_soon: int = 14


@dataclass(frozen=True)
class CertificateProblem:
    """One thing wrong: the rule that says so, what was seen, and the words for the rule's sentences."""

    rule: str
    shown: str
    words: Mapping[str, str] = field(default_factory=dict)


def problems(chain: Chain, use: Use) -> Iterator[CertificateProblem]:
    """Yield what is wrong with a file's certificates. Whoever has no key facts leaves them empty in `use`."""
    yield from _key_file(use)
    if chain.unreadable and chain.certificates:
        yield CertificateProblem("tls.damaged-block", f"{chain.unreadable} damaged", {"count": str(chain.unreadable)})
    leaf = chain.leaf(use.key_digest)
    if leaf is None:
        yield CertificateProblem("tls.no-certificate", "no certificate")
        return
    path = chain.path(leaf)
    yield from _validity(path, use)
    yield from _strength(path)
    yield from _order(chain, path, use)
    yield from _purpose(path[0], use)


def _key_file(use: Use) -> Iterator[CertificateProblem]:
    if use.key_state == ENCRYPTED and not use.key_has_password:
        yield CertificateProblem("tls.key-encrypted", "encrypted key")
    elif use.key_state == NO_KEY:
        yield CertificateProblem("tls.no-key", "no key")


def _validity(path: Sequence[Certificate], use: Use) -> Iterator[CertificateProblem]:
    # A root at the end is not looked at: clients trust their own copy of it.
    served = [one for one in path if one is path[0] or not one.self_signed]
    expired = [one for one in served if one.ends.date() < use.today]
    early = [one for one in served if one.starts.date() > use.today]
    if expired:
        yield _dated("tls.expired", expired, "expired on", max(expired, key=lambda one: one.ends).ends.date())
    if early:
        yield _dated("tls.not-yet-valid", early, "valid from", max(early, key=lambda one: one.starts).starts.date())
    ending = [one for one in served if one not in expired]
    for rule, days, part in (("tls.expires-very-soon", use.very_soon, 6), ("tls.expires-soon", use.soon, 3)):
        near = [one for one in ending if days_left(one, use.today) <= _limit(one, days, part)]
        if near:
            first = min(near, key=lambda one: one.ends)
            yield _dated(rule, near, "expires on", first.ends.date(), when=_when(days_left(first, use.today)))
            return


def _limit(certificate: Certificate, days: int, part: int) -> int:
    """Return from how many days before its end a certificate is called ending."""
    lifetime = (certificate.ends - certificate.starts).days
    return min(days, lifetime // part) if lifetime <= _SHORT_LIVED_DAYS else days


def _when(days: int) -> str:
    return "today" if days == 0 else f"in {days} day{'s' if days > 1 else ''}"


def _dated(rule: str, which: Sequence[Certificate], verb: str, day: date, **words: str) -> CertificateProblem:
    subjects = " and ".join(one.subject or "a certificate without a name" for one in which)
    return CertificateProblem(rule, f"{subjects} {verb} {day}", {"which": subjects, "date": day.isoformat(), **words})


def _strength(path: Sequence[Certificate]) -> Iterator[CertificateProblem]:
    weak = [f"{one.key_kind} {one.key_bits}" for one in path if _weak_key(one)]
    if weak:
        yield CertificateProblem("tls.weak-key", ", ".join(weak), {"keys": ", ".join(weak)})
    # Nobody checks the signature of a root, but the leaf's tells how it was made.
    hashes = {
        one.signature_hash: None
        for one in path
        if one.signature_hash in _WEAK_HASHES and (one is path[0] or not one.self_signed)
    }
    if hashes:
        names = ", ".join(name.upper() for name in hashes)
        yield CertificateProblem("tls.weak-signature", f"signed with {names}", {"hashes": names})


def _weak_key(certificate: Certificate) -> bool:
    return certificate.key_kind == "DSA" or certificate.key_bits < _FEWEST_BITS.get(certificate.key_kind, 0)


def _order(chain: Chain, path: Sequence[Certificate], use: Use) -> Iterator[CertificateProblem]:
    file, leaf = chain.distinct, path[0]
    places = [file.index(one) for one in path]
    disordered = places[0] != 0 or places != sorted(places)
    if disordered:
        right = ", ".join(str(chain.certificates.index(one) + 1) for one in path)
        words = {"first": file[0].subject, "leaf": leaf.subject, "order": right}
        yield CertificateProblem("tls.wrong-order", f"the first certificate is {file[0].subject}", words)
    if use.key_state == READ and leaf.key_digest and leaf.key_digest != use.key_digest:
        yield CertificateProblem(
            "tls.key-mismatch", f"the certificate of {leaf.subject} has a different key", {"leaf": leaf.subject}
        )
    if len(path) == 1 and not leaf.self_signed and not _only_authority(leaf):
        yield CertificateProblem(
            "tls.missing-intermediate", f"one certificate, issued by {leaf.issuer}", {"issuer": leaf.issuer}
        )
    roots = [one for one in path[1:] if one.self_signed]
    if roots:
        yield CertificateProblem("tls.root-in-chain", roots[0].subject, {"root": roots[0].subject})
    known = {(one.subject, one.key_digest) for one in path}
    strays = [one.subject for one in file if one not in path and (one.subject, one.key_digest) not in known]
    repeated = len(chain.certificates) - len(file)
    if strays or repeated:
        shown = ", ".join([*strays[:_NAMES_SHOWN], *([f"{repeated} repeated"] if repeated else [])])
        yield CertificateProblem("tls.stray-certificate", shown, {"strays": shown})


def _purpose(leaf: Certificate, use: Use) -> Iterator[CertificateProblem]:
    if leaf.self_signed:
        yield CertificateProblem("tls.self-signed", f"{leaf.subject} is self-signed", {"leaf": leaf.subject})
    if not leaf.understood:
        return
    if leaf.ca and not leaf.self_signed:
        yield CertificateProblem("tls.first-is-ca", leaf.subject, {"leaf": leaf.subject})
    if _only_authority(leaf):
        return  # what a server's certificate should have is not asked of one that is none
    if not leaf.server_auth:
        yield CertificateProblem(
            "tls.no-server-auth", "extendedKeyUsage does not include serverAuth", {"leaf": leaf.subject}
        )
    if not leaf.names and not leaf.addresses:
        yield CertificateProblem("tls.no-san", f"{leaf.subject} has no SAN", {"leaf": leaf.subject})
        return
    missing = uncovered(leaf, use.names)
    if missing:
        shown = ", ".join(missing[:_NAMES_SHOWN]) + ("…" if len(missing) > _NAMES_SHOWN else "")
        words = {"names": shown, "covered": shown_names(leaf)}
        yield CertificateProblem("tls.name-not-covered", f"{shown} not covered by {shown_names(leaf)}", words)


def _only_authority(leaf: Certificate) -> bool:
    """Whether what stands for the leaf is a certificate authority; one that signed itself may serve too."""
    return leaf.ca and not leaf.self_signed and not leaf.names and not leaf.addresses
