"""What the engine is asked for to make a copy of a service's container that can change nothing outside of itself."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Sequence

# What decides how a program reads its files and what it may do; of limits, those that keep the copy small.
_KEPT = (
    *("CapAdd", "CapDrop", "SecurityOpt", "GroupAdd", "UsernsMode", "Sysctls", "Ulimits", "Runtime"),
    *("Memory", "MemorySwap", "NanoCpus", "CpuPeriod", "CpuQuota", "CpuShares", "CpusetCpus"),
    *("ExtraHosts", "Dns", "DnsSearch", "DnsOptions", "ReadonlyRootfs"),
)


_PIDS = 200


class Copy(NamedTuple):
    """How a copy is made.

    networks: whether it joins the container's networks, so that names resolve as they do there
    alike: the paths at which it must have what the container has written over its image
    folders: those that it must have where the container has them
    memory: folders that are empty and in memory, so that what is written there vanishes
    """

    networks: bool = True
    alike: Sequence[str] = ()
    folders: Sequence[str] = ()
    memory: Sequence[str] = ()


DEFAULT = Copy()


def request(
    inspected: Mapping[str, Any],
    argv: Sequence[str],
    mounts: Sequence[Mapping[str, Any]],
    labels: Mapping[str, str],
    copy: Copy,
) -> Dict[str, Any]:
    """Return the body of the engine's request for a copy of the container that `inspected` describes.

    All `mounts` are read-only. Nothing is published, no alias is taken and no restart asked for; its output stays with
    the engine, whatever the container's own is sent to.
    """
    config, host = inspected.get("Config") or {}, inspected.get("HostConfig") or {}
    names = networks(inspected) if copy.networks else ["none"]
    limit = int(host.get("PidsLimit") or 0)  # 0 and -1 are none
    return {
        "Image": inspected["Image"],
        "Entrypoint": list(argv[:1]),
        "Cmd": list(argv[1:]),
        "Env": config.get("Env"),
        "User": config.get("User", ""),
        "WorkingDir": config.get("WorkingDir", ""),
        "Healthcheck": {"Test": ["NONE"]},
        "Labels": dict(labels),
        "HostConfig": {
            **{name: host[name] for name in _KEPT if host.get(name)},
            "NetworkMode": names[0] if names else "none",
            "RestartPolicy": {"Name": "no"},
            "LogConfig": {"Type": "json-file"},
            "PidsLimit": min(limit, _PIDS) if limit > 0 else _PIDS,
            "Mounts": [*(_read_only(mount, host) for mount in mounts if mount["Destination"] not in copy.memory)]
            + [mount for mount in _asked_mounts(host) if mount.get("Type") == "tmpfs"],
            "Tmpfs": {**(host.get("Tmpfs") or {}), **dict.fromkeys(copy.memory, "")},
        },
        "NetworkingConfig": {"EndpointsConfig": {name: endpoint(inspected, name) for name in names[:1]}},
    }


def networks(inspected: Mapping[str, Any]) -> List[str]:
    """Return the networks to join: each by id, or the host's or another container's where it has that."""
    mode = str((inspected.get("HostConfig") or {}).get("NetworkMode", ""))
    if mode in ("host", "none") or mode.startswith("container:"):
        return [mode]
    return [_id(name, settings) for name, settings in _joined(inspected)]


def endpoint(inspected: Mapping[str, Any], network: str) -> Dict[str, Any]:
    """Return how the copy joins a network: with the names that links give others, without any of its own."""
    links = [settings.get("Links") for name, settings in _joined(inspected) if _id(name, settings) == network]
    return {"Links": links[0]} if links and links[0] else {}


def mounted(inspected: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Return the mounts of files that the container has; what is in memory is kept as it is asked for."""
    found = [mount for mount in inspected.get("Mounts") or [] if isinstance(mount, dict)]
    return [mount for mount in found if mount.get("Type") in ("bind", "volume") and mount.get("Destination")]


def _joined(inspected: Mapping[str, Any]) -> "list[tuple[str, Dict[str, Any]]]":
    found = (inspected.get("NetworkSettings") or {}).get("Networks") or {}
    return [(str(name), settings or {}) for name, settings in sorted(found.items())]


def _id(name: str, settings: Mapping[str, Any]) -> str:
    return str(settings.get("NetworkID") or name)


def _asked_mounts(host: Mapping[str, Any]) -> List[Dict[str, Any]]:
    return [mount for mount in host.get("Mounts") or [] if isinstance(mount, dict)]


def _read_only(mount: Mapping[str, Any], host: Mapping[str, Any]) -> Dict[str, Any]:
    made = {"Type": mount["Type"], "Source": mount.get("Source"), "Target": mount["Destination"], "ReadOnly": True}
    if mount["Type"] == "volume":
        made["Source"] = mount["Name"]
        asked = next((one for one in _asked_mounts(host) if one.get("Target") == mount["Destination"]), {})
        part = (asked.get("VolumeOptions") or {}).get("Subpath")
        made["VolumeOptions"] = {"NoCopy": True, **({"Subpath": part} if part else {})}
    return made
