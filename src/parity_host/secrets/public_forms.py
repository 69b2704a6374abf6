"""Forms of words that are public whatever they say: numbers, durations, versions, ports, dates, locales, options."""

from __future__ import annotations

import re

_UNIT = (
    "(?:ns|us|µs|ms|[smhdwy]|secs?|mins?|hrs?|seconds?|minutes?|hours?|days?|weeks?|months?|years?|%|[kKMGT]i?[bB]?|[kmgtb]"
    "|[kmgt]b|r/[sm]|[KMGkmg]?B/s(?:ec)?|px|em|Hz|kHz|MHz|x|rps)"
)
_SMALL = re.compile(r"[+-]?[0-9]{1,5}(?:\.[0-9]{1,6})?|[+-]?0?\.[0-9]{1,6}")
NUMBER = re.compile(r"[+-]?[0-9]{1,20}(?:[._][0-9]{1,9})*")
_ROUND = re.compile(r"[1-9][0-9]{0,3}0{3,12}")
_POWERS = frozenset(str(2**power + less) for power in range(10, 65) for less in (0, -1)) | frozenset(
    str(count * unit)
    for unit in (1024, 1024**2, 1024**3, 60, 3600, 86400)
    for count in (*range(1, 129), 180, 182, 256, 365, 512, 730, 1000)
)
DIGIT_FORMS = re.compile(
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
CRON = re.compile(
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
ANY_ADDRESS = re.compile(r"\^?https\?://\.[*+]\$?")  # a pattern of origins that lets everybody in
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")
REFERENCE = re.compile(r"parityref[0-9]+[xs]|\$\$?\{?[A-Za-z_][A-Za-z0-9_]*\}?|\$\$?[0-9@*#?]|%\([a-z_]+\)s|%[A-Za-z]")
OPTION = re.compile(r"--?[A-Za-z](?:[A-Za-z]{0,30})(?:[-_.][A-Za-z0-9]{1,30}){0,8}")
_JAVA = re.compile(r"-(?:X[a-zA-Z]{1,3}|XX:[+-]?[A-Za-z0-9]{2,60}=?)(?:[0-9]{1,6}[kmgKMG]?)?")


_WHOLE = (_DATE, _LOCALE, _ZONE, _COLOUR, REFERENCE, OPTION, _JAVA)


def has_public_form(word: str) -> bool:
    """Return whether a word is a number, a version, a date, a locale, a time zone, an option or an address."""
    digits = any(map(str.isdigit, word))
    return (
        (digits and word[0] in "+-.vP0123456789" and _is_count(word))
        or any(form.fullmatch(word) for form in _WHOLE)
        or (digits and ":" in word and _ADDRESS6.fullmatch(word) is not None)
    )


def _is_count(word: str) -> bool:
    return word in _POWERS or any(form.fullmatch(word) for form in (_SMALL, DIGIT_FORMS, _ROUND))
