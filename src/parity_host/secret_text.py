"""Secrets in running text: `name=value` in all its spellings, headers, cookies, SQL, lines of configuration and of logs."""
from __future__ import annotations

import re
from typing import Callable, Iterator, Optional, Tuple

from .secret_names import is_secret
from .secret_open_names import words
from .secret_shapes import looks_opaque
from .secret_spans import Span, literal_spans

# A piece that a secret's name has, anywhere: without one there is nothing to do. Looked for in lower case.
_TELLING = (
    "pass pwd secret token key auth cred session cookie sid salt pepper seed otp jwt bearer sign sig hmac sas dsn hook licen nonce psk "
    "identified login senha mdp kennwort mnemonic _pat _pin pin= pin: pin\" pin'"
).split()

_ASSIGNMENT = re.compile(
    r"""(?<![\w.-])(?:--?)?(?P<name>[A-Za-z_][\w.-]{0,199}(?:\[[\w.-]{0,60}\]){0,3})(?P<close>\\{0,3}["'`])?[ \t]{0,4}(?P<sep>=>|:=|\+=|==?|:(?![:/]))"""
    r"""(?P<space>[ \t]{0,40})"""
)
# `API key: …`, `client secret is …`: names written as words.
_SPOKEN = re.compile(
    r"(?i)(?<![\w.-])(?P<name>(?:api|access|secret|private|auth|client|encryption|signing|bearer|refresh|session|licen[cs]e|account|shared|master|root|admin|user|bot|personal)"
    r"[ ](?:access[ ]|api[ ])?(?:key|token|secret|password|id[ ]?token))[ \t]{0,4}(?:[:=]|\bis\b|\bto\b)[ \t]{0,4}"
)
_PROSE = re.compile(r"(?i)\b(?:password|passwd|passphrase|passcode|secret|token|api[ -]?key)\s{1,4}(?:(?:is|was|to|now|set to|changed to|using|with)\s{1,4}){0,2}")

_OPENING = re.compile(r"(?:[bBuUrRfF]{1,2}(?=[\"']))?(\\{0,7}[\"'`])")
_SCHEME = re.compile(r"(?i)(?:bearer|basic|token|digest|apikey|api-key|negotiate|bot|key|splunk|genie-?key|sso-key|jwt|oauth)[ \t]+(?=\S)")
_TO_SPACE = re.compile(r"[^\s\"'`]+")
_ANYTHING = re.compile(r"\S+")
_NEXT_PAIR = re.compile(r"[;&,|](?=\s{0,4}[\"']?[A-Za-z_][\w. -]{0,60}[\"']?[ \t]{0,2}(?P<sep>[=:])(?P<space>[ \t]?))")
_BRACED = re.compile(r"\{[^{}\n]*\}")
_QUERY_VALUE = re.compile(r"[^\s&#\"'<>]*")
_LOGFMT_NEXT = re.compile(r"[ \t]+[A-Za-z_][\w.-]{0,80}[=:]")
_COMMENT = re.compile(r"[ \t]+#")
_LINE_START = re.compile(r"(?:^|\n)[ \t]*(?:[-#;*>][ \t]*)*(?:export[ \t]+|set[ \t]+|ENV[ \t]+|ARG[ \t]+)?(?:[\"'])?\Z")
_TRAILING = ".,;:!?)]}>"
_BLOCK = re.compile(r"[|>][+-]?[0-9]?[ \t]*(?:#[^\n]*)?\n(?P<block>(?:[ \t]+[^\n]*\n?|\n){1,200})")
_LIST = re.compile(r"\[[^\[\]\n]{0,4000}\](?=[\s,}\"']|\Z)")
_STRUCTURE = re.compile(r"\Z|\{(?:[\s\"'{%}]|\Z|\w{1,60}\s{0,2}:)|\[(?:[\s\"'\[{]|\Z)")
_ELEMENT = re.compile(r"\"((?:[^\"\\\n]|\\.){1,4000})\"|'([^'\n]{1,4000})'|([^\s\[\],\"']{1,4000})")

