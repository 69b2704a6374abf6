"""What a secret looks like when no name says so: formats of known issuers, hashes of passwords, random characters."""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Optional, Sequence

from .open_names import is_open_name
from .spans import Span
from .words import wordset

# How issuers begin their keys. What follows must look made by a machine; `.` may stand inside, not at the end.
# Source: each issuer's documentation of its own key format.
_PREFIXES = wordset(
    """
    AKIA ASIA ABIA ACCA ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- gldt- glrt- glft- gloas- glsoat- glcbt-
    glptt- glagent- glimt- glffct- xoxa- xoxb- xoxe- xoxe. xoxo- xoxp- xoxr- xoxs- xapp- sk_live_ sk_test_
    rk_live_ rk_test_ whsec_ SG. key- SK secret_ ntn_ sk- AIza ya29. 1// GOCSPX- hf_ npm_ pypi- doo_v1_ dop_v1_
    dor_v1_ HRKU- shpat_ shpca_ shppa_ shpss_ sq0atp- sq0csp- EAAA EAAC hvs. hvb. hvr. s. dp.pt. dp.st. dp.ct.
    dp.sa. dp.scim. dp.audit. pul- AGE-SECRET-KEY-1 dapi lin_api_ lin_oauth_ PMAK- NRAK- NRII- NRJS- NRSP-
    sntrys_ sntryu_ glc_ glsa_ dckr_pat_ dckr_oat_ pscale_pw_ pscale_tkn_ pscale_oauth_ sbp_ sb_secret_ fo1_
    fm1_ fm2_ ATATT3 ATCTT3 ATBB figd_ sl. EZAK EZTK gsk_ r8_ xai- pplx- lsv2_ tvly- re_ tskey- ngrok_ rnd_ phx_
    rubygems_ cio ops_ vercel_ nfp_ CFPAT- FLWSECK- FLWSECK_TEST- sk_ mk_ api_ key_ tok_ p8e- SWMTKN-1-
    """
)
_TAIL = r"(?:[A-Za-z0-9_+/~-]|\.(?=[A-Za-z0-9_-]))"
_ISSUED = re.compile(
    r"(?<![A-Za-z0-9])(?P<prefix>%s)(?P<tail>%s{12,}={0,2})"
    % ("|".join(map(re.escape, sorted(_PREFIXES, key=lambda prefix: (-len(prefix), prefix)))), _TAIL)
)

_MADE = re.compile(
    r"""(?<![A-Za-z0-9])(?:
        eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]{4,}){1,4}                                     # JSON web tokens
      | [0-9]{8,10}:[A-Za-z0-9_-]{33,38}(?![A-Za-z0-9_-])                                    # Telegram bots
      | [A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])      # Discord bots
      | [A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}                                      # Microsoft Entra
      | [0-9a-f]{32}-us[0-9]{1,2}(?![A-Za-z0-9])                                             # Mailchimp
      | [A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{40,}                                         # Terraform Cloud
      | pat[A-Za-z0-9]{14}\.[0-9a-f]{64}                                                     # Airtable
      | SCRAM-SHA-(?:1|256)\$[0-9]+:[A-Za-z0-9+/=$:]{20,}                                    # PostgreSQL
      | md5[0-9a-f]{32}(?![0-9a-f])
      | (?:pbkdf2|argon2|bcrypt|scrypt)[a-z0-9_-]{0,12}\$(?:[A-Za-z0-9$=+/._-]|,(?=[A-Za-z0-9])){20,}  # Django
    )
    | \$(?:2[abxy]?|argon2[a-z]{1,2}|apr1|1|5|6|7|y|gy|scrypt|pbkdf2[a-z0-9-]{0,10})
      \$(?:[A-Za-z0-9$=+/.*-]|,(?=[A-Za-z0-9])){8,}
    | \{(?:SSHA|SSHA256|SSHA512|SHA|SHA256|SHA512|SMD5|MD5|CRYPT|PBKDF2)\}[A-Za-z0-9+/=$.]{16,}
    """,
    re.X,
)

