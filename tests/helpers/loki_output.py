"""What Loki prints as a whole, put together from the problems that are predicted: the tests compare it word by word."""

from __future__ import annotations

from collections.abc import Sequence

from parity.programs.loki.check.check import _WHILE_READING
from parity.programs.loki.check.problem import LokiProblem

_ADVICE = ". Use `-config.expand-env=true` flag if you want to expand environment variables in your config file"
_SEVERAL = "MULTIPLE CONFIG ERRORS FOUND, PLEASE READ CAREFULLY"


def output(problems: Sequence[LokiProblem], file: str, version: str, *, expand_env: bool = False) -> str:
    """Return what Loki `version` prints for `problems` of `file`: the parser's lines, else the validation's message.

    The log line's time, caller and level around the validation's message are left out; `hidden` problems are too.
    """
    shown = [problem for problem in problems if not problem.hidden]
    if not shown:
        return ""
    if shown[0].wave == 2:
        lines = [problem.text for problem in shown]
        return "\n".join([_SEVERAL, *lines] if len(lines) > 1 else lines)
    if shown[0].rule in _WHILE_READING:
        return f"failed parsing config: {shown[0].text}"
    advice = "" if expand_env else _ADVICE
    if shown[0].rule in ("parser.value", "parser.syntax"):
        return f"failed parsing config: {file}: {shown[0].text}{advice}"
    if int(version.lstrip("v").partition(".")[0]) >= 4:  # the coming major reads with go-yaml version 4
        return f"failed parsing config: {file}: yaml: construct errors: {'; '.join(map(str, shown))}{advice}"
    noted = "\n".join(f"  {problem}" for problem in shown)
    return f"failed parsing config: {file}: yaml: unmarshal errors:\n{noted}{advice}"
