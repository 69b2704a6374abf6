"""Action: make one snapshot of each environment from what was gathered, or read a recorded one."""

from __future__ import annotations

import datetime
import secrets
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase

try:
    import parity  # noqa: F401
except ModuleNotFoundError as error:
    if error.name != "parity":
        raise
    sys.path.append(str(Path(__file__).resolve().parents[1] / "src"))

from parity.domain import plain_data
from parity.domain.findings import ParityError
from parity.domain.untrusted import mapping, text
from parity.preflight import inventory
from parity.record import snapshot
from parity.record.render_compose import render
from parity.record.run_compose import program


class ActionModule(ActionBase):
    """The controller's side of `library/parity_record.py`, which documents it."""

    _requires_connection = False
    _VALID_ARGS = frozenset({"environments", "production"})

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the snapshots, in the order of the environments."""
        super().run(tmp, task_vars)
        variables = task_vars or {}
        environments = [str(name) for name in self._task.args["environments"]]
        production = [str(name) for name in self._task.args.get("production") or []]
        run = {"run": secrets.token_hex(8), "taken": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        try:
            with ThreadPoolExecutor() as pool:
                snapshots = list(pool.map(lambda name: self._snapshot(name, production, run, variables), environments))
        except ParityError as problem:
            raise AnsibleActionFail(str(problem)) from None
        replayed = [name for name in environments if _replays(variables, name) != {""}]
        return {"changed": False, "snapshots": snapshots, "replayed": replayed}

    def _snapshot(
        self, environment: str, production: list[str], run: Mapping[str, str], variables: Mapping[str, Any]
    ) -> dict[str, Any]:
        hosts = {name: variables["hostvars"][name] for name in variables["groups"][environment]}
        replays = _replays(variables, environment)
        if replays != {""}:
            if len(replays) > 1:
                raise ParityError(
                    f"{environment}: its hosts have different values of parity_replay. Set it once, for the group."
                )
            recorded_as = {str(host.get("parity_replay_of") or environment) for host in hosts.values()}
            recorded = snapshot.load(self._path(replays.pop(), variables), environment, recorded_as)
            return dict(recorded, environment=environment, production=inventory.is_production(environment, production))
        facts = {name: self._host(host) for name, host in hosts.items()}
        return {
            "schema": snapshot.SCHEMA,
            "environment": environment,
            "production": inventory.is_production(environment, production),
            **run,
            "hosts": facts,
        }

    def _path(self, configured: str, variables: Mapping[str, Any]) -> Path:
        path = Path(configured).expanduser()
        if path.is_absolute():
            return path
        # Relative to the inventory first (the demo carries its recording), then to the current folder.
        sources = [Path(str(source)) for source in variables.get("ansible_inventory_sources") or []]
        folders = [source if source.is_dir() else source.parent for source in sources]
        return next((folder / path for folder in folders if (folder / path).exists()), Path.cwd() / path)

    def _host(self, host: Mapping[str, Any]) -> dict[str, Any]:
        facts = snapshot.host_facts(_gathered(host))
        project = mapping(facts, "project")
        if project.get("state") == "seen":
            name = text(mapping(facts, "engine"), "project")
            profiles = [str(profile) for profile in host.get("parity_profiles") or []]
            facts["rendered"] = snapshot.rendered(partial(render, project, name, profiles, program()))
        return facts


def _replays(variables: Mapping[str, Any], environment: str) -> set[str]:
    """Return the snapshots that stand in for the hosts of an environment; an empty name is a live host."""
    return {str(variables["hostvars"][name].get("parity_replay") or "") for name in variables["groups"][environment]}


def _gathered(host: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was registered for a host. What it sent may nest deeper than Ansible reads: then that host failed."""
    try:
        registered: dict[str, Any] = plain_data.data(host.get("__gather_host") or {})
    except (AnsibleError, RecursionError):
        return {"failed": True, "msg": "Ansible cannot read the host's answer: it is nested too deeply"}
    return registered
