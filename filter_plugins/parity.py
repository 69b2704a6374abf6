"""Parity's filters: each is a name for a function of `src/parity`; its page (`.yml`) stands beside this file."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleTemplatePluginError

try:
    import parity
except ModuleNotFoundError as error:
    if error.name != "parity":
        raise
    # Ansible runs this file alone and puts no folder of a checkout on Python's path.
    sys.path.append(str(Path(__file__).resolve().parents[1] / "src"))
    import parity

from parity import inventory, knowledge, loki, nginx, plain, remedies
from parity.audit import Settings, audit
from parity.environment import read_env_file
from parity.explain import explain
from parity.gate import GateSettings
from parity.model import ParityError
from parity.nginx.unknown import OFFICIAL
from parity.waivers import Waivers, proposal, read_waivers
from parity_host.envfile import effective


def _said(function: Callable[..., Any], *mistakes: type[Exception]) -> Callable[..., Any]:
    """Return `function` with what the user can mend (ParityError, and `mistakes`) told as Ansible tells it."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return plain.data(
                function(
                    *(plain.data(arg) for arg in args), **{key: plain.data(value) for key, value in kwargs.items()}
                )
            )
        except (ParityError, *mistakes) as problem:
            raise AnsibleTemplatePluginError(str(problem)) from None

    return wrapped


def _findings(snapshots: Sequence[Mapping[str, Any]], generated: str, **settings: Any) -> dict[str, Any]:
    known = knowledge.load().with_policy(settings.pop("policy", ""))
    known = known.with_signatures(settings.pop("signatures", ()))
    waivers = settings.pop("waivers", "")
    limits = GateSettings(
        settings.pop("fail_on", "high"),
        settings.pop("fail_on_areas", {}),
        settings.pop("fail_on_new", False),
        settings.pop("fail_on_unseen", True),
    )
    wanted = Settings(limits, waivers=read_waivers(Path(waivers)) if waivers else Waivers(), **settings)
    return audit(snapshots, known, wanted, generated, parity.VERSION)


def _waivers(data: Mapping[str, Any]) -> str:
    return proposal(data["findings"], datetime.date.fromisoformat(data["generated"][:10]))


def _env_file(text: str) -> dict[str, Any]:
    parsed = read_env_file(text.encode())
    values = {key: entry.value for key, entry in effective(parsed).items()}
    return {"values": values, "problems": parsed.problems, "commented": [item.key for item in parsed.commented]}


def _nginx_check(
    files: Mapping[str, str], main: str = "/etc/nginx/nginx.conf", version: str = "1.22"
) -> list[dict[str, Any]]:
    data = {path: text.encode("utf-8", "surrogateescape") for path, text in files.items()}
    return [problem.as_dict() for problem in nginx.check(data, main, version, built_in=OFFICIAL)]


def _nginx_explain(output: str) -> list[dict[str, Any]]:
    return [problem.as_dict() for problem in nginx.explain(output)]


def _loki_check(text: str, version: str, today: str = "", expand_env: bool = False) -> list[dict[str, Any]]:
    return [asdict(problem) for problem in loki.check(text, version, _day(today), expand_env=expand_env)]


def _day(today: str) -> datetime.date:
    return datetime.date.fromisoformat(today) if today else datetime.datetime.now(datetime.UTC).date()


def _loki_migrate(text: str, version: str, today: str = "", expand_env: bool = False) -> dict[str, Any]:
    return remedies.loki_plan(text, version, _day(today), expand_env)


def _loki_explain(output: str) -> list[dict[str, Any]]:
    return [asdict(problem) for problem in loki.explain(output)]


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {
            "audit_explain": _said(explain),
            "audit_findings": _said(_findings),
            "audit_problems": _said(inventory.problems),
            "audit_waivers": _said(_waivers),
            "loki_check": _said(_loki_check, ValueError),
            "loki_explain": _said(_loki_explain),
            "loki_migrate": _said(_loki_migrate, ValueError),
            "nginx_check": _said(_nginx_check, ValueError),
            "nginx_explain": _said(_nginx_explain),
            "read_env_file": _said(_env_file),
            "remedy_record": _said(remedies.record),
            "remedy_targets": _said(remedies.targets),
        }
