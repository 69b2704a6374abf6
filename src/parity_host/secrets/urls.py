"""The secret parts of addresses: passwords before the host, keys in the query, web hooks whose path is the key."""

from __future__ import annotations

import re
from typing import Iterator, Optional, Tuple
from urllib.parse import unquote

from .names import is_secret
from .shapes import looks_opaque
from .spans import Span, literal_spans
from .words import wordset

_SCHEME_END = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}$")
_LONGEST = 4096
_STOP = re.compile(r"[\s\"<>`\0]|\\[\"'nrt]")
_STOP_SINGLE = re.compile(r"[\s\"'<>`\0]|\\[\"'nrt]")
_HOST_AFTER = re.compile(r"(?:\[[0-9A-Fa-f:.%]+\]|[\w.${}*%-]*)(?::[\w${}:-]*)?(?=[/?#,;()'|&]|$)|(?:tcp|udp|unix)6?\(")
_PORT = re.compile(r"[0-9]{1,5}|\$\{?\w+.*")
# Schemes of servers: a path of theirs hardly holds an `@`, so one there belongs to an unescaped password.
_SERVERS = re.compile(
    r"(?i)(?:postgres|mysql|mariadb|redis|valkey|keydb|amqp|mongo|mssql|sqlserver|oracle|cockroach|clickhouse|kafka|nats|mqtt"
    r"|smtp|imap|ldap|sftp|ftp|memcache|cassandra|neo4j|bolt|influx|elastic|db2|sqlite|tcp|unix|cloudinary|celery|pyamqp|sqs"
    r"|zookeeper|hive|presto|trino|vertica|snowflake)"
)
# Web hooks whose path is the key: host (a leading dot for any below it), and the path before it.
_HOOKS: Tuple[Tuple[str, str], ...] = (
    ("hooks.slack.com", "/services/"),
    ("hooks.slack.com", "/workflows/"),
    ("hooks.slack.com", "/triggers/"),
    ("discord.com", "/api/webhooks/"),
    ("discordapp.com", "/api/webhooks/"),
    ("outlook.office.com", "/webhook/"),
    (".webhook.office.com", "/webhookb2/"),
    ("hooks.zapier.com", "/hooks/catch/"),
    ("api.telegram.org", "/bot"),
    ("open.feishu.cn", "/open-apis/bot/v2/hook/"),
    ("open.larksuite.com", "/open-apis/bot/v2/hook/"),
    ("hc-ping.com", "/"),
    ("uptime.betterstack.com", "/api/v1/heartbeat/"),
    ("webhook.site", "/"),
    (".make.com", "/"),
    (".pipedream.net", "/"),
    (".m.pipedream.net", "/"),
)
_QUERY_PAIR = re.compile(r"[?&;#]([\w.%\[\]$-]{1,80})=([^&;#\s]*)")
# Names that are secret in a query and say nothing elsewhere.
_QUERY_SECRETS = wordset(
    "sig signature code key token hash auth pw pwd pass password passwd secret sid ticket assertion jwt otp state hmac"
)

# user:password@host without a scheme, and the addresses of Go's MySQL driver and of Oracle.
_BARE = re.compile(
    r"(?<![\w./:@%+{-])(?P<user>[\w.+-]{1,64}):(?P<secret>[^\s/\"'<>,;()]{1,128})@(?P<host>[\w.-]{1,128})"
    r"(?P<after>:[0-9]{1,5}|/[\w.-]|\Z|[\s\"',;)])"
)
_GO = re.compile(r"(?<![\w./:@%+-])[\w.+-]{1,64}:(?P<secret>\S{1,128}?)@(?:tcp|tcp6|unix|udp)\(")
_ORACLE = re.compile(
    r"(?:jdbc:oracle:\w+:|(?<![\w./:@-]))(?P<user>[A-Za-z]\w{0,30})/(?P<secret>[^\s@/\"']{1,64})"
    r"@(?=//|[\w.-]{1,100}:[0-9]{2,5}[:/])"
)
_NOT_USERS = wordset("mailto npm pkg sip sips acct xmpp git file workspace docker image http https tel urn arn sha256")


def find_in_urls(text: str) -> Iterator[Span]:
    """Yield what is secret in the addresses that stand in `text`."""
    position = text.find("://")
    while position >= 0:
        following = text.find("://", position + 3)
        scheme = _SCHEME_END.search(text, max(0, position - 31), position)
        if scheme:
            # The next address ends this one: nobody's password holds a scheme.
            limit = following if following >= 0 else len(text)
            yield from _in_url(text, scheme.start(), position + 3, scheme.group(), limit)
        position = following
    if "@" in text:
        yield from _without_scheme(text)


def _in_url(text: str, begin: int, start: int, scheme: str, limit: int) -> Iterator[Span]:
    end = _end(text, begin, start, limit)
    rest = text[start:end]
    at = _userinfo_end(rest, _SERVERS.match(scheme) is not None) if "@" in rest else None
    if at is not None:
        yield from _userinfo(text, start, start + at)
    host = rest[(at + 1 if at is not None else 0) :]
    yield from _in_path(text, end - len(host), host)
    if "=" in rest:
        yield from find_in_query(text, start, end)


