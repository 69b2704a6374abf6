"""proxy_pass and its kin (fastcgi, uwsgi, scgi, grpc, memcached), and what rewrites their answers."""

from __future__ import annotations

from typing import Final

from parity.programs.nginx.check.directives.upstreams import add_upstream
from parity.programs.nginx.check.directives.zones import shared_zone
from parity.programs.nginx.check.interpolation import compile_value
from parity.programs.nginx.check.pcre import compile_regex
from parity.programs.nginx.check.state import DUPLICATE, Conf, Handler
from parity.programs.nginx.check.urls import parse_url
from parity.programs.nginx.syntax.scalars import cstring

_NO_URI: Final = (
    b'"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, '
    b'or inside "if" statement, or inside "limit_except" block'
)
CACHING: Final = ("proxy", "fastcgi", "uwsgi", "scgi")


def _proxy_pass(conf: Conf, args: list[bytes]) -> bytes | None:
    fields, url = conf.block.fields, args[0]
    if "proxy_pass" in fields:
        return DUPLICATE
    if b"$" in url:
        compile_value(conf, url)
        fields["proxy_pass"], fields["proxy_pass dynamic"] = url, True
        return None
    if url[:7].lower() == b"http://":
        cut, port = 7, 80
    elif url[:8].lower() == b"https://":
        cut, port = 8, 443
    else:
        conf.fail(b"invalid URL prefix")
    found = parse_url(url[cut:], port, uri_part=True, resolve=False)
    add_upstream(conf, found)
    block = conf.block
    if (block.named or block.regex or block.noname) and found.uri:
        conf.fail(_NO_URI)
    fields["proxy_pass"] = url
    return None


def _pass(scheme: bytes, secure: bytes) -> Handler:
    """Make the handler of a `*_pass` whose scheme may be left out and whose port may not."""

    def handler(conf: Conf, args: list[bytes]) -> bytes | None:
        name = conf.directive.decode()
        if name in conf.block.fields:
            return DUPLICATE
        conf.block.fields[name] = b""
        if not args:  # tunnel_pass alone goes where the request says
            return None
        url = args[0]
        if b"$" in url and name != "memcached_pass":
            conf.block.fields[name] = url
            compile_value(conf, url)
            return None
        lower = url.lower()
        for prefix in (scheme, secure):
            if prefix and lower.startswith(prefix):
                url = url[len(prefix) :]
                break
        add_upstream(conf, parse_url(url, resolve=False))
        conf.block.fields[name] = args[0]
        if name == "memcached_pass":
            conf.use(b"memcached_key")
        return None

    return handler


def _proxy_redirect(conf: Conf, args: list[bytes]) -> bytes | None:
    fields = conf.block.fields
    if fields.get("proxy_redirect") == "off":
        return DUPLICATE
    redirects = fields.setdefault("proxy_redirect", "on")
    word = cstring(args[0])
    if len(args) == 1:
        if word == b"off":
            if fields.get("proxy_redirects"):
                return DUPLICATE
            fields["proxy_redirect"] = "off"
            return None
        if word != b"default":
            conf.fail(b'invalid parameter "%b"', args[0])
        if "proxy_pass dynamic" in fields:
            text = b'"proxy_redirect default" cannot be used with "proxy_pass" directive with variables'
            conf.fail(text)
        if "proxy_pass" not in fields:
            conf.fail(b'"proxy_redirect default" should be placed after the "proxy_pass" directive')
        fields["proxy_redirects"] = redirects
        return None
    fields["proxy_redirects"] = redirects
    _pattern(conf, args[0])
    compile_value(conf, args[1])
    return None


def _pattern(conf: Conf, word: bytes) -> None:
    if word[:1] == b"~":
        compile_regex(conf, word[2:] if word[1:2] == b"*" else word[1:])
    else:
        compile_value(conf, word)


def _cookie_rewrite(conf: Conf, args: list[bytes]) -> bytes | None:
    """proxy_cookie_domain, proxy_cookie_path, proxy_cookie_flags."""
    fields, name = conf.block.fields, conf.directive.decode()
    if len(args) == 1:
        if cstring(args[0]) != b"off":
            conf.fail(b'invalid parameter "%b"', args[0])
        if name in fields:
            return DUPLICATE
        fields[name] = []
        return None
    fields.setdefault(name, []).append(args)
    domain = name == "proxy_cookie_domain"
    if args[0][:1] == b"~" and name != "proxy_cookie_path":
        compile_regex(conf, args[0][1:])
    elif domain:
        compile_value(conf, args[0].removeprefix(b"."))
    else:
        _pattern(conf, args[0])
    for word in args[1:]:
        compile_value(conf, word)
    return None


def _store(conf: Conf, args: list[bytes]) -> bytes | None:
    module = conf.directive.decode().partition("_")[0]
    fields = conf.block.fields
    if not conf.unset():
        return DUPLICATE
    word = cstring(args[0])
    if word == b"off":
        return None
    if fields.get(f"{module}_cache"):
        return b'is incompatible with "%b_cache"' % module.encode()
    fields[f"{module}_store"] = args[0]
    if not word and conf.since(1, 31):
        conf.fail(b"empty path")
    if word != b"on":
        compile_value(conf, args[0])
    return None


def _cache(conf: Conf, args: list[bytes]) -> bytes | None:
    module = conf.directive.decode().partition("_")[0]
    fields = conf.block.fields
    if not conf.unset():
        return DUPLICATE
    if cstring(args[0]) == b"off":
        return None
    if fields.get(f"{module}_store"):
        return b'is incompatible with "%b_store"' % module.encode()
    fields[f"{module}_cache"] = True
    if not compile_value(conf, args[0]):
        fields[f"{module}_cache"] = shared_zone(conf, args[0], 0, f"{module}_cache")
    return None


def _fastcgi_split_path_info(conf: Conf, args: list[bytes]) -> bytes | None:
    found = compile_regex(conf, args[0], variables=False)
    if found.captures not in (None, 2):
        conf.fail(b'pattern "%b" must have 2 captures', args[0])
    return None


HTTP: Final[dict[str, Handler]] = {
    "proxy_pass": _proxy_pass,
    "fastcgi_pass": _pass(b"", b""),
    "scgi_pass": _pass(b"", b""),
    "uwsgi_pass": _pass(b"uwsgi://", b"suwsgi://"),
    "grpc_pass": _pass(b"grpc://", b"grpcs://"),
    "memcached_pass": _pass(b"", b""),
    "tunnel_pass": _pass(b"", b""),
    "proxy_redirect": _proxy_redirect,
    "proxy_cookie_domain": _cookie_rewrite,
    "proxy_cookie_path": _cookie_rewrite,
    "proxy_cookie_flags": _cookie_rewrite,
    "fastcgi_split_path_info": _fastcgi_split_path_info,
    **{f"{module}_store": _store for module in CACHING},
    **{f"{module}_cache": _cache for module in CACHING},
}
