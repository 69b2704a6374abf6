"""What many hosts cost the controller: wall, CPU and peak memory of an audit, by the number of hosts and of forks.

Every host is this machine, with an engine that a helper of the tests plays: containers, and no project. Memory
is the sum of what each Ansible process has for itself and its part of what it shares (PSS, Linux only), sampled; the
modules, which on real hosts run there, are not counted. CPU is of everything, modules included.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[1]
PLAYBOOK: Final = str(Path(sys.executable).parent / "ansible-playbook")
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests" / "helpers")]

from fake_engine import answers, container, serving  # noqa: E402

VARIABLES: Final = 40
# Environments with their hosts.
STACKS: Final = {
    "2 x 1": {"dev": 1, "prod": 1},
    "2 x 10": {"dev": 10, "prod": 10},
    "2 x 25": {"dev": 25, "prod": 25},
    "2 x 50": {"dev": 50, "prod": 50},
    "1 x 100": {"dev": 1, "prod": 100},
}
_EVERY: Final = 0.1


class Peak(NamedTuple):
    """The most that was seen at a time: megabytes, and processes."""

    memory: int
    processes: int


class Watch(threading.Thread):
    """Samples what the Ansible processes below one process have in memory."""

    def __init__(self, root: int) -> None:
        """Take the process to begin at."""
        super().__init__(daemon=True)
        self._root, self._ended = root, threading.Event()
        self.peak = Peak(0, 0)

    def run(self) -> None:
        """Sample until `end`."""
        while not self._ended.wait(_EVERY):
            sizes = [size for pid in _below(self._root) if _is_ansible(pid) and (size := _pss(pid))]
            self.peak = Peak(max(self.peak.memory, sum(sizes) // 1024), max(self.peak.processes, len(sizes)))

    def end(self) -> Peak:
        """Stop, and return the peak."""
        self._ended.set()
        self.join()
        return self.peak


def _below(root: int) -> list[int]:
    found = [root]
    for pid in found:
        try:
            found += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        except OSError:
            continue
    return found


def _is_ansible(pid: int) -> bool:
    try:
        return b"ansible-playbook" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _pss(pid: int) -> int:
    """Return the kilobytes that a process has, what it shares divided by those that share it; 0 for one that ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def inventory(folder: Path, address: str, environments: dict[str, int]) -> Path:
    """Write an inventory of that many hosts in each environment, all of them this machine, and return its path."""
    path = folder / "hosts.yml"
    shared = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "parity_docker_host": address,
        "parity_environments": list(environments),
    }
    groups = {
        name: {"hosts": {f"{name}-{number}": {} for number in range(count)}} for name, count in environments.items()
    }
    path.write_text(json.dumps({"all": {"vars": shared, "children": groups}}))
    return path


def audited(path: Path, folder: Path, forks: int) -> tuple[float, float, Peak]:
    """Return what an audit took: seconds of CPU and of wall, and its peak."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    words = [PLAYBOOK, "-f", str(forks), "-i", str(path), "audit.yml", "-e", "parity_fail_on=never"]
    words += ["-e", f"parity_reports_dir={folder}/reports"]
    environment = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with (folder / "out").open("w") as out:
        run = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=out, stderr=out)
        watch = Watch(run.pid)
        watch.start()
        code = run.wait()
        peak = watch.end()
    if code:
        sys.exit((folder / "out").read_text()[-2000:])
    _all_seen(folder / "reports/latest/findings.json")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - start, peak


def _all_seen(report: Path) -> None:
    """End the program if a host's engine was not seen: what was not gathered costs nothing."""
    unseen = [one for one in json.loads(report.read_text())["unseen"] if one["part"] in ("host", "engine")]
    if unseen:
        sys.exit(f"{len(unseen)} hosts were not seen; the first is {unseen[0]['host']}: {unseen[0]['why']}")


def main() -> int:
    """Audit each stack with each number of forks, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--forks", type=int, nargs="*", default=[20])
    parser.add_argument("--stacks", nargs="*", default=list(STACKS), choices=STACKS)
    parser.add_argument("--containers", type=int, default=20, help="of each host; 60 make as much as the demo's")
    wanted = parser.parse_args()
    print("  hosts  forks   CPU s  wall s  peak MB  processes")
    for forks in wanted.forks:
        for name in wanted.stacks:
            with tempfile.TemporaryDirectory() as place:
                folder = Path(place)
                one = [
                    container(f"svc{number}", Config={"Env": [f"OPTION_{v}={v}" for v in range(VARIABLES)]})
                    for number in range(wanted.containers)
                ]
                with serving(answers(*one), folder) as address:
                    path = inventory(folder, address, STACKS[name])
                    cpu, wall, peak = audited(path, folder, forks)
            print(f"{name:>7}  {forks:5}  {cpu:6.1f}  {wall:6.1f}  {peak.memory:7}  {peak.processes:9}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
