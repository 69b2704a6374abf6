"""The plan for a Loki's file: its migration to the Loki that reads it."""

from __future__ import annotations

from datetime import date
from typing import Any

from parity.programs.loki.check.check import check
from parity.programs.loki.migrate.migrate import migrate
from parity.programs.loki.migrate.plan import told
from parity.programs.loki.read.releases import releases
from parity.remedy.program import Plan, Request, sentence


def newest() -> str:
    """Return the newest Loki that is known."""
    return str(releases()[-1])


def plan(request: Request) -> Plan:
    """Return the migration of the one file that Loki reads; raises ValueError where the host did not send it."""
    if request.main not in request.texts:
        raise ValueError(f"the host did not send {request.main}, which it said that Loki reads")
    expand_env = request.target.get("expand_env") is True
    made = migrated(request.texts[request.main], request.version, request.today, expand_env)
    return Plan({request.main: made["text"]}, made["accepted"], made["said"], made["why"])


def migrated(sealed: str, version: str, today: date, expand_env: bool = False) -> dict[str, Any]:
    """Return the migration of a (sealed) configuration: `text`, `steps`, what is `left`, and whether it is `accepted`.

    It is accepted when Parity's own checker finds nothing more in it and nothing is left to the owner.
    """
    made = migrate(sealed, version, today, expand_env=expand_env)
    problems = check(made.text, version, today, expand_env=expand_env)
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
    left_over = [f"left to you: {words}" for words in told(made.left)]
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