# A piece of a program, as in a traceback: `key = make_key(args`, `passwd = self.passwd`.
_EXPRESSION = re.compile(r"(?:self|cls|os|request|settings|config|environ|args|kwargs|this|process\.env)[.\[(]|[a-z_]+(?:\.[a-z_]+)*\((?:[a-z_.,* ()\[\]='\"]|\Z)")

# What stands behind `password:` in sentences.
_SAID = frozenset(
    """a an and are as at be been by can cannot could did does empty error errors expired failed failure false for from given has have if in incorrect
    invalid is it key malformed mandatory may mismatch missing must needs never no none not null of ok on only or provided redacted rejected required reset
    revoked set should that the this to too true type undefined unknown unset unsupported used using valid value was will with without wrong you your
    authentication authorization accepted auth check changed created deleted disabled enabled found generated got hidden ignored length loaded lookup
    okay policy present refreshed removed renewed request response rotated skipped success successful updated verification verified expected unexpected
    string str int bool boolean object nil filtered""".split()
)

_HEADER_LINE = re.compile(r"(?i)\b(?:proxy_set_header|add_header|proxy_hide_header|more_set_headers|fastcgi_param|uwsgi_param|set(?=[ \t]+\$)|config[ \t]+set|grpc_set_header|RequestHeader[ \t]+set|SetEnv)[ \t]+(?P<name>\$?[\w.-]{1,80})[ \t]+(?P<value>\"[^\"\n]{1,4000}\"|'[^'\n]{1,4000}'|[^\s;]{1,4000})")
_BEARER = re.compile(r"(?i)\b(?:bearer|basic)[ \t]+(?P<secret>[A-Za-z0-9._~+/=-]{8,})")
_COOKIES = re.compile(r"(?i)(?<![\w-])(?:set-)?cookies?[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?(?P<pairs>[^\"'\r\n]{1,8000})")
_COOKIE = re.compile(r"(?:^|;)[ \t]*(?P<name>[\w.$%:-]{1,100})=(?P<secret>[^;\s]{1,4096})")
_COOKIE_WORDS = frozenset("path domain expires max-age samesite secure httponly version priority".split())
_SQL = re.compile(
    r"(?i)\b(?:identified[ \t]+(?:with[ \t]+\S{1,40}[ \t]+)?(?:by|as)(?:[ \t]+password)?|(?:encrypted[ \t]+)?password(?:[ \t]+to|[ \t]*\(|[ \t]*=)?|set[ \t]+password[^'\"\n]{0,80})[ \t]*(?P<q>['\"])(?P<secret>(?:(?!(?P=q))[^\n\\]|\\.|(?P=q)(?P=q)){1,400})(?P=q)"
)
_XML = re.compile(r"<(?P<name>[A-Za-z_][\w.:-]{0,80})(?:\s[^<>]{0,200})?>(?P<secret>[^<>]{1,4000})</")
_XML_PAIR = re.compile(r"(?i)(?:name|key)=(?P<q>[\"'])(?P<name>[\w.:-]{1,120})(?P=q)[ \t]+value=(?P<r>[\"'])(?P<secret>[^\"'\n]{1,4000})(?P=r)")
_PAIR_OBJECT = re.compile(r"(?i)[\"']?\b(?:name|key)[\"']?[ \t]*:[ \t]*[\"']?(?P<name>[\w.-]{1,120})[\"']?[ \t]*,?[ \t\r\n]{1,60}[\"']?value[\"']?[ \t]*:[ \t]*(?P<secret>\"[^\"\n]{1,4000}\"|'[^'\n]{1,4000}'|[^\s,}\"']{1,4000})")
_NETRC = re.compile(r"(?i)\b(?:login|user|account)[ \t]+\S{1,100}\s{1,20}(?:password|pass)[ \t]+(?P<secret>\S{1,400})")
_PGPASS = re.compile(r"(?m)^(?:[A-Za-z][\w.-]{0,200}|[0-9.]{7,15}|\*):(?:[0-9]{2,5}|\*):(?:[A-Za-z_][\w-]{0,100}|\*):[A-Za-z_][\w-]{0,100}:(?P<secret>[^\s:]{1,400})$")
_REDIS = re.compile(r"(?i)\"(?:auth|requirepass|masterauth)\"[ \t]+\"(?P<one>[^\"\n]{1,400})\"(?:[ \t]+\"(?P<two>[^\"\n]{1,400})\")?")
_ACL = re.compile(r"(?i)\bsetuser\b[^\n]{0,200}?[ \t][>#](?P<secret>[^\s\"']{1,400})|(?:^|\n)[ \t]*user[ \t]+\S+[ \t][^\n]{0,200}?[ \t]?[>](?P<acl>[^\s\"']{1,400})")
_CONFIG_LINE = re.compile(r"(?m)^[ \t]*(?P<name>[A-Za-z_][\w.-]{1,80})[ \t]+(?P<value>\"[^\"\n]{1,4000}\"|'[^'\n]{1,4000}'|[^\s;]{1,4000})[ \t]*;?[ \t]*$")
_FLAG = re.compile(r"(?<![\w-])--?(?P<name>[A-Za-z][\w.-]{1,60})[ \t]+(?P<value>\"[^\"\n]{1,4000}\"|'[^'\n]{1,4000}'|(?!-)[^\s\"'`|;]{1,4000})")


