"""TLS side by side, as plain data for `findings.json`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from parity.areas.tls import settings
from parity.areas.tls.certificates import Certificate, days_left, shown_names
from parity.areas.tls.servers import TlsServer
from parity.domain.values import show
from parity_host.tls.certificates import ENCRYPTED, NO_KEY, READ

_DAMAGED: Final = "(damaged)"


def facts_of(servers: Sequence[TlsServer], today: date) -> list[dict[str, Any]]:
    """Return each server's TLS as plain data, in the order given: settings, certificates from the first on, key."""
    return [_server(server, today) for server in servers]


def _server(server: TlsServer, today: date) -> dict[str, Any]:
    chain = server.chain()
    return {
        "environment": server.environment,
        "service": server.service,
        "server": show(server.label),
        "place": show(server.place),
        "names": [show(name) for name in server.names],
        "listen": [show(listen) for listen in server.listen],
        "protocols": _protocols(server),
        "ciphers": show(server.ciphers) if server.ciphers else f"nginx's default ({settings.DEFAULT_CIPHERS})",
        "hsts": show(server.hsts) if server.hsts else "no header",
        "certificate": show(server.certificate) if server.certificate else "none of its own",
        "chain": [_certificate(certificate, today) for certificate in chain.certificates],
        "unread": _unread(server, bool(chain.certificates)),
        "key": _key(server),
    }


def _protocols(server: TlsServer) -> str:
    offered = settings.effective_protocols(server.protocols, server.version)
    if offered is None:
        return "nginx's default; its version is not known"
    names = " ".join(offered) or "none"
    return names if server.protocols else f"{names} (nginx's default in {show(server.version)})"


def _unread(server: TlsServer, has_certificates: bool) -> str:
    if has_certificates or not server.certificate:
        return ""
    return "was not looked at" if server.pem is None else show(server.certificate_reason or "it holds no certificate")


def _key(server: TlsServer) -> str:
    leaf = server.chain().leaf(server.key_digest)
    if server.key_state == READ and leaf is not None and leaf.key_digest:
        return (
            "belongs to the certificate" if leaf.key_digest == server.key_digest else "belongs to another certificate"
        )
    if server.key_state in (ENCRYPTED, NO_KEY):
        return show(server.key_reason or server.key_state)
    return "was not looked at"


def _certificate(certificate: Certificate, today: date) -> dict[str, Any]:
    return {
        "subject": show(certificate.subject),
        "issuer": "itself" if certificate.self_signed else show(certificate.issuer),
        "names": show(shown_names(certificate)) if certificate.understood else _DAMAGED,
        "from": certificate.starts.date().isoformat(),
        "until": certificate.ends.date().isoformat(),
        "days_left": days_left(certificate, today),
        "key": f"{certificate.key_kind} {certificate.key_bits}" if certificate.key_bits else certificate.key_kind,
        "signature": certificate.signature_hash.upper() or "its own kind",
        "fingerprint": certificate.fingerprint,
    }
