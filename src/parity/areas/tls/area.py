"""The area tls: each server of each nginx that speaks TLS, with what its host tells of its certificate and key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import zip_longest
from typing import Any, Final

from parity.areas.tls.facts import facts_of
from parity.areas.tls.servers import TlsServer, differences_of
from parity.compare.comparison import Comparison
from parity.compare.configured import Reader
from parity.compare.match_services import Match
from parity.compare.nginx_model import model_of, release_of
from parity.domain.findings import Difference
from parity.domain.stack import Configuration, Stack
from parity.domain.untrusted import text, whole
from parity.programs.nginx.model.types import Server, Setting, Tls

# Inherited from http{}: http://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_password_file
_PASSWORDS: Final = "ssl_password_file"


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield what is wrong with TLS in each environment, and where the environments' differs."""
    today = today_of(comparison)
    if today is not None:
        production = {stack.environment for stack in comparison.stacks if stack.production}
        yield from differences_of(servers_of(comparison), production, today)


def facts(comparison: Comparison) -> list[dict[str, Any]]:
    """Return each server's TLS as plain data, for reports; nothing where no snapshot says when it was taken."""
    today = today_of(comparison)
    return facts_of(servers_of(comparison), today) if today is not None else []


def today_of(comparison: Comparison) -> date | None:
    """Return the newest day on which an environment was seen; None where no snapshot says one."""
    return max((day for stack in comparison.stacks if (day := stack.day) is not None), default=None)


def servers_of(comparison: Comparison) -> list[TlsServer]:
    """Return every server that speaks TLS, once for each of its certificates, in the order of the environments."""
    return [
        server
        for match in comparison.matches
        for stack, configuration, reader in comparison.configured(match, "nginx")
        for server in _servers(stack, match, configuration, reader)
    ]


def _servers(stack: Stack, match: Match, configuration: Configuration, reader: Reader) -> Iterator[TlsServer]:
    version = release_of(configuration, reader).version
    for server in model_of(configuration, reader).servers:
        if server.tls is not None:
            yield from _each_certificate(stack, match, configuration, server, server.tls, version)


def _each_certificate(
    stack: Stack, match: Match, configuration: Configuration, server: Server, tls: Tls, version: str
) -> Iterator[TlsServer]:
    pairs = list(zip_longest((path for path, _ in tls.certificates), (path for path, _ in tls.keys), fillvalue=""))
    for certificate, key in pairs or [("", "")]:
        seen, secret = configuration.certificates.get(certificate, {}), configuration.keys.get(key, {})
        yield TlsServer(
            environment=stack.environment,
            service=match.name,
            container=configuration.container,
            names=server.names,
            listen=tuple(listen.shown for listen in server.listens),
            certificate=certificate,
            pem=text(seen, "pem").encode() if seen else None,
            unreadable=whole(seen, "unreadable"),
            certificate_reason=text(seen, "reason"),
            key=key,
            key_state=text(secret, "state"),
            key_digest=text(secret, "digest"),
            key_reason=text(secret, "reason"),
            key_has_password=_PASSWORDS in server.base.settings,
            protocols=tuple(tls.protocols.shown.split()) if tls.protocols.place else None,
            ciphers=tls.ciphers.shown if tls.ciphers.place else None,
            hsts=_header(tls.hsts),
            version=version,
            place=str(server.place),
        )


def _header(setting: Setting | None) -> str | None:
    """Return the value of a header that nginx adds, without its `always`."""
    if setting is None or not isinstance(setting.value, tuple) or not setting.value:
        return None
    return str(setting.value[0][0])
