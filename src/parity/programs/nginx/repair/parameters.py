"""Parameters that are words of nginx's own, written with a slip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.programs.nginx.repair.outline_source import Source
from parity.programs.nginx.repair.plan import Edit, Proposal
from parity.programs.nginx.syntax.problem import LEVELS, Problem
from parity.programs.nginx.syntax.spelling import slips

# What may stand behind the first value, by directive; a name with "=" takes a value.
_KNOWN: Final[dict[str, tuple[str, ...]]] = {
    "listen": (
        "default_server", "ssl", "http2", "quic", "proxy_protocol", "reuseport", "deferred", "bind", "udp",
        "backlog=", "rcvbuf=", "sndbuf=", "ipv6only=", "fastopen=", "so_keepalive=", "setfib=", "accept_filter=",
    ),
    "server": (
        "weight=", "max_conns=", "max_fails=", "fail_timeout=", "slow_start=", "route=", "service=",
        "backup", "down", "resolve", "drain",
    ),
    "limit_req": ("zone=", "burst=", "delay=", "nodelay"),
    "limit_req_zone": ("zone=", "rate=", "sync"),
    "limit_conn_zone": ("zone=",),
    "access_log": ("buffer=", "flush=", "gzip=", "if="),
    "error_log": LEVELS,
    "rewrite": ("last", "break", "redirect", "permanent"),
    "resolver": ("valid=", "ipv4=", "ipv6=", "status_zone="),
    **dict.fromkeys(
        ("proxy_cache_path", "fastcgi_cache_path", "uwsgi_cache_path", "scgi_cache_path"),
        (
            "levels=", "keys_zone=", "max_size=", "min_free=", "inactive=", "use_temp_path=",
            "loader_files=", "loader_sleep=", "loader_threshold=",
        ),
    ),
}  # fmt: skip
# Other words for the same.
_ALSO: Final = {
    ("error_log", "warning"): "warn",
    ("error_log", "err"): "error",
    ("error_log", "critical"): "crit",
    ("error_log", "emergency"): "emerg",
    ("listen", "spdy"): "http2",
}
_SIGNS: Final = re.compile(r"[-_]")
_LONG: Final = 6


def misspelt_parameter(source: Source, problem: Problem) -> Iterator[Proposal]:
    """Correct a parameter with one or two typos if exactly one valid parameter is that close."""
    wanted = (problem.argument or "").encode()
    for node in source.outline(problem.file or "").every():
        if node.line != problem.line or node.name not in _KNOWN:
            continue
        for word in node.words[2:]:
            if word.quote or wanted not in (word.value, word.value.partition(b"=")[2]):
                continue
            name, sign, _ = word.value.decode("latin-1").partition("=")
            meant = _ALSO.get((node.name, name.lower())) or _nearest(name + sign, _KNOWN[node.name])
            if meant is not None and meant != name + sign:
                end = word.start + len(name + sign)
                why = f'"{meant}" is the only parameter of "{node.name}" with a similar spelling'
                edit = Edit(node.file, word.start, end, meant.encode())
                yield Proposal((edit,), f'wrote "{meant}" for "{name + sign}"', why, verify=True)


def _nearest(name: str, known: tuple[str, ...]) -> str | None:
    """Return what a name was meant to be: the same without its signs, or else with a slip; None where two are near."""
    plain = _SIGNS.sub("", name.lower())
    same = [one for one in known if _SIGNS.sub("", one) == plain]
    if same:
        return same[0]
    if re.search(r"\d", name):  # `http3` is no slip for `http2`
        return None
    most = 2 if len(name) >= _LONG else 1
    near = [
        one for one in known if one.endswith("=") is name.endswith("=") and slips(plain, _SIGNS.sub("", one)) <= most
    ]
    return near[0] if len(near) == 1 and len(name) > most + 1 else None
