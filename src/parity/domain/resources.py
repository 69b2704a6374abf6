"""What containers take of their host now, and what the host has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# The driver that keeps a log in one file, which grows without end unless `max-size` says otherwise.
# Source: https://docs.docker.com/engine/logging/drivers/json-file/
_IN_A_FILE: Final = "json-file"


@dataclass(frozen=True)
class ContainerLog:
    """How a container's log is kept; `size` in bytes is None where its file may not be seen."""

    driver: str
    max_size: str
    size: int | None = None

    @property
    def grows(self) -> bool:
        """Whether nothing ends its growth."""
        return self.driver == _IN_A_FILE and (not self.max_size or self.max_size.startswith("-"))


@dataclass(frozen=True)
class MemoryNow:
    """A container's memory in bytes, in one sample: `file_cache` is what the kernel takes back when memory is tight."""

    working_set: int
    file_cache: int
    limit: int


@dataclass(frozen=True)
class Disk:
    """A file system: what it is `used_for` (engine, project), the folder by which it was found, sizes in bytes."""

    used_for: tuple[str, ...]
    path: str
    used: int
    free: int


@dataclass(frozen=True)
class Clock:
    """How many seconds a host's clock is ahead of the controller's, at least and at most; behind is negative."""

    least: float
    most: float

    @property
    def certain(self) -> float:
        """What it is ahead or behind, however long the connection took; 0 where it may be right."""
        return max(self.least, 0.0) or min(self.most, 0.0)


@dataclass(frozen=True)
class Machine:
    """A host of an environment. What is not known is 0, empty or None."""

    host: str
    cores: int = 0
    memory: int = 0
    swap: int | None = None
    kernel: str = ""
    system: str = ""
    time_zone: str = ""
    disks: tuple[Disk, ...] = ()
    clock: Clock | None = None
