"""Secrets in running text beside `name=value`: headers, cookies, SQL, lines of configuration, sentences of logs."""

from __future__ import annotations

import re
from typing import Iterator, Tuple

from .assignments import SCHEME, closing, find_assigned, opening_quote
from .names import Level, is_secret, level
from .open_names import words
from .shapes import looks_opaque
from .spans import Span, literal_spans
from .words import NOT_VALUES, wordset

# A piece that a secret's name has, anywhere: without one there is nothing to do. Looked for in lower case.
_TELLING = wordset(
    """
    pass pwd secret token key auth cred session cookie sid salt pepper seed otp jwt bearer sig hmac sas dsn hook licen
    nonce psk identified login senha mdp kennwort mnemonic _pat _pin pin= pin: pin" pin'
    """
)
_WORD = re.compile(r"[^\s\"'`]+")
_PUNCTUATION = ".,;:!?)]}>"
_VALUE = r"(?P<value>\"[^\"\n]{1,4000}\"|'[^'\n]{1,4000}'|%s{1,4000})"

# `API key: …`, `client secret is …`: names written as words.
_SPOKEN = re.compile(
    r"(?i)(?<![\w.-])(?:api|access|secret|private|auth|client|encryption|signing|bearer|refresh|session|licen[cs]e"
    r"|account|shared|master|root|admin|user|bot|personal)[ ](?:access[ ]|api[ ])?"
    r"(?:key|(?:id[ ])?token|secret|password)[ \t]{0,4}(?P<link>[:=]|\bis\b|\bto\b)[ \t]{0,4}"
)
_SENTENCE = re.compile(
    r"(?i)\b(?:password|passwd|passphrase|passcode|secret|token|api[ -]?key)\s{1,4}"
    r"(?:[\w@.-]{1,40}\s{1,4}){0,4}?(?:is|was|to|now|set to|changed to|using|with|->)\s{1,4}"
)
# MySQL, Elasticsearch and others tell the password they made up: `temporary password … for root@localhost: …`.
_ANNOUNCED = re.compile(
    r"(?im)\b(?:password|passphrase|secret|token)\b[^\n:=]{1,80}:[ \t]{1,4}(?P<value>\S{8,400})[ \t]{0,40}$"
)

# Lines of nginx, Apache and Redis: a directive, a name, a value.
_DIRECTIVE = re.compile(
    r"(?i)\b(?:proxy_set_header|add_header|more_set_headers|fastcgi_param|uwsgi_param|grpc_set_header|set(?=[ \t]+\$)"
    r"|config[ \t]+set|RequestHeader[ \t]+set|SetEnv)[ \t]+(?P<name>\$?[\w.-]{1,80})[ \t]+" + _VALUE % r"[^\s;]"
)
_VARIABLE = re.compile(r"\$\{?[a-z_][a-z0-9_]*\}?")  # of nginx
_CONFIG_LINE = re.compile(
    r"(?m)^[ \t]{0,400}(?P<name>[A-Za-z_][\w.-]{1,80})[ \t]{1,40}" + _VALUE % r"[^\s;]" + r"[ \t]{0,40};?[ \t]{0,40}$"
)
_FLAG = re.compile(r"(?<![\w-])--?(?P<name>[A-Za-z][\w.-]{1,60})[ \t]+" + _VALUE % r"(?!-)[^\s\"'`|;]")
_XML = re.compile(r"<(?P<name>[A-Za-z_][\w.:-]{0,80})(?:\s[^<>]{0,200})?>(?P<value>[^<>]{1,4000})</")
_XML_PAIR = re.compile(
    r"(?i)(?:name|key)=(?P<q>[\"'])(?P<name>[\w.:-]{1,120})(?P=q)[ \t]+"
    r"value=(?P<r>[\"'])(?P<value>[^\"'\n]{1,4000})(?P=r)"
)
_OBJECT_PAIR = re.compile(
    r"(?i)[\"']?\b(?:name|key)[\"']?[ \t]*:[ \t]*[\"']?(?P<name>[\w.-]{1,120})[\"']?[ \t]*,?[ \t\r\n]{1,60}"
    r"[\"']?value[\"']?[ \t]*:[ \t]*" + _VALUE % r"[^\s,}\"']"
)

_BEARER = re.compile(r"(?i)\b(?:bearer|basic)[ \t]+(?P<value>[A-Za-z0-9._~+/=-]{8,})")
_COOKIES = re.compile(
    r"(?i)(?<![\w-])(?:set-)?cookies?[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?(?P<pairs>[^\"'\r\n]{1,8000})"
)
_COOKIE = re.compile(r"(?:^|;)[ \t]*(?P<name>[\w.$%:-]{1,100})=(?P<value>[^;\s]{1,4096})")
_COOKIE_SETTINGS = wordset("path domain expires max-age samesite secure httponly version priority")
_COOKIE_NAMES = wordset("sid id sessid csrftoken remember")
_QUOTED = r"(?P<q>['\"])(?P<value>(?:(?!(?P=q))[^\n\\]|\\.|(?P=q)(?P=q)){1,400})(?P=q)"
_SQL = re.compile(
    r"(?i)(?<!revision )\b(?:identified[ \t]+(?:with[ \t]+\S{1,40}[ \t]+)?(?:by|as)(?:[ \t]+password)?"
    r"|(?:encrypted[ \t]+)?password(?:(?:[ \t]+to)?[ \t]|[ \t]*[(=])"
    r"|set[ \t]+password[ \t]+for[ \t]+\S{1,80}[ \t]*=[ \t]*(?:password[ \t]*\()?)[ \t]*" + _QUOTED
)
_NETRC = re.compile(r"(?i)\b(?:login|user|account)[ \t]+\S{1,100}\s{1,20}(?:password|pass)[ \t]+(?P<value>\S{1,400})")
_REDIS = re.compile(
    r"(?i)\"(?:auth|requirepass|masterauth)\"[ \t]+\"(?P<one>[^\"\n]{1,400})\"(?:[ \t]+\"(?P<two>[^\"\n]{1,400})\")?"
)
_REDIS_USER = re.compile(r"(?i)(?:\bsetuser\b|^[ \t]*user[ \t])[^\n]{0,200}?[ \t]>(?P<value>[^\s\"']{1,400})", re.M)
_PGPASS = re.compile(
    r"(?m)^(?:[A-Za-z][\w.-]{0,200}|[0-9.]{7,15}|\*):(?:[0-9]{2,5}|\*):(?:[A-Za-z_][\w-]{0,100}|\*)"
    r":[A-Za-z_][\w-]{0,100}:(?P<value>[^\s:]{1,400})$"
)


