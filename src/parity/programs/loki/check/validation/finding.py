"""What a validation function reports: which rule, with which words filled in, about which setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from parity.programs.loki.read.config import LokiConfig


@dataclass(frozen=True)
class Violation:
    """`rule` is an entry of knowledge/loki/rules.yml, `words` fill its message, `path` is the setting to look at."""

    rule: str
    path: str
    words: Mapping[str, object] = field(default_factory=dict)


Findings = Iterator[Violation]


def certain(config: LokiConfig, found: Findings) -> Findings:
    """Yield what one part of the validation finds that does not turn on anything that was not seen."""
    config.doubted = False
    for finding in found:
        if not config.doubted and not config.unknown(finding.path):
            yield finding


def only_first(found: Findings) -> Findings:
    """Yield the first finding: a part's own check stops at its first error."""
    for finding in found:
        yield finding
        return


def path_prefix_complaint(prefix: str, named: str = "prefix") -> str | None:
    """Return what Loki says of a key prefix, None when it is well formed."""
    if not prefix:
        return f"{named} must be set"
    if "\\" in prefix:
        return f"{named} should only have '/' as a path separator"
    if prefix.startswith("/"):
        return f"{named} should never start with a path separator i.e '/'"
    if not prefix.endswith("/"):
        return f"{named} should end with a path separator i.e '/'"
    return None
