"""TLS in http{} and stream{}: session caches, and certificates that must be named. No certificate is opened."""

from __future__ import annotations

from typing import Any, Final

from parity.programs.nginx.check.directives.listen import ListenPort
from parity.programs.nginx.check.directives.zones import PAGE, shared_zone
from parity.programs.nginx.check.interpolation import compile_value
from parity.programs.nginx.check.state import DUPLICATE, Block, Conf, Handler
from parity.programs.nginx.check.value_kinds import apply
from parity.programs.nginx.syntax.scalars import cstring, number, size


def session_cache(conf: Conf, args: list[bytes]) -> bytes | None:
    """`ssl_session_cache off|none|[builtin[:size]] [shared:name:size]`."""
    for arg in args:
        word = cstring(arg)
        if word in (b"off", b"none", b"builtin"):
            continue
        if word.startswith(b"builtin:") and number(arg[8:]) is not None:
            continue
        if not word.startswith(b"shared:") or not _shared(conf, arg, "session cache"):
            conf.fail(b'invalid session cache "%b"', arg)
    return None


def _ocsp_cache(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    if cstring(args[0]) == b"off":
        return None
    if not args[0].startswith(b"shared:") or not _shared(conf, args[0], "OCSP cache"):
        conf.fail(b'invalid OCSP cache "%b"', args[0])
    return None


def _shared(conf: Conf, arg: bytes, what: str) -> bool:
    """Read `shared:name:size`; False where it is not that."""
    name, _, text = arg[7:].partition(b":")
    wanted = size(text)
    if not name or wanted is None:
        return False
    if wanted < 8 * PAGE:
        conf.fail(b'%b "%b" is too small', what.encode(), arg)
    shared_zone(conf, name, wanted, f"{conf.block.family} {what}")
    return True


def ssl(conf: Conf, args: list[bytes]) -> bytes | None:
    """`ssl on`, gone since 1.25.1."""
    answer = apply(conf, args)
    if answer is None:
        conf.block.fields["ssl place"] = (conf.file, conf.reader.line)
        conf.warn(b'the "ssl" directive is deprecated, use the "listen ... ssl" directive instead')
    return answer


def merged(block: Block, name: str, default: Any = None) -> Any:
    """Return a setting of `block` or of the nearest level above it that has one."""
    here: Block | None = block
    while here is not None:
        if name in here.fields:
            return here.fields[name]
        here = here.parent
    return default


def check_server(conf: Conf, server: Block) -> None:
    """Check one http server's own settings: certificates need keys."""
    certificates = merged(server, "ssl_certificate") or []
    keys = merged(server, "ssl_certificate_key") or []
    if merged(server, "ssl"):
        file, line = merged(server, "ssl place")
        if certificates and not keys:
            conf.fail_at(file, line, b'no "ssl_certificate_key" is defined for the "ssl" directive')
        if len(keys) < len(certificates):
            text = b'no "ssl_certificate_key" is defined for certificate "%b" and the "ssl" directive'
            conf.fail_at(file, line, text, certificates[-1][0])
        if not certificates and not merged(server, "ssl_reject_handshake"):
            conf.fail_at(file, line, b'no "ssl_certificate" is defined for the "ssl" directive')
    elif len(keys) < len(certificates):
        text = b'no "ssl_certificate_key" is defined for certificate "%b"'
        conf.fail_nowhere(text, certificates[-1][0])
    for (name,) in [*certificates, *keys] if certificates else []:
        compile_value(conf, name)
    if certificates or merged(server, "ssl_reject_handshake"):
        check_clients(conf, server)


def check_clients(conf: Conf, server: Block) -> None:
    """Fail where clients are to show certificates, and nothing says whose are good."""
    verify = merged(server, "ssl_verify_client", b"off")
    newer = conf.since(1, 27, 1)
    trusted = merged(server, "ssl_client_certificate") or (newer and merged(server, "ssl_trusted_certificate"))
    if verify in (b"on", b"optional") and not trusted:
        names = b"ssl_client_certificate or ssl_trusted_certificate" if newer else b"ssl_client_certificate"
        conf.fail_nowhere(b"no %b for ssl_verify_client", names)


def check_listeners(conf: Conf) -> None:
    """Fail where a server answers TLS without a certificate."""
    ports: list[ListenPort] = conf.family.ports
    for port in ports:
        if not (port.options.get("ssl") or port.options.get("quic")):
            continue
        if merged(port.default, "ssl_certificate"):
            continue
        bare = [port.default] if not merged(port.default, "ssl_reject_handshake") else port.servers
        for server in bare:
            if merged(server, "ssl_certificate") or merged(server, "ssl_reject_handshake"):
                continue
            kind = b"quic" if port.options.get("quic") else b"ssl"
            text = b'no "ssl_certificate" is defined for the "listen ... %b" directive'
            conf.fail_at(server.file, server.line, text, kind)


def check_proxy(conf: Conf, block: Block, module: str) -> None:
    """Check what a proxied TLS connection needs, where the location has one."""
    if merged(block, f"{module}_ssl_certificate") and not merged(block, f"{module}_ssl_certificate_key"):
        text = b'no "%b_ssl_certificate_key" is defined for certificate "%b"'
        conf.fail_nowhere(text, module.encode(), merged(block, f"{module}_ssl_certificate"))
    if merged(block, f"{module}_ssl_verify") and not merged(block, f"{module}_ssl_trusted_certificate"):
        text = b"no %b_ssl_trusted_certificate for %b_ssl_verify"
        conf.fail_nowhere(text, module.encode(), module.encode())


HTTP: Final[dict[str, Handler]] = {
    "ssl": ssl,
    "ssl_session_cache": session_cache,
    "ssl_ocsp_cache": _ocsp_cache,
}
STREAM: Final[dict[str, Handler]] = {"ssl_session_cache": session_cache, "ssl_ocsp_cache": _ocsp_cache}
