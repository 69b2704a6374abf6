"""The plan for a Loki's file: its migration to the Loki that reads it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from parity.domain.untrusted import mapping, texts
from parity.programs.loki.check.check import check
from parity.programs.loki.migrate.migrate import migrate
from parity.programs.loki.migrate.plan import told as left_words
from parity.programs.loki.read.releases import told_by
from parity.programs.loki.read.run import PLAIN, Run
from parity.remedy.program import Plan, Request, sentence
from parity_host.secrets.token import TOKEN


def version(tested: str, image: str, log: Sequence[str]) -> tuple[str, bool]:
    """Return which Loki reads a file, by its image's tag or its log, and whether that is told and not assumed."""
    del tested  # Loki is not asked in an audit
    told = told_by(image, log)
    return told.assumed, told.certain


def plan(request: Request) -> Plan:
    """Return the migration of the one file that Loki reads; raises ValueError where the host did not send it."""
    if request.main not in request.texts:
        raise ValueError(f"the host did not send {request.main}, the file that Loki reads")
    target = request.target
    variables = {str(name): str(value) for name, value in mapping(target, "environment").items()}
    run = Run(target.get("expand_env") is True, variables, texts(target, "command"), TOKEN)
    made = migrated(request.texts[request.main], request.version, request.today, run)
    assumed = [f"Loki {request.version} is assumed, because the image's tag does not name the release"]
    said = [*(assumed if target.get("assumed") is True else []), *made["said"]]
    return Plan({request.main: made["text"]}, made["accepted"], said, made["why"])


def migrated(sealed: str, version: str, today: date, run: Run = PLAIN) -> dict[str, Any]:
    """Return the migration of a (sealed) configuration: `text`, `steps`, what is `left`, and whether it is `accepted`.

    It is accepted when Parity's own checker finds nothing more in it and nothing is left to the owner.
    """
    made = migrate(sealed, version, today, run=run)
    problems = check(made.text, version, today, run=run)
    left = [
        {
            "problem": str(one.problem),
            "why": one.why,
            "line": one.line,
            "lines": one.lines,
            "todo": [{"place": lines.place, "lines": lines.text} for lines in one.todo],
        }
        for one in made.left
    ]
    steps = [sentence(str(step), step.verify) for step in made.steps]
    left_over = [f"needs your decision: {words}" for words in left_words(made.left)]
    return {
        "text": made.text,
        "changed": made.text != sealed,
        "steps": [str(step) for step in made.steps],
        "left": left,
        "problems": [str(problem) for problem in problems],
        "accepted": not left and not problems,
        "said": steps + left_over,
        "why": left_over or [str(problem) for problem in problems],
    }
