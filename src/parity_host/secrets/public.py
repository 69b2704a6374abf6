"""What is known to be public, by its form: all that is not leaves a host as a fingerprint.

The list of what is secret cannot be completed, so this one decides. A word is public when it is one of KNOWN or of a
thing's name, or has the form of a number, a duration, a size, a version, a place in the network or in the file system,
a locale, a time zone. A value is when each of its words is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Container, FrozenSet, Iterator, Sequence, Tuple

from .known_words import KNOWN
from .names import Level, level
from .open_names import is_open_name, words
from .shapes import likeness_to_words, looks_opaque
from .spans import MASK, Span
from .words import CHOICES, FILES, IDENTITIES, NUMBERS, OPEN, PLACES, TEXTS, wordset

_LONGEST_WORD = 400
_LONGEST_SIGNS = 24
_LONGEST_URL = 4096
_PHRASE = 3
_LONGEST_VALUE = 16_384
_UNIT = (
    "(?:ns|us|µs|ms|[smhdwy]|secs?|mins?|hrs?|seconds?|minutes?|hours?|days?|weeks?|months?|years?|%|[kKMGT]i?[bB]?|[kmgtb]"
    "|[kmgt]b|r/[sm]|[KMGkmg]?B/s(?:ec)?|px|em|Hz|kHz|MHz|x|rps)"
)
_SMALL = re.compile(r"[+-]?[0-9]{1,5}(?:\.[0-9]{1,6})?|[+-]?0?\.[0-9]{1,6}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(?:[._][0-9]{1,9})*")
_ROUND = re.compile(r"[1-9][0-9]{0,3}0{3,12}")
_POWERS = frozenset(str(2**power + less) for power in range(10, 65) for less in (0, -1)) | frozenset(
    str(count * unit)
    for unit in (1024, 1024**2, 1024**3, 60, 3600, 86400)
    for count in (*range(1, 129), 180, 182, 256, 365, 512, 730, 1000)
)
_DIGIT_FORMS = re.compile(
    r"""(?:[+-]?[0-9]{1,9}(?:\.[0-9]{1,20})?%(unit)s){1,4}                                     # 30s, 1h30m, 512Mi
      | v?[0-9]{1,4}(?:\.[0-9x]{1,5}){1,4}
        (?:[-+._~]?(?:alpha|beta|rc|pre|post|dev|slim|patch|debian|ubuntu|r|p|b)?\.?[0-9]{0,3}){0,3}
      | v[0-9]{1,4}(?:(?:alpha|beta|p)[0-9]{1,2})?
      | [0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:/[0-9]{1,2})?(?::[0-9]{1,5}){0,2}                      # addresses
      | [0-9]{1,5}[-:][0-9]{1,5}(?:[:/](?:[0-9]{1,5}|tcp|udp))?(?:/(?:tcp|udp))?|[0-9]{1,5}/(?:tcp|udp)   # ports
      | (?:[0-9]{1,4}\.)?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:[.,][0-9]{1,9})?                   # of .NET with days
      | P(?:[0-9]{1,4}[YMWD])*(?:T(?:[0-9]{1,5}(?:\.[0-9]{1,9})?[HMS]){1,3})?                  # ISO 8601
      | [0-9]{1,4}(?:x[0-9]{1,4}){1,2} | 0[xo][0-9a-fA-F]{1,4} | [0-9]{1,4}/[0-9]{1,4}
      | [0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}(?:[T_][0-9:.,]{5,18}(?:Z|[+-][0-9:]{4,6})?)?
      | [0-9]{1,2}/(?:[A-Z][a-z]{2}|[0-9]{2})/[0-9]{4}(?::[0-9:]{8})?
      | [0-9]{1,3}(?:[kKMGT]|th|st|nd|rd)?
      | [0-9]{1,3}(?:,[0-9]{3}){1,3}"""
    % {"unit": _UNIT},
    re.X,
)
_ADDRESS6 = re.compile(r"\[?(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}\]?(?:/[0-9]{1,3})?(?::[0-9]{1,5})?")
_CRON = re.compile(
    r"@(?:hourly|daily|weekly|monthly|yearly|reboot)|(?:[0-9*/,LW#?-]{1,20}[ \t]+){4,5}[0-9A-Za-z*/,L#?-]{1,20}"
)
_LOCALE = re.compile(r"[a-z]{2,3}(?:[_-][A-Z][a-z]{3})?[_-][A-Z]{2}(?:\.(?:UTF|utf)-?8)?|C\.(?:UTF|utf)-?8")
_ZONE = re.compile(
    r"(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc|US|Canada|Brazil)(?:/[A-Z][A-Za-z_+-]{1,30}[0-9]{0,2}){1,2}"
    r"|UTC[+-][0-9]{1,2}(?::?[0-9]{2})?|GMT[+-][0-9]{1,2}"
)
_DATE = re.compile(
    r"(?:%-?[A-Za-z%]|[-/:.,T ])+|[YMDHhmsSyd]{1,4}(?:[-/:., ][YMDHhmsSyd]{1,4}){1,7}"
)  # a format of dates
_ANY_ADDRESS = re.compile(r"\^?https\?://\.[*+]\$?")  # a pattern of origins that lets everybody in
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")
_TOP = wordset(
    """
    com net org io dev app co cloud local internal lan test example localdomain localhost svc intranet corp home
    arpa eu de uk fr ca us info ai sh me tech edu gov mil int biz xyz site online store blog at ch nl be dk se no fi
    pl cz sk hu ro bg gr it es pt ie ru ua by kz tr il in pk bd lk np cn hk tw jp kr vn th my sg id ph au nz za ke
    ng eg ma mx br ar cl pe uy is lt lv ee lu hr rs si st gg so to fm tv ms ly gl space live world agency digital
    systems network services solutions software design media email zone host website click link page run works
    social chat news company team
    """
)
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(r"(?:\*\.|\.)?(?P<labels>%s(?:\.%s){0,8})\.?(?::(?P<port>[0-9]{1,5}))?" % (_LABEL, _LABEL))
_EXTENSIONS = wordset(
    """
    pem key crt cer csr der json json5 yaml yml toml txt env conf cfg ini cnf p8 p12 pfx jks pub lua html htm tmpl
    tpl gpg asc db sqlite sqlite3 sock pid log py js mjs cjs ts tsx jsx sh bash rb php go rs java jar war xml css
    scss sql csv tsv md rst lock gz tgz zip 7z tar bz2 xz so dll exe wasm png jpg jpeg gif svg ico webp pdf mo po
    ttf woff woff2 mmdb rdb aof service example dist template sample j2 properties htpasswd d ps1 bat cmd proto
    graphql vue map mp3 mp4 bin dat
    """
)
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
_PARTS = re.compile(r"[-_.:/+@=~!?&#*\\^$%]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PIECE = re.compile(
    r"[a-z]{1,30}[0-9]{0,2}|[a-z][0-9]{1,2}[a-z]|[A-Z][a-z]{1,30}[0-9]?|[A-Z]{1,12}[0-9]{0,3}|[0-9]{1,8}[a-z]{0,2}|v[0-9.]{1,6}|[A-Z][a-z]+[A-Z]{1,3}"
)
_REFERENCE = re.compile(r"parityref[0-9]+[xs]|\$\$?\{?[A-Za-z_][A-Za-z0-9_]*\}?|\$\$?[0-9@*#?]|%\([a-z_]+\)s|%[A-Za-z]")
_OPTION = re.compile(r"--?[A-Za-z](?:[A-Za-z]{0,30})(?:[-_.][A-Za-z0-9]{1,30}){0,8}")
_JAVA = re.compile(r"-(?:X[a-zA-Z]{1,3}|XX:[+-]?[A-Za-z0-9]{2,60}=?)(?:[0-9]{1,6}[kmgKMG]?)?")
PAIR = re.compile(r"(?P<name>-{0,2}[A-Za-z_][A-Za-z0-9_.-]{0,80})(?P<sign>=|:)(?P<value>.+)", re.S)
_ADDRESSEE = re.compile(r"(?P<local>[A-Za-z0-9._+-]{1,64})@(?P<host>[A-Za-z0-9.-]{1,250})")

# Last words of names whose values name things, in words of anybody's own: users, databases, files, hosts, titles.
_NAMING = (TEXTS | OPEN | IDENTITIES | PLACES | FILES) - wordset("digest useragent cflags ldflags base page") | wordset(
    """
    buckets databases topics schemas
    app application module modules settings subject sender from to cc bcc reply channel channels language languages
    locale currency country city timezone tz zone theme color colour font logo brand company copyright tagline
    slogan organisation organization index collection dataset model models image registry repository repo tag
    network subnet interface device extension extensions package packages plugin plugins profile profiles shell cmd
    command options opts args flags args keyspace cluster node partition stream exchange routing topic consumer
    product site store shop team department nameserver nameservers whitelist blacklist allowlist denylist networks
    """
)
_COUNTING = NUMBERS | wordset(
    """
    id ids uid gid puid pgid bytes kb mb gb memory mem cpu cpus time maxage age number from to epoch timestamp year
    height width total free used capacity available allocated reserved uptime latency elapsed took rss heap peak usage
    """
)


_NONE: FrozenSet[str] = frozenset()


def is_public(name: str, value: str, known: Container[str] = _NONE) -> bool:
    """Return whether `value` may leave under `name`: each word of it is public by its form, or names a thing.

    What is secret in it, by its name or form, has been taken out before: tokens stand masked.
    """
    text = value.strip()
    if not text or text in known or _CRON.fullmatch(text) or _ANY_ADDRESS.fullmatch(text):
        return True
    accounts = bool(_BEHIND_ACCOUNT.search(text)) and _names_accounts(name)
    # An account with its password has the form of an image with its tag.
    if not accounts and _is_image(text, known):
        return True
    if len(text) > _LONGEST_VALUE:
        return False
    naming, counting, open_ = _kind(name)
    if accounts:
        naming = open_ = False
    text = without_references(text)
    return all(_is_word(text[start:end], known, naming, counting, open_, name) for start, end in words_in(text))


_ACCOUNTS = wordset("user users username usernames account accounts login logins admins members")
_BEHIND_ACCOUNT = re.compile(r"\w[:;|/\\ \t]+\w")  # of one account and what may be its password: `bob:…`, `bob …`


@lru_cache(maxsize=4096)
def _names_accounts(name: str) -> bool:
    return bool(_ACCOUNTS.intersection(words(name)[-2:]))


_REFERENCES = re.compile(r"\\ud[89a-f][0-9a-f]{2}|parityref[0-9]+[xs]|\$?\$\{[A-Za-z_][A-Za-z0-9_]*(?::?[-+?]\0*)?\}")


def without_references(text: str) -> str:
    """Return `text` with references masked as tokens are: they name things."""
    return _REFERENCES.sub(lambda found: MASK * len(found.group()), text)


def words_in(text: str) -> Iterator[Tuple[int, int]]:
    """Yield where the words of a value stand; an address is one, also if it names several hosts."""
    for chunk in _CHUNK.finditer(text):
        pattern = _ADDRESSES if "://" in chunk.group() else _LISTED
        for word in pattern.finditer(chunk.group()):
            yield chunk.start() + word.start(), chunk.start() + word.end()


_CHUNK = re.compile(r"[^\s|\"'`()\[\]{}<>]+")
_LISTED = re.compile(r"[^,;]+")
_ADDRESSES = re.compile(r"(?:[^,;]|[,;](?![A-Za-z][A-Za-z0-9+.-]{0,30}://))+")


_GLUED = re.compile("^(?:pg|db|my|mysql|smtp|redis|app)(?=[a-z]{4})")  # PGUSER, DBNAME


@lru_cache(maxsize=4096)
def _kind(name: str) -> Tuple[bool, bool, bool]:
    """Return whether values of this name name things, count, or are identifiers made by a machine."""
    said = words(name)
    while len(said) > 1 and said[-1].isdigit():
        said.pop()
    if not said or level(name) >= Level.WEAK:
        return False, False, False
    last = _GLUED.sub("", said[-1])
    return last in _NAMING, last in _COUNTING, is_open_name(name)


def is_public_word(word: str, known: Container[str] = _NONE) -> bool:
    """Return whether a word of running text is public by itself."""
    return _is_public_alone(word) or (known is not _NONE and _is_word(word, known, False, False, False, ""))


@lru_cache(maxsize=8192)
def _is_public_alone(word: str) -> bool:
    return _is_word(word, _NONE, False, False, False, "")


def _is_word(word: str, known: Container[str], naming: bool, counting: bool, open_: bool, name: str) -> bool:
    if "://" in word and len(word) < _LONGEST_URL:
        return _is_url(word, known, name)
    if MASK in word:
        return all(_is_word(part, known, naming, counting, open_, name) for part in word.split(MASK) if part)
    if len(word) < 3 or word in known or word.lower() in KNOWN or word.lower() in CHOICES:
        return True
    if len(word) > _LONGEST_WORD:
        return False
    if not any(map(str.isalnum, word)):
        return len(word) < _LONGEST_SIGNS
    if (counting and _NUMBER.fullmatch(word)) or (naming and _is_plain(word)):
        return True
    if open_ and "@" not in word and "=" not in word:
        return True
    return _is_of_public_form(word, known, naming)


def _is_of_public_form(word: str, known: Container[str], naming: bool) -> bool:
    """Return whether a word is a number, a version, a place, a locale, an option, a pair, or made of known words."""
    if word[0] in "+-.vP0123456789" and any(map(str.isdigit, word)) and _is_count(word):
        return True
    if "." in word and word.rpartition(".")[2].lower() in _EXTENSIONS and _is_segment(word, known):
        return True
    if ("/" in word or word[0] in ".~\\") and _is_path(word, known, naming):
        return True
    return (
        any(form.fullmatch(word) for form in (_DATE, _LOCALE, _ZONE, _COLOUR, _REFERENCE, _OPTION, _JAVA))
        or (":" in word and any(map(str.isdigit, word)) and _ADDRESS6.fullmatch(word) is not None)
        or ("@" in word and _is_addressee(word, known))
        or ("=" in word and _is_pair(word, known))
        or _is_host(word, known, naming)
        or _of_known(word, known)
    )


def _is_count(word: str) -> bool:
    return word in _POWERS or any(form.fullmatch(word) for form in (_SMALL, _DIGIT_FORMS, _ROUND))


def _is_pair(word: str, known: Container[str]) -> bool:
    pair = PAIR.fullmatch(word)
    if pair is None or not is_setting_name(pair["name"], known):
        return False
    return is_public(pair["name"].lstrip("-"), pair["value"], known)


@lru_cache(maxsize=8192)
def _pieces(word: str) -> Tuple[str, ...]:
    return tuple(piece for part in _PARTS.split(word) for piece in _CAMEL.findall(part))


def is_setting_name(name: str, known: Container[str]) -> bool:
    """Return whether this may be the name of a setting: of words, or of anything in one case."""
    bare = name.lstrip("-")
    return (_OPTION.fullmatch("-" + bare) is not None and not looks_opaque(bare)) or _of_known(name, known)


def _of_known(word: str, known: Container[str]) -> bool:
    """Return whether all of a word is made of known ones, with at most two digits at their ends."""
    if len(word) > 120 or not _COMPOSED.fullmatch(word):
        return False
    parts = _PARTS.split(word)
    if sum(len(part) for part in parts if part.isdigit()) > _MOST_DIGITS:
        return False
    for part in parts:
        if len(part) < 2 or part.lower() in KNOWN or part in known or _SMALL_PART.fullmatch(part):
            continue
        bare = part.rstrip("0123456789")
        if len(part) - len(bare) > 2:
            return False
        if bare.lower() in KNOWN or bare in known:
            continue
        pieces = _CAMEL.findall(bare)
        if (
            "".join(pieces) != bare
            or not all(piece.lower() in KNOWN for piece in pieces)
            or any(map(str.isdigit, bare))
        ):
            return False
    return True


_MOST_DIGITS = 6  # of a date or a port beside words; more of them are a number that somebody made up
_SMALL_PART = re.compile(r"[0-9]{1,5}|v[0-9]{1,3}")
_COMPOSED = re.compile(r"[A-Za-z0-9_.:/+@=~!?&#*\\^$%-]+")


def _is_plain(word: str) -> bool:
    """Return whether a word may name a thing: letters of one kind, few digits, nothing made up."""
    parts = [part for part in _PARTS.split(word) if part]
    return len(word) <= 100 and not _OF_PASSWORDS.search(word) and all(map(_is_plain_part, parts))


_OF_PASSWORDS = re.compile(r"\w[!?#&$^]\w")  # signs that nobody has in the middle of a name


def _is_plain_part(part: str) -> bool:
    return (_PIECE.fullmatch(part) is not None or _is_camel(part)) and not looks_opaque(part)


def _is_camel(part: str) -> bool:
    return (part.isalpha() and len(part) <= 40 and (likeness_to_words(part) or 0.0) >= 0.75) or not part.isascii()


def _is_host(word: str, known: Container[str], naming: bool) -> bool:
    found = _HOST.fullmatch(word)
    if found is None or int(found["port"] or 0) > 65_535:
        return False
    labels = found["labels"].split(".")
    if len(labels) == 1:
        return bool(found["port"]) and (
            naming or labels[0].lower() in KNOWN or labels[0] in known or _of_known(labels[0], known)
        )
    if not naming and labels[-1].lower() not in _TOP and labels[-1] not in known:
        return False
    return not any(looks_opaque(label) for label in labels)


def _is_addressee(word: str, known: Container[str]) -> bool:
    found = _ADDRESSEE.fullmatch(word)
    if found is None:
        return False
    local = all(_PIECE.fullmatch(part) or part in known for part in re.split(r"[._+-]+", found["local"]))
    return local and (_is_host(found["host"], known, True) or found["host"] in known)


_FROM_HERE = ("./", "../", "~/")


def _is_path(word: str, known: Container[str], naming: bool) -> bool:
    text = word.replace("\\", "/")
    text = re.sub(r"^(?:[A-Za-z]:|~|\.{1,2})?/|^\.(?=\w)", "", text)
    rooted = text != word
    from_here = word.startswith(_FROM_HERE)
    parts = [part for part in re.split(r"[/:]", text) if part]
    if len(parts) > 24 or not all(_is_segment(part, known, from_here) for part in parts):
        return False
    if rooted and (len(parts) > 1 or naming or from_here):
        return True
    # A relative path, or one name behind a slash: as likely a piece of something else.
    return all(_of_known(_stem(part), known) for part in parts)


def _stem(part: str) -> str:
    stem, dot, extension = part.rpartition(".")
    return stem if dot and stem and extension.lower() in _EXTENSIONS else part


def _is_segment(part: str, known: Container[str], wordy: bool = False) -> bool:
    """Return whether a part of a path names a file or folder; a `wordy` one may have any number of words."""
    if (
        part.lower() in KNOWN
        or part in known
        or _of_known(part, known)
        or _REFERENCE.fullmatch(part)
        or set(part) <= {"*", ".", "-", "_"}
    ):
        return True
    stem = _stem(part)
    pieces = [piece for piece in re.split(r"[-_.+@*%~=,]+", stem) if piece]
    few = wordy or _are_few(pieces)
    return few and all(map(_is_path_piece, pieces)) and not (stem.isascii() and looks_opaque(stem))


def _is_path_piece(piece: str) -> bool:
    if piece.isdigit():
        return len(piece) < 6
    return _PIECE.fullmatch(piece) is not None or _is_camel(piece)


def _is_image(text: str, known: Container[str]) -> bool:
    """Return whether this is an image with its tag or digest: a tag is a version or a known word."""
    if len(text) > 300 or not (":" in text or "/" in text) or "://" in text:
        return False
    found = _IMAGE.fullmatch(text)
    if found is None or any(map(looks_opaque, re.split("[/:]", found["name"]))):
        return False
    tag = found["tag"] or ""
    if not tag:
        return bool(found["digest"]) or (
            found["name"].split("/")[0].rpartition(".")[2] in _TOP
            and "/" in found["name"]
            and "." in found["name"].split("/")[0]
        )
    return bool(_DIGIT_FORMS.match(tag) and all(map(_tagged, re.split("[-._]", tag)))) or _of_known(tag, known)


_IMAGE = re.compile(
    r"(?P<name>(?:[a-z0-9.-]{1,100}(?::[0-9]{2,5})?/)?[a-z][a-z0-9._-]{0,80}(?:/[a-z0-9._-]{1,80}){0,6})(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}))?"
    r"(?P<digest>@sha256:[0-9a-f]{64})?"
)


def _tagged(part: str) -> bool:
    return (
        part.lower() in KNOWN
        or re.fullmatch(r"[vr]?[0-9]{1,5}|(?:alpha|beta|rc|alpine|debian|pg|php|jdk|jre|py|cu|post)[0-9]{1,4}", part)
        is not None
    )


def _is_url(word: str, known: Container[str], name: str) -> bool:
    """Return whether all of an address is public: see `unknown_in_url`."""
    return not any(True for _ in unknown_in_url(word, known, name))


def unknown_in_url(word: str, known: Container[str] = _NONE, name: str = "") -> Iterator[Span]:
    """Yield the parts of an address that are not known to be public: a path of other than words, values of a query.

    Several addresses in a row, as in a list without spaces, are one to this.
    """
    found = _SCHEME.search(word)
    if found is None:
        yield Span(0, len(word))
        return
    if found.start() and not _of_known(word[: found.start()].rstrip(":=@"), known):
        yield Span(0, found.start())
    begin = found.end()
    end = (
        next((at for at in (match.start() for match in re.finditer(r"[/?#]", word[begin:]))), len(word) - begin) + begin
    )
    yield from _unknown_authority(word, begin, end, known)
    query = min((at for at in (word.find(sign, end) for sign in "?#") if at >= 0), default=len(word))
    hook = not _SCHEMES.fullmatch(found["scheme"].lower()) or _HOOK.search(name + " " + word[begin:query]) is not None
    path = word[end:query]
    if path and not all(_is_plain_segment(part, known, hook) for part in re.split(r"[/,;:()]", path) if part):
        yield Span(end, len(word))
        return
    for pair in re.finditer(r"[^?&;#]+", word[query:]):
        key, equals, value = pair.group().partition("=")
        at = query + pair.start()
        if not is_setting_name(key, known) and not _is_plain_segment(key, known, True):
            yield Span(at, query + pair.end())
        elif equals and value and not is_public(key, value, known):
            yield Span(at + len(key) + 1, query + pair.end())


def _unknown_authority(word: str, begin: int, end: int, known: Container[str]) -> Iterator[Span]:
    at = word.rfind("@", begin, end)
    if at >= 0:
        user, _, secret = word[begin:at].partition(":")
        if (
            user
            and MASK not in user
            and not (_USER.fullmatch(user) and not looks_opaque(user))
            and user not in known
            and not _REFERENCE.fullmatch(user)
        ):
            yield Span(begin, begin + len(user))
        if secret.replace(MASK, "") and not _REFERENCE.fullmatch(secret):
            yield Span(begin + len(user) + 1, at)
        begin = at + 1
    for host in re.finditer(r"[^,]+", word[begin:end]):
        if not _is_authority(host.group(), known):
            yield Span(begin + host.start(), begin + host.end())


_AUTHORITY = re.compile(
    r"\[[0-9A-Fa-f:.%]{2,60}\](?::[0-9]{1,5})?|[\w.*{}$%-]{0,253}(?::(?:[0-9]{1,5}|parityref[0-9]+[xs]|\$\{?\w+\}?))?"
)


def _is_authority(host: str, known: Container[str]) -> bool:
    if MASK in host:
        return all(_is_authority(part.strip(":"), known) for part in host.split(MASK) if part.strip(":"))
    if host in known:
        return True
    labels = re.sub(r":[0-9]*$", "", host).split(".")
    return _AUTHORITY.fullmatch(host) is not None and not any(
        looks_opaque(label) and label not in known for label in labels
    )


_ENCODED_SIGN = re.compile("(?i)%(?:2[0-9a-f]|3[a-f]|40|5[b-e])")  # a virtual host "/" of AMQP, a space


def _is_plain_segment(part: str, known: Container[str], hook: bool) -> bool:
    """Return whether a segment of an address's path is plain: words, a small number, a version."""
    part = _ENCODED_SIGN.sub("-", part.replace(MASK, ""))
    if (
        not part.strip("-")
        or part in known
        or _of_known(part, known)
        or _REFERENCE.fullmatch(part)
        or part.startswith("parityref")
    ):
        return True
    if hook:
        return False
    stem = _stem(part)
    pieces = [piece for piece in re.split(r"[-_.~@+*%]+", stem) if piece]
    return _are_few(pieces) and all(_is_plain_piece(piece, known) for piece in pieces) and not looks_opaque(stem)