def find_named(text: str) -> Iterator[Span]:
    """Yield the values that stand in `text` under a secret name, in every spelling but that of command lines."""
    if not _is_telling(text):
        return
    yield from _assignments(text)
    yield from _spoken(text)
    for pattern in (_BEARER, _NETRC, _SQL):
        for match in pattern.finditer(text):
            if pattern is not _BEARER or _credential(match.group("secret")):
                yield from literal_spans(text, match.start("secret"), match.end("secret"))
    for pattern in (_HEADER_LINE, _CONFIG_LINE, _FLAG):
        for match in pattern.finditer(text):
            yield from _named_word(text, match, pattern is not _HEADER_LINE)
    for pattern in (_XML, _XML_PAIR, _PAIR_OBJECT):
        for match in pattern.finditer(text):
            start, end = _unquoted(text, *match.span("secret"))
            if is_secret(match.group("name"), text[start:end]):
                yield from literal_spans(text, start, end)
    yield from _cookies(text)
    for pattern in (_REDIS, _ACL):
        for match in pattern.finditer(text):
            last = match.lastindex or 0
            yield from literal_spans(text, match.start(last), match.end(last))


def _is_telling(text: str) -> bool:
    lower = text.lower()
    return any(piece in lower for piece in _TELLING)


def find_positional(text: str) -> Iterator[Span]:
    """Yield passwords that only their place tells: lines of a .pgpass file."""
    if text.count(":") >= 4:
        for match in _PGPASS.finditer(text):
            yield from literal_spans(text, match.start("secret"), match.end("secret"))


def _assignments(text: str) -> Iterator[Span]:
    position = 0
    while True:
        match = _ASSIGNMENT.search(text, position)
        if match is None:
            return
        position = match.end()
        name = match.group("name")
        # A name may be far from telling and its value hold a telling one: then the search goes on inside the value.
        if _is_telling(name + ":"):
            for span in _assigned(text, match, name):
                yield span
                position = max(position, span.end)


def _assigned(text: str, match: "re.Match[str]", name: str) -> Iterator[Span]:
    start = match.end()
    block = _BLOCK.match(text, start) if match.group("sep") == ":" else None
    if block and is_secret(name, "block"):
        for line in re.finditer(r"[^\s][^\n]*", text[block.start("block") : block.end("block")]):
            yield Span(block.start("block") + line.start(), block.start("block") + line.end())
        return
    if text[start : start + 1] in ("[", "{", ""):
        listed = _LIST.match(text, start)
        if listed and is_secret(name, "list"):
            yield from _elements(text, start + 1, listed.end())
        if listed or _STRUCTURE.match(text, start):
            return
    if match.group("sep") == ":" and text[match.start() - 1 : match.start()] == "/":
        return  # a path, and what was found there
    start, end, quoted = _value(text, match, start)
    value = text[start:end]
    if "cookie" in name.lower() and "=" in value:
        return  # its pairs have names of their own
    if start < end and (len(value) > 3 or any(map(str.isalnum, value))) and is_secret(name, value) and (quoted or not _is_prose(name, value, match)):
        yield from literal_spans(text, start, end, _unescape if quoted and "\\" in value else None)


