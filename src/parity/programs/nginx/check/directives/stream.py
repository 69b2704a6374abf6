"""stream{}: its servers and where they pass connections to."""

from __future__ import annotations

from typing import Any, Final

from parity.programs.nginx.check.directives.end_of_http import check_server_names, check_variables
from parity.programs.nginx.check.directives.http_core import access, certificate_cache, real_ip_from, resolver
from parity.programs.nginx.check.directives.listen import listen, listening_server
from parity.programs.nginx.check.directives.logs import STREAM as LOGS
from parity.programs.nginx.check.directives.maps import STREAM as MAPS
from parity.programs.nginx.check.directives.servers import server_name
from parity.programs.nginx.check.directives.tls import STREAM as TLS
from parity.programs.nginx.check.directives.tls import check_clients, check_listeners, check_proxy, merged
from parity.programs.nginx.check.directives.upstreams import ENTRY, add_upstream, init_upstreams
from parity.programs.nginx.check.directives.zones import STREAM as ZONES
from parity.programs.nginx.check.interpolation import compile_value, define
from parity.programs.nginx.check.state import DUPLICATE, Block, Conf, Family, Handler
from parity.programs.nginx.check.urls import parse_url
from parity.programs.nginx.check.value_kinds import apply
from parity.programs.nginx.check.variables import Variables


def _stream(conf: Conf, _args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    conf.modules_used = True
    conf.families["stream"] = Family(Variables("stream", conf.version, conf.brought.get("stream", ())))
    block = Block("stream", conf.block)
    conf.parse_block(block, None)
    before, conf.block = conf.block, block
    _finish(conf, block)
    conf.block = before
    return None


def _finish(conf: Conf, stream: Block) -> None:
    for server in conf.family.servers:
        if "handler" not in server.fields and not conf.since(1, 25, 5):
            conf.needs_everything()
            conf.fail_at(server.file, server.line, b"no handler for server")
    _certificates(conf)
    init_upstreams(conf, resolver="resolver" in stream.fields)
    for server in conf.family.servers:
        if merged(server, "proxy_ssl"):
            check_proxy(conf, server, "proxy")
    unknown = conf.family.variables.first_unknown()
    if unknown is not None and not conf.foreign_modules:
        conf.needs_everything()
        conf.fail_nowhere(b'unknown "%b" variable', unknown)
    check_variables(conf, stream)
    if conf.since(1, 25, 5):
        check_server_names(conf, stream)


def _certificates(conf: Conf) -> None:
    """Fail where a server of stream{} answers TLS without a certificate or a key."""
    old = not conf.since(1, 25, 5)
    for server in conf.family.servers:
        certificates = merged(server, "ssl_certificate") or []
        keys = merged(server, "ssl_certificate_key") or []
        if old and "listen ssl" in server.fields:
            _old_certificates(conf, server, certificates, keys)
        elif not old and len(keys) < len(certificates):
            conf.needs_everything()
            conf.needs_everything()
            text = b'no "ssl_certificate_key" is defined for certificate "%b"'
            conf.fail_nowhere(text, certificates[-1][0])
        used = "listen ssl" in server.fields if old else certificates or merged(server, "ssl_reject_handshake")
        if used:
            check_clients(conf, server)
    if not old:
        check_listeners(conf)


def _old_certificates(conf: Conf, server: Block, certificates: list[Any], keys: list[Any]) -> None:
    file, line = server.fields["listen ssl"]
    for name, there in (("ssl_certificate", certificates), ("ssl_certificate_key", keys)):
        if not there:
            conf.needs_everything()
            conf.fail_at(file, line, b'no "%b" is defined for the "listen ... ssl" directive', name.encode())
    if len(keys) < len(certificates):
        conf.needs_everything()
        text = b'no "ssl_certificate_key" is defined for certificate "%b" and the "listen ... ssl" directive'
        conf.fail_at(file, line, text, certificates[-1][0])


def _proxy_pass(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    conf.block.fields["handler"] = True
    if not compile_value(conf, args[0]):
        add_upstream(conf, parse_url(args[0], resolve=False))
    return None


def _return(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    compile_value(conf, args[0])
    conf.block.fields["handler"] = True
    return None


def _pass(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    conf.block.fields["handler"] = True
    if not compile_value(conf, args[0]):
        url = parse_url(args[0], resolve=False)
        if url.error:
            conf.fail(b'%b in "%b" of the "pass" directive', url.error, args[0])
        if not url.addrs:
            return b"has no addresses"
        if url.no_port:
            conf.fail(b'no port in "%b" of the "pass" directive', args[0])
    return None


def _set(conf: Conf, args: list[bytes]) -> bytes | None:
    define(conf, args[0], use=True)
    compile_value(conf, args[1])
    return None


def _proxy_ssl_alpn(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    for arg in args:
        compile_value(conf, arg)
    return None


def _ssl_alpn(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    return b"protocol too long" if any(len(arg) > 255 for arg in args) else None


def _old_buffer(conf: Conf, args: list[bytes]) -> bytes | None:
    """proxy_downstream_buffer and proxy_upstream_buffer: old names of proxy_buffer_size."""
    old, conf.directive = conf.directive, b"proxy_buffer_size"
    answer = apply(conf, args)
    conf.directive = old
    if answer is None:
        text = b'the "%b" directive is deprecated, use the "proxy_buffer_size" directive instead'
        conf.warn(text, old)
    return answer


STREAM: Final[dict[str, Handler]] = {
    "server": listening_server,
    "listen": listen,
    "server_name": server_name,
    "proxy_pass": _proxy_pass,
    "pass": _pass,
    "return": _return,
    "set": _set,
    "ssl_alpn": _ssl_alpn,
    "proxy_ssl_alpn": _proxy_ssl_alpn,
    "proxy_downstream_buffer": _old_buffer,
    "proxy_upstream_buffer": _old_buffer,
    "allow": access,
    "deny": access,
    "set_real_ip_from": real_ip_from,
    "resolver": resolver,
    "ssl_certificate_cache": certificate_cache,
    "proxy_ssl_certificate_cache": certificate_cache,
    **ENTRY,
    **LOGS,
    **MAPS,
    **TLS,
    **ZONES,
}
MAIN: Final[dict[str, Handler]] = {"stream": _stream}
