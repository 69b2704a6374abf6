"""Groups of servers: upstream{} blocks, and those that `proxy_pass http://host` implies."""

from __future__ import annotations

from typing import Any, Final

from parity.programs.nginx.check.directives.zones import PAGE, shared_zone
from parity.programs.nginx.check.interpolation import compile_value
from parity.programs.nginx.check.state import DUPLICATE, Block, Conf, Handler, Upstream
from parity.programs.nginx.check.urls import Url, impossible, ipv4, parse_url
from parity.programs.nginx.syntax.scalars import cstring, duration, number, size

_ALL: Final = frozenset({"weight", "max_conns", "max_fails", "fail_timeout", "down", "backup"})
_PORTS_OF_A_HOST: Final = 1000  # each is held against the others; nobody has more
_MOMENTS: Final = {"http": (b"header", b"last_byte"), "stream": (b"connect", b"first_byte", b"last_byte")}
_NO_BACKUP: Final = _ALL - {"backup"}


def add_upstream(conf: Conf, url: Url, *, written: bool = False) -> Upstream:
    """Return the group of that host, made now if there is none."""
    if url.error:
        conf.fail(b'%b in upstream "%b"', url.error, url.url)
    same_host = conf.family.by_host.setdefault(url.host.lower(), [])
    for known in same_host:
        if written and known.written:
            conf.fail(b'duplicate upstream "%b"', url.host)
        if known.written and not url.no_port:
            conf.fail(b'upstream "%b" may not have port %d', url.host, url.port)
        if written and not known.no_port:
            text = b'upstream "%b" may not have port %d'
            conf.fail_at(known.file, known.line, text, url.host, known.port)
        if known.port and url.port and known.port != url.port:
            continue
        if written:
            known.written, known.flags, known.port = True, _ALL, 0
        return known
    made = Upstream(url.host, url.port, url.no_port, conf.file or "", conf.reader.line, written)
    made.flags = _ALL if written else frozenset()
    if url.addrs is not None and len(url.addrs) == 1 and (url.port or url.family == "unix"):
        made.servers = [{}]
    conf.family.upstreams.append(made)
    same_host.append(made)
    if len(same_host) > _PORTS_OF_A_HOST:
        conf.fail_silently()
    return made


def _upstream(conf: Conf, args: list[bytes]) -> bytes | None:
    group = add_upstream(conf, Url(args[0], host=args[0], no_port=True, addrs=[]), written=True)
    group.servers = []
    block = Block(conf.block.context + "/upstream", conf.block)
    block.fields["group"] = group
    conf.parse_block(block, None)
    if not group.servers:
        conf.needs_everything()
        conf.fail(b"no servers are inside upstream")
    return None


def _group(conf: Conf) -> Upstream:
    group: Upstream = conf.block.fields["group"]
    return group


def _server(conf: Conf, args: list[bytes]) -> bytes | None:
    group = _group(conf)
    stream = conf.block.family == "stream"
    known: dict[str, Any] = {}
    for arg in args[1:]:
        _server_parameter(conf, group, arg, known)
    if stream and conf.since(1, 27, 3) and "service" in known and not args[0]:
        conf.fail(b"empty upstream")
    url = parse_url(args[0], 0 if stream else 80, resolve="resolve" not in known)
    if url.error:
        conf.fail(b'%b in upstream "%b"', url.error, args[0])
    if stream and url.no_port and "service" not in known:
        conf.fail(b'no port in upstream "%b"', args[0])
    if "resolve" in known and (url.family != "inet" or ipv4(url.host) is not None):
        del known["resolve"]  # an address needs no resolving
    if group.servers is not None:
        group.servers.append(known)
    return None


def _server_parameter(conf: Conf, group: Upstream, arg: bytes, known: dict[str, Any]) -> None:
    name, sign, value = arg.partition(b"=")
    key = name.decode("latin-1")
    if sign and key in ("weight", "max_conns", "max_fails", "fail_timeout"):
        _supported(conf, group, key, arg)
        found = duration(value, seconds=True) if key == "fail_timeout" else number(value)
        if found is None or (key == "weight" and not found):
            conf.fail(b'invalid parameter "%b"', arg)
    elif cstring(arg) in (b"backup", b"down"):
        _supported(conf, group, cstring(arg).decode(), arg)
    elif not (conf.since(1, 27, 3) and (cstring(arg) == b"resolve" or (key == "service" and sign))) and not (
        conf.since(1, 29, 6) and conf.block.family == "http" and (cstring(arg) == b"drain" or (key == "route" and sign))
    ):
        conf.fail(b'invalid parameter "%b"', arg)
    known[key] = value


