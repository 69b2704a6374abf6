"""TLS files as they leave a host: of a certificate file its certificates, of a key file a digest of the public key."""

from __future__ import annotations

import hashlib
from typing import Any, Dict, List, Optional

from . import der, pem, private_keys

MAX_CERTIFICATES = 16
MAX_CERTIFICATE_BYTES = 16 * 1024

# What became of a key file.
READ, ENCRYPTED, NO_KEY, UNKNOWN = "read", "encrypted", "no-key", "unknown"

# The labels that OpenSSL takes for a certificate; behind a trusted one stand more data, which are left out.
_CERTIFICATES = ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE")
_KEYS = ("PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY")


def certificate_facts(content: bytes) -> Dict[str, Any]:
    """Return what a certificate file tells: `pem`, `unreadable`, `omitted`, and `reason` when `pem` is empty.

    `pem` holds the certificates alone, each written anew from its own bytes: whatever else stands in the file, above
    all a private key, is left out, also where it stands under a certificate's label. Never raises.
    """
    kept: List[bytes] = []
    unreadable = omitted = 0
    for block in pem.blocks(content):
        if block.label not in _CERTIFICATES:
            continue
        certificate = _certificate(block)
        if certificate is None:
            unreadable += 1
        elif len(kept) == MAX_CERTIFICATES or len(certificate) > MAX_CERTIFICATE_BYTES:
            omitted += 1
        else:
            kept.append(pem.encode("CERTIFICATE", certificate))
    reason = "" if kept else _why_none(content, unreadable, omitted)
    return {"pem": b"".join(kept).decode("ascii"), "unreadable": unreadable, "omitted": omitted, "reason": reason}


def _certificate(block: pem.PemBlock) -> Optional[bytes]:
    """Return the bytes of the certificate in a block (RFC 5280 4.1: what is signed, algorithm, signature), or None."""
    try:
        (tag, content), rest = der.first(block.der)
        tags = [member for member, _ in der.elements(content)]
    except der.DerError:
        return None
    if tag != der.SEQUENCE or tags != [der.SEQUENCE, der.SEQUENCE, der.BIT_STRING]:
        return None
    if rest and block.label != "TRUSTED CERTIFICATE":
        return None
    return der.encode(tag, content)


def _why_none(content: bytes, unreadable: int, omitted: int) -> str:
    if not content.strip():
        return "the file is empty"
    if omitted:
        return "its certificate is larger than %d bytes" % MAX_CERTIFICATE_BYTES
    if unreadable:
        return "the CERTIFICATE block is damaged"
    if content[:1] == bytes((der.SEQUENCE,)):
        return "the file is binary (DER or PKCS#12); nginx needs PEM"
    return "the file has no CERTIFICATE block"


def key_facts(content: bytes, openssl: str = "openssl") -> Dict[str, str]:
    """Return what a private key file tells: `state`, `kind`, `digest`, and `reason` when there is no digest.

    `digest` is the SHA-256, in hexadecimal, of the public key's SubjectPublicKeyInfo: what the certificate holds too.
    Where only arithmetic on the curve would tell it, the host's program `openssl` is asked. Never raises, and no
    byte of the key is in what it returns.
    """
    found = list(pem.blocks(content))
    keys = [block for block in found if block.label in _KEYS]
    # OpenSSL 3 passes over a damaged key when another one follows.
    for block in keys:
        if block.encrypted or block.label == "ENCRYPTED PRIVATE KEY":
            return _no_digest(ENCRYPTED, "", "the key is encrypted")
        try:
            kind, info = private_keys.public_of(block)
        except der.DerError:
            continue
        info = info or private_keys.ask_openssl(block, openssl)
        if not info:
            return _no_digest(UNKNOWN, kind, "the public half of this %s key cannot be derived on the host" % kind)
        return {"state": READ, "kind": kind, "digest": hashlib.sha256(info).hexdigest(), "reason": ""}
    return _no_digest(NO_KEY, "", "the key in the file is damaged" if keys else _why_no_key(content, found))


def _no_digest(state: str, kind: str, reason: str) -> Dict[str, str]:
    return {"state": state, "kind": kind, "digest": "", "reason": reason}


def _why_no_key(content: bytes, found: List[pem.PemBlock]) -> str:
    if not content.strip():
        return "the file is empty"
    labels = {block.label for block in found}
    if "OPENSSH PRIVATE KEY" in labels:
        return "the key is in OpenSSH format, which nginx does not support"
    if labels.intersection(_CERTIFICATES):
        return "the file has a certificate but no key"
    if "PUBLIC KEY" in labels:
        return "the file has only the public key"
    return "the file has no PEM private key"
