"""How findings are put into words and lines: the filters that the templates use."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from parity.domain.findings import Severity
from parity.domain.places import container_at

WIDTH: Final = 80
_MARKDOWN = re.compile(r"([\\`*\[\]<>|#~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^[-+=/]|(?<=^\d)[.)]|(?<=^\d\d)[.)])")
# What GitHub and GitLab make a mention of somebody, or of issue 12, also in text whose Markdown is escaped.
_MENTION = re.compile(r"(?<!\w)(?:@(?=[A-Za-z0-9])|\\#(?=\d))")
# What the runners of GitHub (`::error::`, `##[error]`), Azure (`##vso[…]`) and TeamCity take for a command in a log.
_COMMAND = re.compile(r"(?<!\S):(?=:[A-Za-z][A-Za-z-]*(?:\s|::))|#(?=#[A-Za-z]*\[)")
_MARKS: Final = {
    Severity.CRITICAL: "🔴",
    Severity.HIGH: "🔴",
    Severity.MEDIUM: "🟠",
    Severity.LOW: "🟡",
    Severity.INFO: "🔵",
}
# Characters that could move a terminal's cursor, turn the reading direction or are not seen, in text that a host sent.
CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    r"|(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d"  # what joins an emoji is seen
)


def plain(text: str) -> str:
    """Return `text` for a terminal or text file: one line, nothing that steers the terminal or a pipeline's runner."""
    return _COMMAND.sub(r"\g<0> ", " ".join(CONTROL.sub(" ", str(text)).split()))


def markdown(text: str) -> str:
    """Return `text` so that Markdown shows it as it is, on one line; in a comment it notifies and links nobody.

    A line that begins with a slash would be a command in a comment on GitLab.
    """
    return _MENTION.sub(r"\g<0><!-- -->", _MARKDOWN.sub(r"\\\1", plain(text)))


def code(text: str) -> str:
    """Return `text` as inline code in Markdown, whatever backticks it holds."""
    shown = plain(text)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}" if shown else ""


def code_in_table(text: str) -> str:
    """Return `text` as inline code in a cell of a table, which a bar would end."""
    return code(text).replace("|", "\\|")


def wrapped(text: str, indent: int = 0, first: str = "") -> str:
    """Return `text` broken at WIDTH columns, later lines indented by `indent`, the first one led by `first`."""
    return textwrap.fill(
        plain(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def title_of(step: Mapping[str, Any]) -> str:
    """Return a step's title, and how many more findings its remedy mends."""
    more = len(step["also"])
    return f"{step['title']}{f' (and {more} more that the same remedy fixes)' if more else ''}"


def said_once(evidence: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return evidence with each value of an environment said once: `who` shows it, what is `shown`, and `where`.

    A value of an env file is in every container that reads the file.
    """
    found: dict[tuple[str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for piece in evidence:
        services, places = found.setdefault((piece["environment"], piece["shown"]), ({}, {}))
        services.update({piece["service"]: None} if piece["service"] else {})
        places.update(dict.fromkeys(part for part in piece["place"].split(", ") if part))
    return [
        {
            "who": " ".join(filter(None, (environment, ", ".join(services)))),
            "shown": shown,
            "where": ", ".join(_containers_first(places)),
        }
        for (environment, shown), (services, places) in found.items()
    ]


def _containers_first(places: Iterable[str]) -> list[str]:
    named = list(places)
    containers = [name for place in named if (name := container_at(place))]
    others = [place for place in named if not container_at(place)]
    if len(containers) > 1:
        return [f"containers {', '.join(containers)}", *others]
    return named


def mark(severity: str) -> str:
    """Return the sign of a severity."""
    return _MARKS[Severity.parse(severity)]


def still_open(findings: Iterable[Mapping[str, Any]], severity: str = "") -> list[Mapping[str, Any]]:
    """Return the open findings, of one severity when given."""
    return [finding for finding in findings if finding["status"] == "open" and severity in ("", finding["severity"])]


def expected(findings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the expected differences."""
    return [finding for finding in findings if finding["status"] == "expected"]


def with_status(findings: Iterable[Mapping[str, Any]], status: str) -> list[Mapping[str, Any]]:
    """Return the findings of one status."""
    return [finding for finding in findings if finding["status"] == status]


def of_area(findings: Iterable[Mapping[str, Any]], area: str) -> list[Mapping[str, Any]]:
    """Return the findings of one area."""
    return [finding for finding in findings if finding["area"] == area]


def of_rules(findings: Iterable[Mapping[str, Any]], rules: str) -> list[Mapping[str, Any]]:
    """Return the findings of the comma-separated `rules`."""
    wanted = set(rules.split(","))
    return [finding for finding in findings if finding["rule"] in wanted]


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    function.__name__: function
    for function in (
        *(markdown, code, code_in_table, plain, wrapped, mark, title_of, said_once),
        *(still_open, expected, with_status, of_area, of_rules),
    )
}
