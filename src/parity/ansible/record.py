"""One snapshot of each environment: from what was gathered, or a recorded one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from parity.domain.findings import ParityError
from parity.domain.untrusted import mapping, text
from parity.preflight import inventory
from parity.record import snapshot
from parity.record.render_compose import render
from parity.record.run_compose import program


@dataclass(frozen=True)
class Recorded:
    """The snapshots, in the order of the environments, and the environments that a recording stands in for.

    projects: what the inventory calls the project on each host of an environment; empty where it does not say
    """

    snapshots: list[dict[str, Any]]
    replayed: list[str]
    projects: dict[str, list[str]]


@dataclass(frozen=True)
class Recorder:
    """Makes snapshots from hosts' variables.

    A relative `parity_replay` is looked for in `folders`, in their order. `gathered` returns, as plain data, what was
    registered for a host; `production` names the environments that are production, none of them as their names say.
    """

    hostvars: Mapping[str, Mapping[str, Any]]
    folders: Sequence[Path]
    production: Sequence[str]
    gathered: Callable[[Mapping[str, Any]], dict[str, Any]]

    def record(self, environments: Mapping[str, Sequence[str]], taken: str) -> Recorded:
        """Return the snapshots of environments, given with their hosts; raises ParityError."""
        common = {"run": secrets.token_hex(8), "taken": taken}
        with ThreadPoolExecutor() as pool:
            snapshots = list(pool.map(lambda name: self._snapshot(name, environments[name], common), environments))
        replayed = [name for name, hosts in environments.items() if self._replays(hosts) != {""}]
        return Recorded(
            snapshots, replayed, {name: [*map(self._project, hosts)] for name, hosts in environments.items()}
        )

    def _project(self, name: str) -> str:
        """Return the name of a host's project or its folder, relative to the current one where it is inside of it."""
        host = self.hostvars[name]
        named = str(host.get("parity_project") or host.get("parity_project_dir") or "")
        inside = Path(named).is_relative_to(Path.cwd())
        return str(Path(named).relative_to(Path.cwd())) if inside else named

    def _snapshot(self, environment: str, hosts: Sequence[str], common: Mapping[str, str]) -> dict[str, Any]:
        production = inventory.is_production(environment, self.production)
        replays = self._replays(hosts)
        if replays != {""}:
            if len(replays) > 1:
                raise ParityError(
                    f"{environment}: its hosts have different values of parity_replay. Set it once, for the group."
                )
            of = {str(self.hostvars[name].get("parity_replay_of") or environment) for name in hosts}
            recorded = snapshot.load(self._path(replays.pop()), environment, of)
            return {**recorded, "environment": environment, "production": production}
        return {
            "schema": snapshot.SCHEMA,
            "environment": environment,
            "production": production,
            **common,
            "hosts": {name: self._host(self.hostvars[name]) for name in hosts},
        }

    def _replays(self, hosts: Sequence[str]) -> set[str]:
        """Return the snapshots that stand in for the hosts of an environment; an empty name is a live host."""
        return {str(self.hostvars[name].get("parity_replay") or "") for name in hosts}

    def _path(self, configured: str) -> Path:
        path = Path(configured).expanduser()
        return next((folder / path for folder in self.folders if (folder / path).exists()), self.folders[-1] / path)

    def _host(self, host: Mapping[str, Any]) -> dict[str, Any]:
        facts = snapshot.host_facts(self.gathered(host))
        project = mapping(facts, "project")
        if project.get("state") == "seen":
            name = text(mapping(facts, "engine"), "project")
            profiles = [str(profile) for profile in host.get("parity_profiles") or []]
            facts["rendered"] = snapshot.rendered(partial(render, project, name, profiles, program()))
        return facts