def _elements(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the elements of a list in brackets; lists of lists are followed no further."""
    for match in _ELEMENT.finditer(text, start, end - 1):
        group = match.lastindex or 0
        if match.group(group).lower() not in ("null", "true", "false"):
            yield from literal_spans(text, match.start(group), match.end(group))


def _value(text: str, match: "re.Match[str]", start: int) -> Tuple[int, int, bool]:
    """Return where the value that begins at `start` stands, without its quotes, and whether it had any."""
    opening = _OPENING.match(text, start)
    if opening:
        inner = opening.end()
        scheme = _SCHEME.match(text, inner)
        end = _closing(text, inner, opening.group(1))
        if end >= 0:
            return (scheme.end() if scheme and scheme.end() < end else inner), end, True
        start = inner
    scheme = _SCHEME.match(text, start)
    if scheme:
        start = scheme.end()
        word = _TO_SPACE.match(text, start)
        return start, word.end() if word else start, False
    return start, _unquoted_end(text, match, start), False


def _closing(text: str, start: int, quote: str) -> int:
    """Return where `quote`, which opened before `start`, closes; -1 when it does not."""
    if quote == '"':
        at = text.find('"', start)
        while at > start and _escaped(text, at):
            at = text.find('"', at + 1)
        return at
    return text.find(quote, start)


def _escaped(text: str, at: int) -> bool:
    slashes = 0
    while slashes < 64 and at - slashes > 0 and text[at - slashes - 1] == "\\":
        slashes += 1
    return slashes % 2 == 1


def _unquoted_end(text: str, match: "re.Match[str]", start: int) -> int:
    """Return where a value without quotes ends: at the line's end when it has the line to itself, else at a space."""
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    before = text[max(0, match.start("name") - 80) : match.start("name")]
    if before[-1:] in ("?", "&"):
        query = _QUERY_VALUE.match(text, start)
        return query.end() if query else start
    word = _ANYTHING.match(text, start, line_end)
    end = word.end() if word else start
    if _LINE_START.search(before) and (match.start("name") < 80 or "\n" in before) and is_secret(match.group("name"), "id"):
        end = min(line_end, start + 5000)
        for stop in (_COMMENT, _LOGFMT_NEXT):
            found = stop.search(text, start, end)
            end = found.start() if found else end
        end = start + len(text[start:end].rstrip())
    if before[-1:] == ";":
        # One of several settings between semicolons: a semicolon ends it, unless it stands in braces.
        braced = _BRACED.match(text, start, end)
        semicolon = text.find(";", braced.end() if braced else start, end)
        return semicolon if semicolon >= 0 else end
    following = _next_pair(text, match, start, end)
    if following >= 0:
        return following
    quote = text[match.start() - 1 : match.start()]
    if quote in ("'", '"', "`") and text.find(quote, start, end) >= 0:
        return text.find(quote, start, end)
    if word and end <= word.end() and end < line_end:
        while end > start + 1 and text[end - 1] in _TRAILING:
            end -= 1
    return end


def _next_pair(text: str, match: "re.Match[str]", start: int, end: int) -> int:
    """Return where the next `name=value` begins that is separated by a sign, or -1: `user=a;password=b;host=c`."""
    if match.group("name").isupper():
        return -1  # a variable: what looks like the next pair is more likely a part of its value
    for following in _NEXT_PAIR.finditer(text, start, min(len(text), end + 64)):
        if following.start() >= end:
            break
        if following.group("sep") == match.group("sep")[-1] and bool(following.group("space")) == bool(match.group("space")):
            return following.start()
    return -1


def _is_prose(name: str, value: str, match: "re.Match[str]") -> bool:
    """Return whether what follows `name:` is a sentence rather than a value."""
    first = re.split(r"\s", value, maxsplit=1)[0].strip(_TRAILING + "\"'").lower()
    weak = not is_secret(name, "id")
    if match.group("sep") != ":":
        if first in ("null", "none", "nil", "undefined", "lambda") or match.group("sep") == "==" or _EXPRESSION.match(value):
            return True
        return weak and (len(value) < 4 or (words(name)[-1] in ("key", "keys") and not _key_like(value)))
    if first in _SAID:
        return True
    if not weak:
        return False
    if looks_opaque(value.split(None, 1)[0]):
        return False
    return first.isalpha() or not match.group("space") or not (first.isalnum() and any(map(str.isdigit, first)))


def _key_like(value: str) -> bool:
    """Return whether what stands behind a plain `key=` may be one, and is not the name of something."""
    return looks_opaque(value) or any(map(str.isdigit, value)) or len(value) >= 20


def _spoken(text: str) -> Iterator[Span]:
    for match in _SPOKEN.finditer(text):
        sentence = match.group().rstrip()[-1:] not in (":", "=")
        yield from _next_word(text, match.end(), _credential if sentence else _not_said)
    for match in _PROSE.finditer(text):
        said = match.group().split()
        yield from _next_word(text, match.end(), lambda word: _credential(word) if len(said) > 1 else False)


def _not_said(word: str) -> bool:
    return word.lower() not in _SAID


def _next_word(text: str, start: int, counts: Callable[[str], bool]) -> Iterator[Span]:
    opening = _OPENING.match(text, start)
    if opening:
        end = _closing(text, opening.end(), opening.group(1))
        if opening.end() < end < opening.end() + 400:
            yield from literal_spans(text, opening.end(), end)
        return
    word = _TO_SPACE.match(text, start)
    if word:
        end = word.end()
        while end > start and text[end - 1] in _TRAILING:
            end -= 1
        if end > start and counts(text[start:end]):
            yield from literal_spans(text, start, end)


def _credential(word: str) -> bool:
    """Return whether a word behind `Bearer` or `password is` is more than the next word of a sentence."""
    return looks_opaque(word) or (any(map(str.isdigit, word)) and len(word) >= 4) or (len(word) >= 16 and not word.isalpha()) or len(word) >= 24


def _named_word(text: str, match: "re.Match[str]", prose: bool) -> Iterator[Span]:
    start, end = _unquoted(text, *match.span("value"))
    scheme = _SCHEME.match(text, start, end)
    if scheme:
        start = scheme.end()
    value = text[start:end]
    name = match.group("name")
    if not is_secret(name, value) or name.lower().startswith("no-"):
        return
    plain = value.lower().strip(_TRAILING)
    if prose and (plain in _SAID or (plain.isalpha() and not is_secret(name, "id"))):
        return
    yield from literal_spans(text, start, end)


def _unquoted(text: str, start: int, end: int) -> Tuple[int, int]:
    if end - start > 1 and text[start] in "\"'" and text[end - 1] == text[start]:
        return start + 1, end - 1
    return start, end


def _cookies(text: str) -> Iterator[Span]:
    for match in _COOKIES.finditer(text):
        for pair in _COOKIE.finditer(text, match.start("pairs"), match.end("pairs")):
            name, value = pair.group("name"), pair.group("secret")
            telling = is_secret(name, value) or bool({"sid", "id", "sessid", "csrftoken", "remember"}.intersection(words(name)))
            if name.lower() not in _COOKIE_WORDS and (telling or looks_opaque(value) or len(value) >= 16):
                yield from literal_spans(text, pair.start("secret"), pair.end("secret"))


def _unescape(raw: str) -> Optional[str]:
    """Return what a quoted text with backslashes means."""
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "r": "\r", "t": "\t"}.get(match.group(1), match.group(1)), raw, flags=re.S)
