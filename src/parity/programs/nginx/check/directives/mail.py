"""mail{}: its servers, and what each of them must have."""

from __future__ import annotations

from typing import Final

from parity.programs.nginx.check.directives.http_core import real_ip_from, resolver
from parity.programs.nginx.check.directives.listen import listen, listening_server
from parity.programs.nginx.check.directives.logs import error_log
from parity.programs.nginx.check.directives.tls import merged, session_cache, ssl
from parity.programs.nginx.check.state import DUPLICATE, Block, Conf, Family, Handler
from parity.programs.nginx.check.urls import parse_url
from parity.programs.nginx.check.variables import Variables
from parity.programs.nginx.syntax.scalars import cstring

_PORTS: Final = frozenset({25, 110, 143, 465, 587, 993, 995})  # a `listen` on one of these tells the protocol


def _mail(conf: Conf, _args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    conf.modules_used = True
    conf.families["mail"] = Family(Variables("stream", conf.version))  # mail{} has no variables
    conf.parse_block(Block("mail", conf.block), None)
    servers = conf.families["mail"].servers
    for server in servers:
        if not merged(server, "protocol") and not server.fields.get("listen tells"):
            conf.needs_everything()
            conf.fail_at(server.file, server.line, b"unknown mail protocol for server")
    for server in servers:
        if not merged(server, "auth_http"):
            conf.needs_everything()
            conf.fail_at(server.file, server.line, b'no "auth_http" is defined for server')
    return None


def _listen(conf: Conf, args: list[bytes]) -> bytes | None:
    answer = listen(conf, args)
    if any(address[2] in _PORTS for address in parse_url(args[0], listen=True).addrs or []):
        conf.block.fields["listen tells"] = True
    return answer


def _protocol(conf: Conf, args: list[bytes]) -> bytes | None:
    if cstring(args[0]) not in (b"imap", b"pop3", b"smtp"):
        conf.fail(b'unknown protocol "%b"', args[0])
    conf.block.fields["protocol"] = True
    return None


def _auth_http(conf: Conf, args: list[bytes]) -> bytes | None:
    url = parse_url(args[0].removeprefix(b"http://"), 80, uri_part=True)
    if url.error:
        conf.fail(b'%b in auth_http "%b"', url.error, url.url)
    conf.block.fields["auth_http"] = args[0]
    return None


MAIL: Final[dict[str, Handler]] = {
    "server": listening_server,
    "listen": _listen,
    "error_log": error_log,
    "resolver": resolver,
    "set_real_ip_from": real_ip_from,
    "ssl_session_cache": session_cache,
    "protocol": _protocol,
    "auth_http": _auth_http,
    "ssl": ssl,
}
MAIN: Final[dict[str, Handler]] = {"mail": _mail}