def _end(text: str, begin: int, start: int, limit: int) -> int:
    """Return where the URL ends: at the quote it stands in, at the next space, or where the next one begins."""
    limit = min(limit, start + _LONGEST)
    quote = text[begin - 1 : begin]
    match = (_STOP_SINGLE if quote == "'" else _STOP).search(text, start, limit)
    end = match.start() if match else limit
    if text.startswith("://", end):
        scheme = _SCHEME_END.search(text, max(start, end - 31), end)
        end = scheme.start() if scheme else end
        end -= text[end - 1 : end] in (",", ";", "|") and end > start
    single = text.find("'", start, end)
    if single >= 0 and text.find("@", single, end) < 0:
        end = single
    return end


def _userinfo_end(rest: str, server: bool) -> Optional[int]:
    """Return the offset of the `@` before the host, or None. A password may hold an `@` or `/` that nobody escaped."""
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    last_in_authority = _last_at(rest, len(authority))
    if not server:
        if last_in_authority is not None:
            return last_in_authority
        _, colon, port = authority.partition(":")
        if not colon or _PORT.fullmatch(port) or not port:
            return None
        return _last_at(rest, len(rest))
    at = _last_at(rest, len(rest))
    query = rest.find("?")
    if at is None or not 0 <= query < at or "=" not in rest[query:at]:
        return at
    # In a query an `@` may be one's own (an address, say), once the host is found before it.
    before = _last_at(rest, query)
    if before is not None:
        return before
    _, colon, port = authority.partition(":")
    return _last_at(rest, len(rest)) if colon and not _PORT.fullmatch(port) else None


def _last_at(rest: str, limit: int) -> Optional[int]:
    at = rest.rfind("@", 0, limit)
    while at >= 0:
        if _HOST_AFTER.match(rest, at + 1):
            return at
        at = rest.rfind("@", 0, at)
    return None


def _userinfo(text: str, start: int, end: int) -> Iterator[Span]:
    user, colon, password = text[start:end].partition(":")
    if colon and password:
        yield from literal_spans(text, start + len(user) + 1, end, _decode)
    if user and looks_opaque(user) and (not colon or len(user) >= 20):
        yield from literal_spans(text, start, start + len(user), _decode)


def _decode(raw: str) -> str:
    return unquote(raw, errors="strict") if _decodable(raw) else raw


def _decodable(raw: str) -> bool:
    try:
        return "%" in raw and bool(unquote(raw, errors="strict"))
    except UnicodeDecodeError:
        return False


def _in_path(text: str, start: int, rest: str) -> Iterator[Span]:
    host, slash, path = rest.partition("/")
    name = host.partition(":")[0].lower()
    for hook, before in _HOOKS:
        if (name == hook or (hook[0] == "." and name.endswith(hook))) and (slash + path).startswith(before):
            first = start + len(host) + len(before)
            key = re.split(r"[?#]", rest[len(host) + len(before) :], maxsplit=1)[0]
            if before == "/bot":
                key = key.partition("/")[0]
            key = key.rstrip("/.,;:)]}'")
            if len(key) >= 4:
                yield from literal_spans(text, first, first + len(key))
            return


def find_in_query(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the values of secret parameters in text[start:end], the query of an address."""
    for match in _QUERY_PAIR.finditer(text, start, end):
        name, value = unquote(match.group(1)), match.group(2).rstrip(".,)]}'\"")
        if not value:
            continue
        short = name.lower().rpartition("-")[2].rpartition("_")[2]
        if is_secret(name, _decode(value)) or (short in _QUERY_SECRETS and (looks_opaque(value) or len(value) >= 20)):
            yield from literal_spans(text, match.start(2), match.start(2) + len(value), _decode)


def _without_scheme(text: str) -> Iterator[Span]:
    for match in _BARE.finditer(text):
        if _is_account(match):
            yield from literal_spans(text, *match.span("secret"), decode=_decode)
    for pattern in (_GO, _ORACLE):
        for match in pattern.finditer(text):
            yield from literal_spans(text, *match.span("secret"))


def _is_account(match: "re.Match[str]") -> bool:
    """Return whether `a:b@c` is an account at a host, rather than `email:b@c` or an image with its digest."""
    if match.group("user").lower() in _NOT_USERS or match.group("host").lower().startswith("sha256"):
        return False
    alone = match.group() == match.string
    return alone or match.group("after")[:1] in (":", "/") or looks_opaque(match.group("secret"))


def find_hook_path(text: str) -> Iterator[Span]:
    """Yield the made-up segments of an address that is known to be a web hook by its name."""
    position = text.find("://")
    slash = text.find("/", position + 3) if position >= 0 else -1
    while slash >= 0:
        end = text.find("/", slash + 1)
        segment = re.split(r"[?#\s]", text[slash + 1 : end if end >= 0 else len(text)], maxsplit=1)[0]
        if looks_opaque(segment):
            yield Span(slash + 1, slash + 1 + len(segment))
        slash = end
