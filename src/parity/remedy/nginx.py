"""The plan for an nginx's files: what they show to be broken is repaired, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from parity.domain.untrusted import mapping, texts
from parity.programs.nginx.check.check import check
from parity.programs.nginx.repair.plan import Left
from parity.programs.nginx.repair.repair import repair
from parity.programs.nginx.syntax.directives import NEWEST
from parity.programs.nginx.syntax.modules import OFFICIAL
from parity.remedy.program import Plan, Request, sentence

_VERSION: Final = re.compile(r"v?(\d+\.\d+\.\d+)(?![\d.])")


def version(tested: str, image: str, log: Sequence[str]) -> tuple[str, bool]:
    """Return which nginx reads the files, by its own word or its image's tag, and whether that is told."""
    del log  # nginx does not say it there
    found = _VERSION.match(tested) or _VERSION.match(image.rpartition(":")[2])
    return (found[1], True) if found else (NEWEST, False)


def plan(request: Request) -> Plan:
    """Return the repair of the files. What lies in the image and is not known is there: an empty file stands for it."""
    known = {**dict.fromkeys(texts(request.target, "in_image"), ""), **request.texts}
    twins = {path: str(copy) for path, copy in mapping(request.target, "twins").items() if path in request.texts}
    made = repaired(known, request.main, request.version, request.output, request.refusals, twins)
    return Plan(made["files"], made["accepted"], made["said"], made["why"])


def repaired(
    files: Mapping[str, str],
    main: str,
    version: str,
    output: str = "",
    refusals: Sequence[str] = (),
    twins: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the repair of (sealed) files: `files` that change, `steps`, what is `left`, and whether it is `accepted`.

    It is accepted, and there is no `why` not, when neither a fault that stops nginx is left nor one that Parity's own
    check finds. `output` is what `nginx -t` printed of the files, and each of `refusals` what it printed of them once
    those before were repaired. `twins` are other environments' copies of the files.
    """
    copies = {path: content.encode("utf-8", "replace") for path, content in (twins or {}).items()}
    given = {path: content.encode("utf-8", "surrogateescape") for path, content in files.items()}
    made = repair(given, main, version, output, built_in=OFFICIAL, twins=copies)
    steps, left, unanswered = list(made.steps), list(made.left), []
    for refusal in refusals:
        made = repair(made.files, main, version, refusal, built_in=OFFICIAL, twins=copies)
        steps += made.steps
        left += [one for one in made.left if one not in left]
        if not made.steps and not any(one.problem.fatal for one in made.left):
            unanswered.append(f"nginx rejects the files: {refusal.strip()}")
    problems = check(made.files, main, version, built_in=OFFICIAL)
    stops = [one for one in left if one.problem.fatal]
    why = [_left_over(one) for one in stops]
    why = why or [problem.message for problem in problems if problem.fatal] or unanswered
    return {
        "files": {
            path: data.decode("utf-8", "surrogateescape") for path, data in made.files.items() if data != given[path]
        },
        "steps": [str(step) for step in steps],
        "left": [{"problem": one.problem.message, "why": one.why, "lines": one.lines} for one in left],
        "problems": [problem.message for problem in problems],
        "accepted": not why,
        "said": [sentence(str(step), step.verify) for step in steps] + [_left_over(one) for one in left],
        "why": why,
    }


def _left_over(one: Left) -> str:
    added = f"; add or change:\n{one.lines}" if one.lines else ""
    return f"needs your decision: {one.problem.message}: {one.why.removesuffix('.')}{added}"