_PEM_BEGIN = re.compile(r"-----BEGIN (?P<what>[A-Z0-9 ]{1,40})-----")
_PEM_BODY = re.compile(r"(?:[A-Za-z0-9+/=\s:,.-]|\\[nrt])*")

# Values that look random and are for everybody to see. Each is taken out before the rest is judged.
_OPEN = re.compile(
    r"""(?i)sha(?:1|224|256|384|512)[:-][A-Za-z0-9+/=]{27,}
      | (?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-[a-z0-9-]{1,40}|sk-ssh-[a-z0-9@.-]{1,60})\s{1,4}[A-Za-z0-9+/=]+
      | (?<![0-9a-f-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f-])
      | (?<![\w-])[0-9]{6,14}-[a-z0-9]{20,40}\.apps\.googleusercontent\.com
      | (?<![A-Za-z0-9])pk_(?:live|test)_[A-Za-z0-9]+ | (?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.+Z-]+
      | (?<![\w.])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}(?:com|net|org|io|dev|app|co|cloud|local|internal|lan
          |test|example|localdomain|localhost|svc|eu|de|uk|fr|ca|us|info|ai|sh|me|tech)(?![\w-])(?!\.[a-z0-9])
    """,
    re.X,
)
_CANDIDATE = re.compile(r"(?<![A-Za-z0-9_+/.~-])[A-Za-z0-9_+/.~-]{20,}={0,2}")
_DJANGO = r"[A-Za-z0-9!@#$%^&*(_=+)-]"  # the alphabet of its secret keys
_SIGNS_TOO = re.compile("(?<!%s)%s{40,60}(?!%s)" % (_DJANGO, _DJANGO, _DJANGO))
_SEPARATOR = re.compile(r"[-_./+=~]+")
_NAME_BEFORE = re.compile(
    r"(?P<name>[A-Za-z_][\w.-]{0,80})(?:\\{0,3}[\"'`])?(?:[ \t]{0,4}[=:][ \t]{0,8}|[ \t]{1,4})(?:\\{0,3}[\"'`])?"
    r"(?:[\w.-]{1,40}[@:/])?\Z"
)
_LICENCE = re.compile(r"(?<![A-Za-z0-9-])[A-Z0-9]{4,8}(?:-[A-Z0-9]{4,8}){3,7}(?![A-Za-z0-9-])")
_SPACE = re.compile(r"\s")
_SIGN = re.compile(r"[^\w.:/-]")
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")

# Measured on 16,326 strings of 20 and more characters from code, logs and lists of packages: 1.5 % score under 0.60,
# most of them digests and certificates. Random strings of 20, 24, 32 and 40 characters from nine alphabets do in more
# than 99 %, those of letters in one case in 97 %. Words score about 0.9, random characters 0.2.
_RANDOM, _CLEARLY_RANDOM, _RANDOM_LETTERS = 0.60, 0.40, 0.50
_LEAST = 20
_BLANK = "\1"  # stands for what is open to everybody
_WINDOW = 256

# The 240 most frequent of the 676 pairs of letters in technical English: first letter, then what follows it.
_PAIRS = wordset(
    """
    a:bcdefgiklmnprstuvy b:aeilorsu c:acehiklorstu d:adeiorsu e:abcdefglmnoprstvwx f:aefiloru g:aehilnorsu h:aeiot
    i:abcdefglmnoprstvz j:s k:aeis l:adeilostuy m:abeimopsu n:acdefgiknostuv o:abcdfgiklmnoprstuvw p:aehiloprstuy
    q:u r:acdegikmnoprstuy s:acehilopstuy t:acehiloprstuy u:abcdeilmnprst v:aei w:aeio x:pt y:ps z:e
    """
)


