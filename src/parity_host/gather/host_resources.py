"""The machine that containers run on: what it has, how full its disks are, and how its clock is set."""

from __future__ import annotations

import os
import re
from typing import Any, Dict, Iterator, List, Mapping
from urllib.parse import urlsplit

_TEXT = re.compile(r"[A-Za-z0-9 _.,+~/():#-]{1,120}\Z")
_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}\Z")
_SWAP = re.compile(r"^SwapTotal:\s+([0-9]{1,15}) kB$", re.MULTILINE)
_PROC_BYTES = 64 * 1024


def is_here(endpoint: str, info: Mapping[str, Any]) -> bool:
    """Return whether an engine runs on this machine: behind a socket may be a virtual machine, with another kernel."""
    return urlsplit(endpoint).scheme == "unix" and info.get("KernelVersion") == os.uname().release


def describe(info: Mapping[str, Any], folder: str, here: bool) -> Dict[str, Any]:
    """Return an engine's machine from its answer `info`; its disks, swap and time zone only where it is here.

    What is not known is left out.
    """
    found: Dict[str, Any] = {"cores": info.get("NCPU", 0), "memory": info.get("MemTotal", 0)}
    for name, key in (("kernel", "KernelVersion"), ("system", "OperatingSystem")):
        found[name] = info[key] if _TEXT.match(info.get(key, "")) else ""
    if here:
        found.update(_swap())
        found["time_zone"] = _time_zone()
        found["disks"] = list(_disks({"engine": info.get("DockerRootDir", ""), "project": folder}))
    return found


def _swap() -> Dict[str, int]:
    told = _SWAP.search(_read("/proc/meminfo"))
    return {"swap": int(told.group(1)) * 1024} if told else {}


def _time_zone() -> str:
    """Return the name of the time zone as systemd keeps it, or Debian; empty where there is none."""
    try:
        zone = os.readlink("/etc/localtime").partition("zoneinfo/")[2]
    except OSError:
        zone = ""
    zone = zone or _read("/etc/timezone").strip()
    return zone if _ZONE.match(zone) else ""


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read(_PROC_BYTES)
    except OSError:
        return ""


def _disks(folders: Mapping[str, str]) -> Iterator[Dict[str, Any]]:
    """Yield the file systems of folders, each once, with what it is `for` and its sizes in bytes.

    `free` is what is left for everybody: of a file system, root may keep a part. Needs no right to read the folders.
    """
    known: Dict[int, List[str]] = {}
    for use, folder in folders.items():
        try:
            device, told = os.stat(folder).st_dev, os.statvfs(folder)
        except (OSError, ValueError):
            continue
        if device in known:
            known[device].append(use)
        elif folder and told.f_blocks > 0:
            known[device] = [use]
            used = (told.f_blocks - told.f_bfree) * told.f_frsize
            yield {"for": known[device], "path": folder, "used": used, "free": told.f_bavail * told.f_frsize}
