"""What nginx says about a configuration: one line of it, classified."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

# nginx's own, the worst first; its logs and those of syslog have the same.
LEVELS: Final = ("emerg", "alert", "crit", "error", "warn", "notice", "info", "debug")
_FATAL: Final = frozenset(LEVELS[: LEVELS.index("crit") + 1])


@dataclass(frozen=True)
class Problem:
    """One thing that nginx says.

    message: nginx's own words, with ` in FILE:LINE` where nginx says that
    level: one of LEVELS
    rule: the class of the fault as far as it is known (`unquoted_value`); see knowledge/nginx/messages.yml
    message_class: the class of the wording alone (`invalid_parameter`): the same words can have several causes
    file, line: what nginx names; None where it names none
    directive, argument: the directive and the value that the message names
    cause, impact, action: a sentence each; remedy: `yes`, `partial` or `no`, whether Parity can repair it
    """

    message: str
    level: str
    rule: str
    message_class: str
    file: str | None = None
    line: int | None = None
    directive: str | None = None
    argument: str | None = None
    cause: str = ""
    impact: str = ""
    action: str = ""
    remedy: str = "no"

    @property
    def fatal(self) -> bool:
        """Whether nginx does not start, or not reload, for it."""
        return self.level in _FATAL

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return asdict(self)
