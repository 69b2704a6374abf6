"""How long an audit takes, in one run: against Ansible's floor, against stock modules, and by the number of hosts.

The live lab must be up (`make lab`). Every figure is the median of several rounds, and a round runs everything once,
one after the other: what else the machine does slows all of them alike, so the ratios hold where the seconds do not.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
PLAYBOOK: Final = str(Path(sys.executable).parent / "ansible-playbook")
HOSTS: Final = (1, 4, 16)
LAB: Final = ("-i", "inventory/lab")
NO_GATE: Final = ("-e", "parity_fail_on=never")


def seconds(*words: str) -> float:
    """Return the wall time of one ansible-playbook, in seconds; ends the program when it fails."""
    start = time.perf_counter()
    done = subprocess.run([PLAYBOOK, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"ansible-playbook {' '.join(words)} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return time.perf_counter() - start


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


def main() -> int:
    """Run the rounds and print the medians and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    os.environ["ANSIBLE_CONFIG"] = str(ROOT / "ansible.cfg")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reports = ("-e", f"parity_reports_dir={folder}/reports")
        runs: dict[str, Sequence[str]] = {
            "floor": (*LAB, "bench/floor.yml"),
            "audit": (*LAB, "audit.yml", *NO_GATE, *reports),
            "stock": (*LAB, "bench/stock.yml"),
            **{f"{n} hosts": ("-i", str(replayed(folder, n)), "audit.yml", *NO_GATE, *reports) for n in HOSTS},
        }
        taken: dict[str, list[float]] = {what: [] for what in runs}
        for number in range(rounds):
            print(f"bench: round {number + 1} of {rounds}", file=sys.stderr, flush=True)
            for what, words in runs.items():
                taken[what].append(seconds(*words))
    show({what: statistics.median(times) for what, times in taken.items()}, rounds)
    return 0


def show(median: dict[str, float], rounds: int) -> None:
    """Print the medians and their ratios."""
    print(f"Median of {rounds} rounds, seconds")
    print(f"  {median['floor']:6.2f}  bare Ansible: start-up and one empty task on each of the lab's two hosts")
    print(
        f"  {median['audit']:6.2f}  audit of the lab: {median['audit'] / median['floor']:.2f} x bare Ansible (goal: 2)"
    )
    ratio = median["stock"] / median["audit"]
    print(f"  {median['stock']:6.2f}  stock modules gathering the same facts: {ratio:.2f} x the audit (goal: 4)")
    for hosts in HOSTS:
        times = median[f"{hosts} hosts"]
        growth = times / median[f"{HOSTS[0]} hosts"]
        print(f"  {times:6.2f}  replay of {hosts} hosts per environment: {growth:.2f} x the time for {HOSTS[0]}")


if __name__ == "__main__":
    sys.exit(main())
