"""What of an address is public: its scheme, user, hosts and path. The rest of one that does something is a secret."""

from __future__ import annotations

import re
from typing import Container, Iterator, Sequence, Tuple

from .known_words import KNOWN
from .public_forms import REFERENCE
from .public_names import are_few, of_known
from .public_places import without_extension
from .shapes import likeness_to_words, looks_opaque
from .spans import MASK, Span

_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,30})://")
# Of schemes whose path is a database's, a file's or a page's name; of any other the path may be a token.
_SCHEMES = re.compile(
    r"(?:https?|wss?|ftps?|sftp|ssh|git|file|unix|tcp|udp|tls|ssl|rediss?|valkeys?|postgres(?:ql)?|psql|mysql2?|mariadb|mongodb"
    r"|amqps?|mqtts?|kafka|nats|smtps?|imaps?|ldaps?|memcached?|s3|gs|sqlite3?|clickhouse|elasticsearch|zk|zookeeper|bolt|neo4j"
    r"|grpcs?|fd|npipe|docker|oci|http\+unix|fastcgi|dict|postgis|spatialite|jdbc|jdbc:\w+)(?:\+[a-z0-9]{1,20})?"
)
# What makes the rest of an address a secret: whoever has it may do something.
_HOOK = re.compile(
    r"(?i)hook|/(?:reset|verify|confirm|invit\w+|activat\w+|magic|unsubscribe|tokens?|in|catch|push|ping)/"
)
_USER = re.compile(r"[A-Za-z_][A-Za-z_.-]{0,40}[0-9]{0,2}")
_AUTHORITY = re.compile(
    r"\[[0-9A-Fa-f:.%]{2,60}\](?::[0-9]{1,5})?|[\w.*{}$%-]{0,253}(?::(?:[0-9]{1,5}|parityref[0-9]+[xs]|\$\{?\w+\}?))?"
)
_ENCODED_SIGN = re.compile("(?i)%(?:2[0-9a-f]|3[a-f]|40|5[b-e])")  # a virtual host "/" of AMQP, a space


def unknown_before_query(word: str, known: Container[str], name: str) -> Tuple[Sequence[Span], int]:
    """Return the parts of an address that are not known to be public, and where its query begins.

    Behind an unknown path, and where there is no address, all is unknown: then the query begins at the end.
    """
    found = _SCHEME.search(word)
    if found is None:
        return [Span(0, len(word))], len(word)
    begin = found.end()
    end = next((match.start() for match in re.finditer(r"[/?#]", word[begin:])), len(word) - begin) + begin
    query = min((at for at in (word.find(sign, end) for sign in "?#") if at >= 0), default=len(word))
    unknown = [*_unknown_authority(word, begin, end, known)]
    if found.start() and not of_known(word[: found.start()].rstrip(":=@"), known):
        unknown.insert(0, Span(0, found.start()))
    hook = not _SCHEMES.fullmatch(found["scheme"].lower()) or _HOOK.search(name + " " + word[begin:query]) is not None
    path = word[end:query]
    if path and not all(_is_plain_segment(part, known, hook) for part in re.split(r"[/,;:()]", path) if part):
        return [*unknown, Span(end, len(word))], len(word)
    return unknown, query


def _unknown_authority(word: str, begin: int, end: int, known: Container[str]) -> Iterator[Span]:
    at = word.rfind("@", begin, end)
    if at >= 0:
        user, _, secret = word[begin:at].partition(":")
        if (
            user
            and MASK not in user
            and not (_USER.fullmatch(user) and not looks_opaque(user))
            and user not in known
            and not REFERENCE.fullmatch(user)
        ):
            yield Span(begin, begin + len(user))
        if secret.replace(MASK, "") and not REFERENCE.fullmatch(secret):
            yield Span(begin + len(user) + 1, at)
        begin = at + 1
    for host in re.finditer(r"[^,]+", word[begin:end]):
        if not _is_authority(host.group(), known):
            yield Span(begin + host.start(), begin + host.end())


def _is_authority(host: str, known: Container[str]) -> bool:
    if MASK in host:
        return all(_is_authority(part.strip(":"), known) for part in host.split(MASK) if part.strip(":"))
    if host in known:
        return True
    labels = re.sub(r":[0-9]*$", "", host).split(".")
    return _AUTHORITY.fullmatch(host) is not None and not any(
        looks_opaque(label) and label not in known for label in labels
    )


def _is_plain_segment(part: str, known: Container[str], hook: bool) -> bool:
    """Return whether a segment of an address's path is plain: words, a small number, a version."""
    part = _ENCODED_SIGN.sub("-", part.replace(MASK, ""))
    if (
        not part.strip("-")
        or part in known
        or of_known(part, known)
        or REFERENCE.fullmatch(part)
        or part.startswith("parityref")
    ):
        return True
    if hook:
        return False
    stem = without_extension(part)
    pieces = [piece for piece in re.split(r"[-_.~@+*%]+", stem) if piece]
    return are_few(pieces) and all(_is_plain_piece(piece, known) for piece in pieces) and not looks_opaque(stem)


def is_plain_key(key: str, known: Container[str]) -> bool:
    """Return whether all of a query's key, or of a path that does something, is known."""
    return _is_plain_segment(key, known, True)


def _is_plain_piece(piece: str, known: Container[str]) -> bool:
    if piece.lower() in KNOWN or piece in known or re.fullmatch(r"v?[0-9]{1,4}", piece):
        return True
    if not re.fullmatch(r"[a-z]{1,30}[0-9]?|[A-Z][a-z]{1,30}|[A-Z]{1,8}|[a-z]{1,20}[A-Z][a-z]{1,20}", piece):
        return False
    return len(piece) < 8 or (likeness_to_words(piece) or 0.0) >= 0.6


def is_hook(path: str) -> bool:
    """Return whether whoever has this path may do something by it: reset a password, call a webhook."""
    return _HOOK.search(path) is not None


def is_hook_path(path: str, known: Container[str]) -> bool:
    """Return whether all of such a path is known: the rest would be what lets one do it."""
    return all(is_plain_key(part, known) for part in re.split(r"[/?&=]", path) if part)