def is_hook(path: str) -> bool:
    """Return whether whoever has this path may do something by it: reset a password, call a webhook."""
    return _HOOK.search(path) is not None


def is_hook_path(path: str, known: Container[str]) -> bool:
    """Return whether all of such a path is known: the rest would be what lets one do it."""
    return all(_is_plain_segment(part, known, True) for part in re.split(r"[/?&=]", path) if part)


def _are_few(pieces: Sequence[str]) -> bool:
    """Return whether at most two words of a name are unknown: of three or more a pass phrase is made."""
    return sum(piece.lower() not in KNOWN and not piece.isdigit() for piece in pieces) < _PHRASE


def is_short_name(text: str) -> bool:
    """Return whether at most two words of a name are unknown."""
    return _are_few([piece for piece in _PARTS.split(text) if piece])


def _is_plain_piece(piece: str, known: Container[str]) -> bool:
    if piece.lower() in KNOWN or piece in known or re.fullmatch(r"v?[0-9]{1,4}", piece):
        return True
    if not re.fullmatch(r"[a-z]{1,30}[0-9]?|[A-Z][a-z]{1,30}|[A-Z]{1,8}|[a-z]{1,20}[A-Z][a-z]{1,20}", piece):
        return False
    return len(piece) < 8 or (likeness_to_words(piece) or 0.0) >= 0.6
