"""The public half of a private key, read on the host: of the key itself nothing is kept, shown or sent."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import NamedTuple, Optional

from . import der, pem

# Object identifiers, as DER holds them. Sources: RFC 8017 (RSA), RFC 5480 (EC), RFC 8410 (Edwards curves).
_RSA = bytes.fromhex("2a864886f70d010101")
_RSA_PSS = bytes.fromhex("2a864886f70d01010a")
_EC = bytes.fromhex("2a8648ce3d0201")
_KINDS = {
    _RSA: "RSA",
    _RSA_PSS: "RSA",
    _EC: "EC",
    bytes.fromhex("2b6570"): "Ed25519",
    bytes.fromhex("2b6571"): "Ed448",
    bytes.fromhex("2a8648ce380401"): "DSA",
}
_PARAMETERS, _PUBLIC_KEY = 0xA0, 0xA1
_UNCOMPRESSED = 4
_OPENSSL_SECONDS = 5
_PUBLIC_LIMIT = 16 * 1024


class Public(NamedTuple):
    """A key's kind and its SubjectPublicKeyInfo; that is empty when it cannot be told without arithmetic."""

    kind: str
    info: bytes


def public_of(block: pem.PemBlock) -> Public:
    """Return the public half of an unencrypted key block; raises DerError when it holds no such key."""
    if block.label == "RSA PRIVATE KEY":
        return Public("RSA", _rsa(block.der))
    if block.label == "EC PRIVATE KEY":
        return Public("EC", _ec(block.der, None))
    if block.label == "PRIVATE KEY":
        return _pkcs8(block.der)
    der.whole(block.der, der.SEQUENCE)
    return Public(block.label[: -len(" PRIVATE KEY")], b"")


def _pkcs8(data: bytes) -> Public:
    """PrivateKeyInfo, RFC 5208 and 5958: version, algorithm, key, and parts that are not needed here."""
    members = der.elements(der.whole(data, der.SEQUENCE))
    if der.natural(der.take(members, der.INTEGER)) > 1:
        raise der.DerError("a PKCS#8 version that does not exist")
    algorithm = der.elements(der.take(members, der.SEQUENCE))
    key = der.take(members, der.OCTET_STRING)
    name = der.take(algorithm, der.OBJECT)
    if name in (_RSA, _RSA_PSS):
        return Public("RSA", _rsa(key))
    if name == _EC:
        return Public("EC", _ec(key, algorithm[0] if algorithm else None))
    return Public(_KINDS.get(name, "unknown"), b"")


def _rsa(data: bytes) -> bytes:
    """RSAPrivateKey, RFC 8017 A.1.2: version, modulus, public exponent, six more, and other primes if version is 1."""
    members = der.elements(der.whole(data, der.SEQUENCE))
    version = der.natural(der.take(members, der.INTEGER))
    numbers = [der.take(members, der.INTEGER) for _ in range(8)]
    if version > 1 or bool(members) != bool(version) or not all(der.natural(number) for number in numbers):
        raise der.DerError("not an RSA key")
    public = der.encode(der.SEQUENCE, *(der.encode(der.INTEGER, number) for number in numbers[:2]))
    return _info(der.encode(der.OBJECT, _RSA) + der.encode(der.NULL), public)


def _ec(data: bytes, curve: Optional[der.Element]) -> bytes:
    """ECPrivateKey, RFC 5915: version 1, key, [0] curve, [1] public key; empty when the last two do not tell enough.

    `curve` is the one that PKCS#8 has outside; OpenSSL prefers one inside, and so do we.
    """
    members = der.elements(der.whole(data, der.SEQUENCE))
    if der.natural(der.take(members, der.INTEGER)) != 1 or not der.take(members, der.OCTET_STRING):
        raise der.DerError("not an EC key")
    point = b""
    for tag, content in members:
        if tag == _PARAMETERS:
            (inner, rest) = der.first(content)
            if rest:
                raise der.DerError("more than one curve")
            curve = inner
        elif tag == _PUBLIC_KEY:
            point = _bits(der.whole(content, der.BIT_STRING))
        else:
            raise der.DerError("not an EC key")
    if curve is None or curve[0] != der.OBJECT or point[:1] != bytes((_UNCOMPRESSED,)):
        return b""
    return _info(der.encode(der.OBJECT, _EC) + der.encode(*curve), point)


def _bits(content: bytes) -> bytes:
    if content[:1] != b"\0":
        raise der.DerError("a string of bits that are not bytes")
    return content[1:]


def _info(algorithm: bytes, public: bytes) -> bytes:
    """SubjectPublicKeyInfo, RFC 5280 4.1."""
    return der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, algorithm), der.encode(der.BIT_STRING, b"\0", public))


def ask_openssl(block: pem.PemBlock, program: str = "openssl") -> bytes:
    """Return the SubjectPublicKeyInfo of a key as the host's own `openssl` derives it, or nothing.

    The key goes to its standard input, so it stands in no file and in no list of processes.
    """
    found = shutil.which(program)
    if found is None:
        return b""
    try:
        answer = subprocess.run(
            [found, "pkey", "-pubout", "-outform", "DER", "-passin", "pass:"],
            input=pem.encode(block.label, block.der),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_OPENSSL_SECONDS,
            check=False,
            env={"PATH": os.environ.get("PATH", ""), "OPENSSL_CONF": os.devnull},
        )
        return _canonical(answer.stdout) if answer.returncode == 0 else b""
    except (OSError, subprocess.SubprocessError, der.DerError):
        return b""


def _canonical(info: bytes) -> bytes:
    """Return `info` when equal keys are always written so; a curve or a point can be spelled out in other ways."""
    if len(info) > _PUBLIC_LIMIT:
        raise der.DerError("longer than a public key is")
    members = der.elements(der.whole(info, der.SEQUENCE))
    algorithm = der.elements(der.take(members, der.SEQUENCE))
    point = _bits(der.take(members, der.BIT_STRING))
    if der.take(algorithm, der.OBJECT) == _EC:
        der.take(algorithm, der.OBJECT)
        if point[:1] != bytes((_UNCOMPRESSED,)):
            return b""
    return info
