"""The shapes of the engine's answers, as far as they are read: what has another is no answer.

A shape is a type of JSON's scalars, a list of one shape, or a mapping: of names that are known, or of any name (`ANY`).
A null is as if nothing were there, as Go writes what is empty. Source: https://docs.docker.com/reference/api/engine/.
"""

from __future__ import annotations

from typing import Any, Dict, Union

ANY = "*"
_LARGEST = 2**63  # of Go's int64

_PORTS = {ANY: [{"HostIp": str, "HostPort": str}]}
LISTED: Dict[str, Any] = {"Id": str, "Names": [str], "ImageID": str, "Labels": {ANY: str}}
IMAGE: Dict[str, Any] = {
    "Id": str,
    "RepoTags": [str],
    "RepoDigests": [str],
    "Created": str,
    "Os": str,
    "Architecture": str,
    "Variant": str,
    "RootFS": {"Layers": [str]},
    "Config": {
        "Cmd": [str],
        "Entrypoint": [str],
        "Env": [str],
        "ExposedPorts": {ANY: dict},
        "Labels": {ANY: str},
        "Volumes": {ANY: dict},
    },
}
CONTAINER: Dict[str, Any] = {
    "Id": str,
    "Name": str,
    "Image": str,
    "Created": str,
    "RestartCount": int,
    "LogPath": str,
    "State": {
        "Status": str,
        "Running": bool,
        "Paused": bool,
        "OOMKilled": bool,
        "ExitCode": int,
        "Error": str,
        "StartedAt": str,
        "FinishedAt": str,
        "Health": {"Status": str, "FailingStreak": int, "Log": [{"ExitCode": int, "Output": str}]},
    },
    "Config": {
        "Hostname": str,
        "User": str,
        "WorkingDir": str,
        "Image": str,
        "Env": [str],
        "Cmd": [str],
        "Entrypoint": [str],
        "Labels": {ANY: str},
        "ExposedPorts": {ANY: dict},
        "Shell": [str],
        "Healthcheck": {"Test": [str], "Interval": int, "Timeout": int, "Retries": int, "StartPeriod": int},
    },
    "HostConfig": {
        "NetworkMode": str,
        "PidMode": str,
        "IpcMode": str,
        "Memory": int,
        "NanoCpus": int,
        "CpuQuota": int,
        "CpuPeriod": int,
        "PidsLimit": int,
        "Privileged": bool,
        "ReadonlyRootfs": bool,
        "RestartPolicy": {"Name": str},
        "LogConfig": {"Type": str, "Config": dict},
        "PortBindings": _PORTS,
        "ExtraHosts": [str],
        "Links": [str],
        "Dns": [str],
        "DnsSearch": [str],
        "Tmpfs": {ANY: str},
        "Mounts": [{"Type": str, "Source": str, "Target": str, "VolumeOptions": {"Subpath": str}}],
    },
    "NetworkSettings": {
        "Ports": _PORTS,
        "Networks": {
            ANY: {
                "NetworkID": str,
                "IPAddress": str,
                "GlobalIPv6Address": str,
                "Aliases": [str],
                "DNSNames": [str],
                "Links": [str],
                "IPAMConfig": {"IPv4Address": str, "IPv6Address": str},
            }
        },
    },
    "Mounts": [{"Type": str, "Name": str, "Source": str, "Destination": str, "RW": bool}],
}
INFO: Dict[str, Any] = {
    "NCPU": int,
    "MemTotal": int,
    "KernelVersion": str,
    "OperatingSystem": str,
    "DockerRootDir": str,
}
_BYTES = ("inactive_file", "active_file", "total_inactive_file", "total_active_file")
STATS: Dict[str, Any] = {"memory_stats": {"usage": int, "limit": int, "stats": dict.fromkeys(_BYTES, int)}}


class MalformedError(Exception):
    """An answer has not the shape that it has to have. The message names the place in it, and no value."""


def shaped(answer: Any, shape: Any, place: str = "") -> Any:
    """Return a copy of `answer` without its nulls; raises MalformedError where it has not this shape.

    What a shape does not name is kept as it is.
    """
    if shape is dict:
        return _mapping(answer, {}, place)
    if isinstance(shape, dict):
        return _mapping(answer, shape, place)
    if isinstance(shape, list):
        if not isinstance(answer, list):
            raise MalformedError("%s is not a list" % (place or "it"))
        return [shaped(one, shape[0], "%s[%d]" % (place, at)) for at, one in enumerate(answer)]
    return _scalar(answer, shape, place)


def _mapping(answer: Any, shape: Dict[str, Any], place: str) -> Dict[str, Any]:
    if not isinstance(answer, dict):
        raise MalformedError("%s is not a mapping" % (place or "it"))
    found: Dict[str, Any] = {}
    for name, value in answer.items():
        inner = shape.get(name, shape.get(ANY))
        if inner is None:
            found[name] = value
        elif value is not None:
            # A name that the engine's user chose is not ours to repeat.
            found[name] = shaped(value, inner, ".".join(filter(None, (place, name if name in shape else ANY))))
    return found


def _scalar(answer: Any, kind: Any, place: str) -> Union[str, int, bool]:
    # In Python a bool is an int too.
    fits = isinstance(answer, kind) and (kind is not int or not (isinstance(answer, bool) or abs(answer) >= _LARGEST))
    if not fits:
        raise MalformedError("%s is not %s" % (place or "it", _NAMES[kind]))
    found: Union[str, int, bool] = answer
    return found


_NAMES = {str: "a text", int: "a number", bool: "true or false"}
