"""What nginx checks at the end of http{}: inherited settings against each other, names, locations, variables.

The order is that of nginx's modules, since the first fault ends it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from parity.programs.nginx.check.directives.http_core import add_referer
from parity.programs.nginx.check.directives.listen import ListenPort, wildcard
from parity.programs.nginx.check.directives.proxies import CACHING
from parity.programs.nginx.check.directives.proxy_headers import proxy_hashes
from parity.programs.nginx.check.directives.tls import check_listeners, check_proxy, check_server, merged
from parity.programs.nginx.check.directives.upstreams import init_upstreams
from parity.programs.nginx.check.directives.zones import PAGE
from parity.programs.nginx.check.hash_tables import BUSY, DECLINED, Keys, aligned, build
from parity.programs.nginx.check.interpolation import compile_value
from parity.programs.nginx.check.state import Block, Conf
from parity.programs.nginx.check.urls import shown_address

_GIGA: Final = 1024**3
_DEFAULT_TYPES: Final = {b"html": b"text/html", b"gif": b"image/gif", b"jpg": b"image/jpeg"}


def finish_http(conf: Conf, http: Block) -> None:
    """Check the whole http{} that was just read; `conf` stands at its closing brace."""
    before, conf.block = conf.block, http
    for server in conf.family.servers:
        _core_server(conf, server)
    _types_hashes(conf, http)
    init_upstreams(conf, resolver="resolver" in http.fields)
    for check in (_referers, _tls, _proxied, _secure_link):
        for server in conf.family.servers:
            check(conf, server)
    for server in conf.family.servers:
        _location_tree(conf, server)
    _charsets(conf, http)
    check_listeners(conf)
    unknown = conf.family.variables.first_unknown()
    if unknown is not None and not conf.foreign_modules:
        conf.needs_everything()
        conf.fail_nowhere(b'unknown "%b" variable', unknown)
    check_variables(conf, http)
    check_server_names(conf, http)
    conf.block = before


def check_variables(conf: Conf, outer: Block) -> None:
    """Check that the table of all variables of http{} or stream{} can be built: long names need larger buckets."""
    sizes = outer.fields.get("variables_hash_max_size", 1024), outer.fields.get("variables_hash_bucket_size", 64)
    build(conf, "variables_hash", conf.family.variables.names(), sizes[0], aligned(sizes[1]), exact=False)


def levels(block: Block) -> Iterator[Block]:
    """Yield a server and all its locations, from the outside in, in the order of the file."""
    yield block
    for child in block.children:
        yield from levels(child)


def _core_server(conf: Conf, server: Block) -> None:
    buffers = merged(server, "large_client_header_buffers", (4, 8192))
    if buffers[1] < merged(server, "connection_pool_size", 512):
        conf.fail(b'the "large_client_header_buffers" size must be equal to or greater than "connection_pool_size"')


def _types_hashes(conf: Conf, http: Block) -> None:
    built: set[int] = set()
    for server in conf.family.servers:
        for block in levels(server):
            # The outer level's table is built with the sizes of the first server.
            for owner in (http, block) if block is server else (block,):
                types = merged(owner, "types", _DEFAULT_TYPES)
                if id(types) not in built:
                    built.add(id(types))
                    sizes = merged(block, "types_hash_max_size", 1024), merged(block, "types_hash_bucket_size", 64)
                    build(conf, "types_hash", types, sizes[0], aligned(sizes[1]))


def _referers(conf: Conf, server: Block) -> None:
    for block in levels(server):
        keys: Keys | None = block.fields.get("valid_referers")
        if keys is None:
            continue
        if "referers server_names" in block.fields:
            for name, is_regex in server.fields.get("server_name", [(b"", False)]):
                if not is_regex:
                    add_referer(conf, keys, name)
        if not keys and ("referers none" in block.fields or "referers blocked" in block.fields):
            conf.needs_everything()
            text = b'the "none" or "blocked" referers are specified in the "valid_referers" directive '
            conf.fail_nowhere(text + b"without any valid referer")


def _tls(conf: Conf, server: Block) -> None:
    check_server(conf, server)


def _proxied(conf: Conf, server: Block) -> None:
    for module in ("proxy", "fastcgi", "uwsgi", "scgi", "grpc"):
        for block in levels(server):
            if module in CACHING:
                _buffers(conf, block, module)
                _cache_zone(conf, block, module)
            if module == "proxy":
                proxy_hashes(conf, block)
            _values(conf, block, module)
            if _secure(block, module):
                check_proxy(conf, block, module)


def _secure(block: Block, module: str) -> bool:
    """Whether the location itself proxies over TLS, or may (by a variable)."""
    url = block.fields.get(f"{module}_pass", b"").lower()
    schemes = {"proxy": b"https://", "uwsgi": b"suwsgi://", "grpc": b"grpcs://"}
    return module in schemes and (url.startswith(schemes[module]) or (b"$" in url))


def _buffers(conf: Conf, block: Block, module: str) -> None:
    count, each = merged(block, f"{module}_buffers", (8, PAGE))
    name = module.encode()
    if count < 2:
        conf.fail(b'there must be at least 2 "%b_buffers"', name)
    largest = max(merged(block, f"{module}_buffer_size", PAGE), each)
    busy = merged(block, f"{module}_busy_buffers_size", 2 * largest)
    text = b'the maximum of the value of "%b_buffer_size" and one of the "%b_buffers"' % (name, name)
    if busy < largest:
        conf.fail(b'"%b_busy_buffers_size" must be equal to or greater than ' + text, name)
    if busy > (count - 1) * each:
        conf.fail(b'"%b_busy_buffers_size" must be less than the size of all "%b_buffers" minus one buffer', name, name)
    if merged(block, f"{module}_temp_file_write_size", 2 * largest) < largest:
        conf.fail(b'"%b_temp_file_write_size" must be equal to or greater than ' + text, name)
    most = merged(block, f"{module}_max_temp_file_size", _GIGA)
    if most and most < largest:
        start = b'"%b_max_temp_file_size" must be equal to zero to disable temporary files usage '
        conf.fail(start + b"or must be equal to or greater than " + text, name)


def _cache_zone(conf: Conf, block: Block, module: str) -> None:
    zone = merged(block, f"{module}_cache")
    if block.fields.get(f"{module}_store"):
        return
    if zone is not None and zone is not True and zone.data is None:
        conf.needs_everything()
        conf.fail(b'"%b_cache" zone "%b" is unknown', module.encode(), zone.name)
    keyed = merged(block, f"{module}_cache_key")
    if zone and module != "proxy" and keyed is None:
        conf.warn(b'no "%b_cache_key" for "%b_cache"', module.encode(), module.encode())


def _values(conf: Conf, block: Block, module: str) -> None:
    """Compile the headers or parameters that this level sets for the server behind: nginx does it only now."""
    done: set[int] = conf.block.fields.setdefault("compiled", set())  # levels share what they inherit
    for setting in (f"{module}_set_body", f"{module}_set_header", f"{module}_param"):
        value = merged(block, setting)
        if id(value) in done:
            continue
        done.add(id(value))
        for item in value if isinstance(value, list) else [(b"", value)] if value is not None else []:
            compile_value(conf, item[1])


def _secure_link(conf: Conf, server: Block) -> None:
    for block in levels(server):
        fields = block.fields
        if "secure_link_secret" in fields and ("secure_link" in fields or "secure_link_md5" in fields):
            conf.fail(b'"secure_link_secret" cannot be mixed with "secure_link" and "secure_link_md5"')


def _location_tree(conf: Conf, block: Block) -> None:
    """Fail for a location that is there twice. nginx sorts each level, and looks into the inner levels first."""
    named = [child for child in block.children if not (child.noname or child.named or child.regex)]
    named.sort(key=lambda child: (child.name, not child.exact))
    for child in named:
        _location_tree(conf, child)
    for first, second in pairwise(named):
        if (first.name, first.exact) == (second.name, second.exact):
            conf.fail_at(second.file, second.line, b'duplicate location "%b"', second.name)


def _charsets(conf: Conf, http: Block) -> None:
    maps = http.fields.get("charset_map", [])
    for server in conf.family.servers:
        for block in levels(server):
            source, target = merged(block, "source_charset"), merged(block, "charset")
            if not source or not target or source == target or "$" in (source[:1], target[:1]):
                continue
            if frozenset((source.encode(), target.encode())) not in maps:
                text = b'no "charset_map" between the charsets "%b" and "%b"'
                conf.fail_nowhere(text, source.encode(), target.encode())


def check_server_names(conf: Conf, outer: Block) -> None:
    """Check the names of all servers that share an address."""
    max_size = merged(outer, "server_names_hash_max_size", 512)
    bucket = aligned(merged(outer, "server_names_hash_bucket_size", 64))
    for port in _ordered(conf.family.ports):
        if len(port.servers) < 2 and not port.default.fields.get("captures"):
            continue
        keys = Keys()
        for server in port.servers:
            for name, is_regex in server.fields.get("server_name", [(b"", False)]):
                if not is_regex:
                    _name(conf, keys, name, port)
        for kind in (keys.exact, keys.heads, keys.tails):
            if kind:
                build(conf, "server_names_hash", kind, max_size, bucket, exact=kind is keys.exact)


def _name(conf: Conf, keys: Keys, name: bytes, port: ListenPort) -> None:
    answer = keys.add(name, wildcards=True)
    if answer == DECLINED:
        text = b'invalid server name or wildcard "%b" on %b'
        conf.fail_nowhere(text, name, shown_address(port.address))
    if answer == BUSY:
        text = b'conflicting server name "%b" on %b, ignored'
        conf.warn_nowhere(text, name, shown_address(port.address))


def _ordered(ports: list[ListenPort]) -> list[ListenPort]:
    """Return ports as nginx goes through them: by port in order of appearance, its wildcard address last."""
    groups: dict[tuple[str, int], list[ListenPort]] = {}
    for port in ports:
        family, _, number = port.address
        groups.setdefault((family, number), []).append(port)
    return [
        port
        for group in groups.values()
        for port in sorted(group, key=lambda one: (wildcard(one), "set" not in one.options))
    ]
