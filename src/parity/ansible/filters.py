"""The functions behind Parity's filters that only put plain data into words of the domain, and back."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from parity.judge.waivers import proposal
from parity.programs.loki.check.check import check as check_loki
from parity.programs.loki.check.explain import explain as explain_loki
from parity.programs.loki.read.run import Run
from parity.programs.nginx.check.check import check as check_nginx
from parity.programs.nginx.syntax.directives import OLDEST
from parity.programs.nginx.syntax.explain import explain as explain_nginx
from parity.programs.nginx.syntax.modules import OFFICIAL
from parity.remedy import loki, nginx, plan
from parity_host.envfile.reader import effective, read_env_file


def waivers(data: Mapping[str, Any]) -> str:
    """Return a proposal of waivers for the open findings."""
    return proposal(data["findings"], datetime.date.fromisoformat(data["generated"][:10]))


def env_file(text: str) -> dict[str, Any]:
    """Return the values, problems and commented keys of an env file."""
    parsed = read_env_file(text.encode())
    values = {key: entry.value for key, entry in effective(parsed).items()}
    return {"values": values, "problems": parsed.problems, "commented": [item.key for item in parsed.commented]}


def nginx_check(
    files: Mapping[str, str], main: str = "/etc/nginx/nginx.conf", version: str = OLDEST
) -> list[dict[str, Any]]:
    """Return what nginx will say of files that are given as text."""
    data = {path: text.encode("utf-8", "surrogateescape") for path, text in files.items()}
    return [problem.as_dict() for problem in check_nginx(data, main, version, built_in=OFFICIAL)]


def nginx_explain(output: str) -> list[dict[str, Any]]:
    """Return what nginx printed, classified."""
    return [problem.as_dict() for problem in explain_nginx(output)]


def loki_check(text: str, version: str, today: str = "", expand_env: bool = False) -> list[dict[str, Any]]:
    """Return what Loki will say of a configuration; `today` is an ISO date, empty for the day it is."""
    return [asdict(problem) for problem in check_loki(text, version, _day(today), expand_env=expand_env)]


def _day(today: str) -> datetime.date:
    return datetime.date.fromisoformat(today) if today else datetime.datetime.now(datetime.UTC).date()


def loki_migrate(text: str, version: str, today: str = "", expand_env: bool = False) -> dict[str, Any]:
    """Return the plan that makes a configuration fit for a Loki; `today` as for `loki_check`."""
    return loki.migrated(text, version, _day(today), Run(expand_env))


def nginx_repair(
    files: Mapping[str, str], main: str = "/etc/nginx/nginx.conf", version: str = OLDEST, output: str = ""
) -> dict[str, Any]:
    """Return the plan that makes nginx take files that are given as text."""
    return nginx.repaired(files, main, version, output)


def remedy_plan(
    target: Mapping[str, Any],
    kind: str,
    files: Mapping[str, Any],
    audited: bool = True,
    refusals: Sequence[str] = (),
    today: str = "",
) -> dict[str, Any]:
    """Return what a remedy makes of a target's files; `today` as for `loki_check`."""
    return plan.plan(target, kind, files, _day(today), audited, refusals)


def loki_explain(output: str) -> list[dict[str, Any]]:
    """Return what Loki printed, classified."""
    return [asdict(problem) for problem in explain_loki(output)]