def find_named(text: str) -> Iterator[Span]:
    """Yield the values that stand in `text` under a secret name, in every spelling but that of command lines."""
    lower = text.lower()
    if not any(piece in lower for piece in _TELLING):
        return
    yield from find_assigned(text)
    yield from _in_sentences(text)
    yield from _in_lines(text)
    yield from _in_markup(text)
    yield from _cookies(text)
    for pattern in (_SQL, _NETRC):
        for match in pattern.finditer(text):
            yield from literal_spans(text, *match.span("value"))
    for match in _REDIS.finditer(text):
        yield from literal_spans(text, *match.span("two" if match.group("two") else "one"))


def find_positional(text: str) -> Iterator[Span]:
    """Yield passwords that only their place tells: in lines of a .pgpass file, and of Redis's users."""
    for sign, pattern in ((":", _PGPASS), (" >", _REDIS_USER)):
        if sign in text:
            for match in pattern.finditer(text):
                yield from literal_spans(text, *match.span("value"))


def _in_sentences(text: str) -> Iterator[Span]:
    for match in _BEARER.finditer(text):
        if _is_credential(match.group("value")):
            yield from literal_spans(text, *match.span("value"))
    for match in _SPOKEN.finditer(text):
        yield from _next_word(text, match.end(), match.group("link") not in ":=")
    for match in _SENTENCE.finditer(text):
        yield from _next_word(text, match.end(), True)
    for match in _ANNOUNCED.finditer(text):
        if looks_opaque(match.group("value")):
            yield from literal_spans(text, *match.span("value"))


def _next_word(text: str, start: int, sentence: bool) -> Iterator[Span]:
    """Yield the word at `start`, without its quotes; in a sentence only when it is not one more word of that."""
    opening = opening_quote(text, start)
    if opening:
        end = closing(text, opening.end(), opening.group("quote"))
        quoted = text[opening.end() : end] if end >= 0 else ""
        if 4 <= len(quoted) < 400 and quoted[0] != "-" and quoted.lower() not in NOT_VALUES:
            yield from literal_spans(text, opening.end(), end)
        return
    word = _WORD.match(text, start)
    end = start + len(word.group().rstrip(_PUNCTUATION)) if word else start
    if start < end and (_is_credential(text[start:end]) if sentence else text[start:end].lower() not in NOT_VALUES):
        yield from literal_spans(text, start, end)


def _is_credential(word: str) -> bool:
    """Return whether a word behind `Bearer` or `password is` is more than the next word of a sentence."""
    if any(map(str.isdigit, word)):
        return len(word) >= 4
    return looks_opaque(word) or len(word) >= (24 if word.isalpha() else 16)


def _in_lines(text: str) -> Iterator[Span]:
    for pattern in (_DIRECTIVE, _CONFIG_LINE, _FLAG):
        for match in pattern.finditer(text):
            start, end = _without_quotes(text, *match.span("value"))
            scheme = SCHEME.match(text, start, end)
            start = scheme.end() if scheme else start
            name, value = match.group("name"), text[start:end]
            sentence = pattern is not _DIRECTIVE and _is_next_word(name, value)
            elsewhere = pattern is _DIRECTIVE and _VARIABLE.fullmatch(value)
            if is_secret(name, value) and not (sentence or elsewhere or name.lower().startswith("no-")):
                yield from literal_spans(text, start, end)


def _is_next_word(name: str, value: str) -> bool:
    """Return whether two words in a row, the first of which is a secret's name, are only language."""
    word = value.lower().strip(_PUNCTUATION)
    return word in NOT_VALUES or (word.isalpha() and level(name) != Level.STRONG)


def _in_markup(text: str) -> Iterator[Span]:
    for pattern in (_XML, _XML_PAIR, _OBJECT_PAIR):
        for match in pattern.finditer(text):
            start, end = _without_quotes(text, *match.span("value"))
            if is_secret(match.group("name"), text[start:end]):
                yield from literal_spans(text, start, end)


def _without_quotes(text: str, start: int, end: int) -> Tuple[int, int]:
    quoted = end - start > 1 and text[start] in "\"'" and text[end - 1] == text[start]
    return (start + 1, end - 1) if quoted else (start, end)


def _cookies(text: str) -> Iterator[Span]:
    for match in _COOKIES.finditer(text):
        for pair in _COOKIE.finditer(text, *match.span("pairs")):
            name, value = pair.group("name"), pair.group("value")
            telling = is_secret(name, value) or _COOKIE_NAMES.intersection(words(name))
            if name.lower() not in _COOKIE_SETTINGS and (telling or looks_opaque(value) or len(value) >= 16):
                yield from literal_spans(text, *pair.span("value"))
