"""The order of a chain of certificates: who issued whom."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm


def order(texts: Sequence[bytes]) -> list[int] | None:
    """Return the positions of PEM certificates from the server's own up; None where they are no chain."""
    try:
        return _order([x509.load_pem_x509_certificate(text) for text in texts])
    except ValueError:
        return None


def _order(certificates: list[x509.Certificate]) -> list[int] | None:
    """Return the chain from the one that issued none of the others; None where there is no single chain."""
    issuer: dict[int, int] = {}
    for one, certificate in enumerate(certificates):
        for other, above in enumerate(certificates):
            if one != other and _issued(certificate, above):
                issuer.setdefault(one, other)
    leaves = [index for index in range(len(certificates)) if index not in issuer.values()]
    if len(leaves) != 1:
        return None
    order = [leaves[0]]
    while order[-1] in issuer and issuer[order[-1]] not in order:
        order.append(issuer[order[-1]])
    return order if len(order) == len(certificates) else None


def _issued(certificate: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return certificate.subject != above.subject