def _supported(conf: Conf, group: Upstream, key: str, arg: bytes) -> None:
    if key not in group.flags:
        conf.fail(b'balancing method does not support parameter "%b"', arg)


def _method(conf: Conf, flags: frozenset[str]) -> None:
    group = _group(conf)
    if group.method:
        conf.warn(b"load balancing method redefined")
    group.method, group.flags = True, flags


def _least_conn(conf: Conf, _args: list[bytes]) -> bytes | None:
    _method(conf, _ALL)
    return None


def _least_time(conf: Conf, args: list[bytes]) -> bytes | None:
    if cstring(args[0]) not in _MOMENTS[conf.block.family]:
        conf.fail(b'invalid value "%b"', args[0])
    if args[1:] and cstring(args[1]) != b"inflight":
        conf.fail(b'invalid parameter "%b"', args[1])
    _method(conf, _ALL)
    return None


def _ip_hash(conf: Conf, _args: list[bytes]) -> bytes | None:
    _method(conf, _NO_BACKUP)
    return None


def _hash(conf: Conf, args: list[bytes]) -> bytes | None:
    compile_value(conf, args[0])
    _method(conf, _NO_BACKUP)
    if len(args) > 1 and cstring(args[1]) != b"consistent":
        conf.fail(b'invalid parameter "%b"', args[1])
    return None


def _random(conf: Conf, args: list[bytes]) -> bytes | None:
    _method(conf, _NO_BACKUP)
    if args and cstring(args[0]) != b"two":
        conf.fail(b'invalid parameter "%b"', args[0])
    if len(args) > 1 and not _two_by(conf, cstring(args[1])):
        conf.fail(b'invalid parameter "%b"', args[1])
    return None


def _two_by(conf: Conf, method: bytes) -> bool:
    return method == b"least_conn" or (conf.since(1, 31) and method.startswith(b"least_time="))


def _keepalive(conf: Conf, args: list[bytes]) -> bytes | None:
    if not conf.unset():
        return DUPLICATE
    count = number(args[0])
    if count is None or (count == 0 and not conf.since(1, 29, 7)):
        conf.fail(b'invalid value "%b" in "%b" directive', args[0], conf.directive)
    if len(args) > 1 and cstring(args[1]) != b"local":
        conf.fail(b'invalid parameter "%b"', args[1])
    if not conf.since(1, 29, 7):  # from then on every group keeps connections, by whatever method
        _group(conf).method = True
    return None


def _zone(conf: Conf, args: list[bytes]) -> bytes | None:
    if not args[0]:
        conf.fail(b'invalid zone name "%b"', args[0])
    wanted = 0
    if len(args) > 1:
        found = size(args[1])
        if found is None:
            conf.fail(b'invalid zone size "%b"', args[1])
        if found < 8 * PAGE:
            conf.fail(b'zone "%b" is too small', args[0])
        wanted = found
    shared_zone(conf, args[0], wanted, f"{conf.block.family} upstream")
    _group(conf).zone = True
    return None


def init_upstreams(conf: Conf, resolver: bool) -> None:
    """Check every group once its http{} or stream{} is complete. `resolver`: whether the outer level names one."""
    for group in conf.family.upstreams:
        if group.servers is not None:
            if all("backup" in server for server in group.servers):
                conf.needs_everything()
                conf.fail_at(group.file, group.line, b'no servers in upstream "%b"', group.host)
            if any("resolve" in server for server in group.servers):
                _resolvable(conf, group, resolver)
        elif not group.port:
            conf.needs_everything()
            conf.fail_at(group.file, group.line, b'no port in upstream "%b"', group.host)
        elif impossible(group.host):
            conf.needs_everything()
            conf.fail_at(group.file, group.line, b'host not found in upstream "%b"', group.host)


def _resolvable(conf: Conf, group: Upstream, resolver: bool) -> None:
    if not group.zone:
        conf.needs_everything()
        text = b'resolving names at run time requires upstream "%b" in %b:%d to be in shared memory'
        conf.fail_nowhere(text, group.host, group.file.encode("utf-8", "surrogateescape"), group.line)
    if not (resolver or group.resolver):
        text = b'no resolver defined to resolve names at run time in upstream "%b"'
        conf.fail_at(group.file, group.line, text, group.host)


BLOCK: Final[dict[str, Handler]] = {
    "server": _server,
    "least_conn": _least_conn,
    "least_time": _least_time,
    "ip_hash": _ip_hash,
    "hash": _hash,
    "random": _random,
    "keepalive": _keepalive,
    "zone": _zone,
}
ENTRY: Final[dict[str, Handler]] = {"upstream": _upstream}
