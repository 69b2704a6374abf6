"""What is told of one container: the engine's answers without a secret."""

from __future__ import annotations

import time
from typing import Any, Dict, List, Mapping, Optional, Sequence

from ..engine.compose_labels import PREFIX
from ..engine.times import NANO, nanoseconds
from ..secrets.redact import Redactor
from .name_lookup import endpoints, lookup
from .which_project import removed_files

LOG_LINE_CHARACTERS = 400
# What redacting may cost a host is bounded: of a line its beginning, of all containers together so many characters.
SAID_CHARACTERS = 4_000
HEALTH_OUTPUT_CHARACTERS = 600


def describe_container(
    inspected: Dict[str, Any], image: Dict[str, Any], logs: Optional[Sequence[str]], redactor: Redactor
) -> Dict[str, Any]:
    """Return one container's facts from the engine's `inspect` answers for it and for its image.

    `logs` is None where they could not be read.
    """
    config, host, state = part(inspected, "Config"), part(inspected, "HostConfig"), part(inspected, "State")
    labels = {str(k): str(v) for k, v in (config.get("Labels") or {}).items()}
    environment = shown_environment(config.get("Env"), redactor)
    mounts = described_mounts(inspected.get("Mounts"))
    from_image = shown_environment(part(image, "Config").get("Env"), redactor)
    return {
        "id": str(inspected.get("Id", ""))[:12],
        "name": str(inspected.get("Name", "")).lstrip("/"),
        "service": labels.get(PREFIX + "service", ""),
        "number": labels.get(PREFIX + "container-number", "1"),
        "oneoff": labels.get(PREFIX + "oneoff", "False") == "True",
        "removed_files": removed_files(labels),
        "image": str(config.get("Image", "")),
        "image_id": str(inspected.get("Image", "")),
        "state": str(state.get("Status", "unknown")),
        "exit_code": int(state.get("ExitCode") or 0),
        "error": redactor.said(beginning(str(state.get("Error", "")))),
        "oom_killed": bool(state.get("OOMKilled")),
        "started": str(state.get("StartedAt", "")),
        "up_seconds": up_seconds(inspected),
        "restarts": int(inspected.get("RestartCount") or 0),
        "health": _health(state.get("Health"), redactor),
        "healthcheck": _healthcheck(config.get("Healthcheck"), redactor),
        "ports": _ports(host.get("PortBindings"), part(inspected, "NetworkSettings").get("Ports")),
        "limits": {
            "memory": int(host.get("Memory") or 0),
            "cpus": round(int(host.get("NanoCpus") or 0) / NANO, 3) or _quota_cpus(host),
            "pids": max(int(host.get("PidsLimit") or 0), 0),
        },
        "networks": endpoints(part(inspected, "NetworkSettings").get("Networks")),
        "mounts": mounts,
        "restart_policy": str(part(host, "RestartPolicy").get("Name") or "no"),
        "command": redactor.argv([str(word) for word in config.get("Cmd") or []]),
        "entrypoint": redactor.argv([str(word) for word in config.get("Entrypoint") or []]),
        "command_from_image": config.get("Cmd") == part(image, "Config").get("Cmd"),
        "user": str(config.get("User", "")),
        "privileged": bool(host.get("Privileged")),
        "network_mode": str(host.get("NetworkMode", "")),
        "lookup": lookup(config, host, mounts),
        "labels": {k: redactor.value(k, v) for k, v in sorted(labels.items()) if not k.startswith(PREFIX)},
        "environment": environment,
        "image_environment": sorted(name for name, value in from_image.items() if environment.get(name) == value),
        "log_tail": [redactor.said(line)[:LOG_LINE_CHARACTERS] for line in logs or ()],
        "log_read": logs is not None,
    }


def up_seconds(inspected: Dict[str, Any]) -> Optional[int]:
    """Return for how long a container has run since its last start, None where it does not run or does not say it."""
    state = part(inspected, "State")
    started = nanoseconds(state.get("StartedAt"))
    if started is None or state.get("Status") != "running":
        return None
    return max(int(time.time()) - started // NANO, 0)


def beginning(text: str) -> str:
    """Return the beginning of what a program said, up to the end of a word."""
    if len(text) <= SAID_CHARACTERS:
        return text
    return (text[:SAID_CHARACTERS].rsplit(None, 1) or [""])[0]


def part(data: Mapping[str, Any], key: str) -> Dict[str, Any]:
    """Return one mapping of an answer; an empty one where the engine has another value there, or none."""
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def shown_environment(pairs: Optional[Sequence[str]], redactor: Redactor) -> Dict[str, str]:
    """Return a container's variables, with what is secret in them redacted."""
    named = (str(pair).partition("=") for pair in pairs or [])
    return {name: redactor.value(name, value) for name, _, value in sorted(named)}


def _health(health: Optional[Dict[str, Any]], redactor: Redactor) -> Optional[Dict[str, Any]]:
    if not health or health.get("Status") in (None, "", "none"):
        return None
    runs = health.get("Log") or [{}]
    return {
        "status": str(health["Status"]),
        "failing_streak": int(health.get("FailingStreak") or 0),
        "exit_code": int(runs[-1].get("ExitCode") or 0),
        "output": redactor.said(beginning(str(runs[-1].get("Output", "")).strip()))[:HEALTH_OUTPUT_CHARACTERS],
    }


def _healthcheck(check: Optional[Dict[str, Any]], redactor: Redactor) -> Optional[Dict[str, Any]]:
    test = (check or {}).get("Test") or []
    if not check or not test or test[0] == "NONE":
        return None
    return {
        "test": redactor.argv([str(word) for word in test]),
        "interval": int(check.get("Interval") or 0) / NANO,
        "timeout": int(check.get("Timeout") or 0) / NANO,
        "retries": int(check.get("Retries") or 0),
        "start_period": int(check.get("StartPeriod") or 0) / NANO,
    }


def _quota_cpus(host: Dict[str, Any]) -> float:
    quota, period = int(host.get("CpuQuota") or 0), int(host.get("CpuPeriod") or 0) or 100_000
    return round(quota / period, 3) if quota > 0 else 0.0


def _ports(bindings: Optional[Dict[str, Any]], live: Optional[Dict[str, Any]]) -> List[Dict[str, str]]:
    """Return published ports: as bound now, else as asked for (a stopped container has none bound)."""
    found = []
    for container_port in sorted(set(bindings or {}) | set(live or {})):
        for binding in (live or {}).get(container_port) or (bindings or {}).get(container_port) or []:
            found.append(
                {
                    "container": container_port,
                    "host_ip": str(binding.get("HostIp") or "0.0.0.0"),  # noqa: S104 - what Docker means by an empty address
                    "host_port": str(binding.get("HostPort") or ""),
                }
            )
    return sorted(found, key=lambda p: (p["container"], p["host_ip"], p["host_port"]))


def described_mounts(mounts: Optional[Sequence[Dict[str, Any]]]) -> List[Dict[str, Any]]:
    """Return what is mounted into a container, in the order of its places there."""
    described = [
        {
            "type": str(mount.get("Type", "")),
            "source": str((mount.get("Name") if mount.get("Type") == "volume" else mount.get("Source")) or ""),
            "destination": str(mount.get("Destination", "")),
            "read_only": not mount.get("RW", True),
        }
        for mount in mounts or []
    ]
    return sorted(described, key=lambda m: m["destination"])
