"""What an audit costs, in one run: against Ansible's floor, against stock modules, and by the number of hosts.

The live lab must be up (`make lab`). A round runs everything once, one after the other: what else the machine does
slows all of them alike, so the ratios hold where the seconds do not. Medians are printed after each round. CPU is of
all processes that Ansible starts on this machine, without the engine and the containers; bytecode is cached, as for a
user. At the end, a table shows in which steps of the audit and of the replay the time goes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[1]
PLAYBOOK: Final = str(Path(sys.executable).parent / "ansible-playbook")
HOSTS: Final = (1, 4, 16)
LAB: Final = ("-i", "inventory/lab")
NO_GATE: Final = ("-e", "parity_fail_on=never")
# Steps that take less are summed up.
_SHOWN_FROM: Final = 0.02
_CALLBACKS: Final = "callback_plugins"


class Cost(NamedTuple):
    """What a run took, in seconds."""

    cpu: float
    wall: float


def cost(*words: str, environment: Mapping[str, str] | None = None) -> Cost:
    """Return what one ansible-playbook took; ends the program when it fails."""
    start, before = time.perf_counter(), _used()
    done = subprocess.run(
        [PLAYBOOK, *words],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"ansible-playbook {' '.join(words)} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return Cost(_used() - before, time.perf_counter() - start)


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def replayed(folder: Path, hosts: int) -> Path:
    """Write an inventory that replays the demo's recording as if each environment had that many hosts like its one."""
    inventory: dict[str, Any] = {}
    for environment in ("dev", "prod"):
        snapshot = json.loads((ROOT / f"inventory/demo/snapshots/{environment}.json").read_text())
        ((name, host),) = snapshot["hosts"].items()
        snapshot["hosts"] = {f"{name}-{number}": host for number in range(hosts)}
        path = folder / f"{environment}-{hosts}.json"
        path.write_text(json.dumps(snapshot))
        inventory[environment] = {"hosts": dict.fromkeys(snapshot["hosts"]), "vars": {"parity_replay": str(path)}}
    target = folder / f"hosts-{hosts}.yml"
    target.write_text(json.dumps(inventory))
    return target


def probed(reports: Path) -> float:
    """Return how long the slowest host's services took to answer in the last audit."""
    snapshots = [json.loads(path.read_text()) for path in (reports / "latest" / "snapshots").glob("*.json")]
    return max(host["health"]["seconds"] for snapshot in snapshots for host in snapshot["hosts"].values())


def main() -> int:
    """Run the rounds, print medians and ratios after each, and the steps at the end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    os.environ["ANSIBLE_CONFIG"] = str(ROOT / "ansible.cfg")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reports = ("-e", f"parity_reports_dir={folder}/reports")
        own_reports = ("-e", f"parity_reports_dir={folder}/audit")
        runs: dict[str, Sequence[str]] = {
            "floor": (*LAB, "bench/floor.yml"),
            "least": (*LAB, "bench/least.yml"),
            "audit": (*LAB, "audit.yml", *NO_GATE, *own_reports),
            "replay": ("audit.yml", *reports),
            "stock": (*LAB, "bench/stock.yml"),
            **{f"{n} hosts": ("-i", str(replayed(folder, n)), "audit.yml", *NO_GATE, *reports) for n in HOSTS},
        }
        for words in runs.values():
            cost(*words)  # once without counting: it writes the bytecode
        taken: dict[str, list[Cost]] = {what: [] for what in runs}
        for number in range(1, rounds + 1):
            for what, words in runs.items():
                taken[what].append(cost(*words))
            show({what: _median(costs) for what, costs in taken.items()}, f"round {number} of {rounds}")
            print(
                f"  The audit waits {probed(folder / 'audit'):.2f} s of it for answers; Celery loads itself to answer."
            )
        for what in ("audit", "replay"):
            show_steps(what, steps(folder / "steps.json", runs[what]))
    return 0


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(statistics.median(one.cpu for one in costs), statistics.median(one.wall for one in costs))


def show(median: Mapping[str, Cost], when: str) -> None:
    """Print the medians and their ratios."""
    floor = median["floor"]
    explained = {
        "floor": "an empty task on each of the lab's two hosts",
        "least": "one task that gathers, on each of them",
        "audit": "the audit of the lab (goal: 2 x the floor)",
        "replay": "the demo, a replay (goal: 1.5 x)",
        "stock": f"stock modules gathering the same: {median['stock'].cpu / median['audit'].cpu:.1f} x the audit",
        **{f"{hosts} hosts": f"a replay of {hosts} hosts per environment" for hosts in HOSTS},
    }
    print(f"Medians in seconds, {when}\n     CPU  x floor    wall  x floor")
    for what, text in explained.items():
        cpu, wall = median[what]
        print(f"  {cpu:6.2f}  {cpu / floor.cpu:7.2f}  {wall:6.2f}  {wall / floor.wall:7.2f}  {text}")
    sys.stdout.flush()


def steps(into: Path, words: Sequence[str]) -> list[tuple[str, float, float]]:
    """Return the steps of one more run, with the CPU and wall seconds of each."""
    plugins = ":".join(str(ROOT / folder) for folder in (_CALLBACKS, f"bench/{_CALLBACKS}"))
    enabled = "parity_summary,parity_progress,steps"
    cost(
        *words,
        environment={
            "ANSIBLE_CALLBACK_PLUGINS": plugins,
            "ANSIBLE_CALLBACKS_ENABLED": enabled,
            "PARITY_BENCH_STEPS": str(into),
        },
    )
    return [(step, cpu, wall) for step, cpu, wall in json.loads(into.read_text())]


def show_steps(what: str, taken: Sequence[tuple[str, float, float]]) -> None:
    """Print where the time goes; steps that take next to nothing are one line."""
    print(f"Where the time of the {what} goes, seconds (one run)\n     CPU    wall")
    small = [Cost(cpu, wall) for _, cpu, wall in taken if cpu < _SHOWN_FROM]
    for step, cpu, wall in taken:
        if cpu >= _SHOWN_FROM:
            print(f"  {cpu:6.2f}  {wall:6.2f}  {step}")
    print(f"  {sum(one.cpu for one in small):6.2f}  {sum(one.wall for one in small):6.2f}  {len(small)} smaller steps")


if __name__ == "__main__":
    sys.exit(main())