def _weights() -> Dict[str, float]:
    """Return what each pair of neighbours says: 1 for words, a negative number against; unlisted pairs say nothing."""
    frequent = {entry[0] + second for entry in _PAIRS for second in entry[2:]}
    lower, digits = "abcdefghijklmnopqrstuvwxyz", "0123456789"
    weights: Dict[str, float] = {}
    for one in lower:
        for two in lower:
            weight = 1.0 if one + two in frequent else -1.0
            weights[one + two] = weights[(one + two).upper()] = weight
            weights[one + two.upper()] = -0.5
        for digit in digits:
            for pair in (one + digit, digit + one):
                weights[pair] = weights[pair.upper()] = -1.0
    return weights


_WEIGHT = _weights()


def likeness_to_words(text: str, least: int = 3) -> Optional[float]:
    """Return how much `text` is made of words, from 0 (random) to 1; None when it has not `least` pairs that tell."""
    good = bad = 0.0
    for weight in map(_WEIGHT.get, map(str.__add__, text, text[1:])):
        if weight is not None:
            if weight > 0:
                good += weight
            else:
                bad -= weight
    return good / (good + bad) if good + bad >= least else None


def looks_random(text: str) -> bool:
    """Return whether `text`, of 20 characters or more without spaces, looks made by a generator and not by a person."""
    return any(True for _ in _random_parts(_OPEN.sub(" ", text)))


def looks_opaque(text: str) -> bool:
    """Return whether `text`, of 8 characters or more, looks made up to be kept: no words, and digits or signs in it."""
    if _SPACE.search(text):
        return False
    if len(text) < 8:
        return False
    if (len(text) >= _LEAST and looks_random(text)) or _ISSUED.search(text) or _MADE.search(text):
        return True
    if _OPEN.search(text):
        return False
    lower, upper, digit = (any(map(test, text)) for test in (str.islower, str.isupper, str.isdigit))
    score = likeness_to_words(text)
    if score is None:
        return digit and (lower or upper) and sum(map(str.isdigit, text)) >= 2
    if digit:
        return score < 0.75 and (lower or upper)
    return score < 0.75 and lower and upper and _SIGN.search(text) is not None


def _random_parts(text: str) -> Iterator[Span]:
    for match in _CANDIDATE.finditer(text):
        yield from _judge(text, match.start(), match.end())


def _judge(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield text[start:end] when it is random, or those parts of a path in it that are."""
    while end > start and text[end - 1] == ".":
        end -= 1
    while start < end and text[start] == "/" and text[start - 1 : start] in ("/", ":"):
        start += 1
    piece = text[start:end]
    if len(piece) < _LEAST or sum(map(str.isalpha, piece[:1024])) < 6:
        return
    parts = piece.split("/")
    in_url = piece[0] == "/" and text[start - 1 : start] == _BLANK
    if len(parts) == 1 or (_is_random(piece) and not in_url and not _is_path(piece, parts)):
        if _is_random(piece):
            yield Span(start, end)
        return
    for part in parts:
        if len(part) >= _LEAST and _is_random(part):
            yield Span(start, start + len(part))
        start += len(part) + 1


def _is_path(piece: str, parts: Sequence[str]) -> bool:
    """Return whether slashes separate names in `piece`, and do not just occur in it as they do in base64."""
    if piece[0] == "/" and any(part.isalpha() and part.islower() and len(part) > 1 for part in parts):
        return True
    return not ("+" in piece and _all_classes(piece)) and any(map(_is_word, parts))


def _is_word(part: str) -> bool:
    score = likeness_to_words(part, least=1)
    if score is None or len(part) < 3:
        return False
    return score >= 0.8 and (len(part) > 4 or (part.isalpha() and part.islower()))


def _is_random(piece: str) -> bool:
    if len(piece) > 2 * _WINDOW:
        windows = (piece[at : at + _WINDOW] for at in range(0, len(piece), _WINDOW))
        return any(len(window) >= _LEAST and _is_random(window) for window in windows)
    if _HEX.fullmatch(piece):
        return len(piece) >= 32 and len(set(piece)) >= 8
    parts = _SEPARATOR.split(piece)
    longest = max(map(len, parts))
    score = likeness_to_words(piece)
    if score is None:
        return False
    has_digit = any(map(str.isdigit, piece))
    if score < _CLEARLY_RANDOM and (longest >= 10 or _all_classes(piece)) and len(set(piece)) >= 10:
        return has_digit or longest >= _LEAST
    limit = _RANDOM if has_digit else _RANDOM_LETTERS
    return any(len(part) >= _LEAST and _word_score(part) < limit and len(set(part)) >= 8 for part in parts)


def _word_score(part: str) -> float:
    score = likeness_to_words(part)
    return 1.0 if score is None else score


def _all_classes(piece: str) -> bool:
    return "." not in piece and all(any(map(test, piece)) for test in (str.islower, str.isupper, str.isdigit))


def find_issued(text: str) -> Iterator[Span]:
    """Yield keys in the format of a known issuer, and password hashes."""
    for match in _ISSUED.finditer(text):
        end = match.end()
        while text[end - 1] == "/":
            end -= 1
        if _machine_made(match.group("prefix"), match.group("tail")):
            yield Span(match.start(), end)
    for match in _MADE.finditer(text):
        yield Span(match.start(), match.end())


def _machine_made(prefix: str, tail: str) -> bool:
    if prefix in ("AKIA", "ASIA", "ABIA", "ACCA"):
        return re.fullmatch(r"[A-Z0-9]{16,}", tail) is not None
    score = likeness_to_words(tail)
    if score is None or score >= (0.75 if len(prefix) > 3 else 0.5) or len(set(tail)) < 8:
        return False
    return len(prefix) > 4 or any(map(str.isdigit, tail))


def find_private_keys(text: str) -> Iterator[Span]:
    """Yield PEM blocks of private keys, also one that is cut off."""
    position = 0
    while True:
        begin = _PEM_BEGIN.search(text, position)
        if begin is None:
            return
        position = begin.end()
        what = begin.group("what")
        if "PRIVATE KEY" not in what:
            continue
        closing = "-----END %s-----" % what
        end = text.find(closing, position)
        position = end + len(closing) if end >= 0 else _pem_body_end(text, position)
        if text[begin.end() : position].strip():
            yield Span(begin.start(), position)


def _pem_body_end(text: str, start: int) -> int:
    match = _PEM_BODY.match(text, start)
    return match.end() if match else start


def find_random(text: str) -> Iterator[Span]:
    """Yield strings of random characters that no name and no format explains, and licence keys."""
    if not (_CANDIDATE.search(text) or _SIGNS_TOO.search(text)):
        return
    visible = _without_open(text)
    for span in _random_parts(visible):
        if not _is_expected(text, span.start):
            yield span
    for match in _SIGNS_TOO.finditer(visible):
        signs = {character for character in match.group() if not character.isalnum()}
        if len(signs) >= 5 and _word_score(match.group()) < _RANDOM and any(map(str.isdigit, match.group())):
            yield Span(match.start(), match.end())
    for match in _LICENCE.finditer(visible):
        groups: List[str] = match.group().split("-")
        if sum(not group.isalpha() and not group.isdigit() for group in groups) * 2 > len(groups):
            yield Span(match.start(), match.end())


def _is_expected(text: str, start: int) -> bool:
    """Return whether the word before says why there are random characters at `start`: `commit …`, `trace_id=…`."""
    name = _NAME_BEFORE.search(text[max(0, start - 160) : start])
    return name is not None and is_open_name(name.group("name"))


def _without_open(text: str) -> str:
    """Return `text` with what is open to everybody blanked: digests, UUIDs, public keys, certificates, host names."""
    pieces, done = [], 0
    for begin in _PEM_BEGIN.finditer(text):
        if begin.start() >= done and "PRIVATE" not in begin.group("what"):
            closing = "-----END %s-----" % begin.group("what")
            end = text.find(closing, begin.end())
            if end < 0:
                break
            pieces += [text[done : begin.start()], " " * (end - begin.start())]
            done = end
    return _OPEN.sub(lambda match: _BLANK * len(match.group()), "".join(pieces) + text[done:])
