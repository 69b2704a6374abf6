"""Packages of npm, fetched once into the project's cache."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path


def unpacked(package: str, folder: Path) -> Path:
    """Return the folder of a package, such as `name@1.2.3`, below `folder`; raises what a missing npm raises."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["npm", "pack", "--silent", package], cwd=folder, capture_output=True, text=True, check=True)
    fetched = folder / done.stdout.split()[-1]
    # Python before 3.11.4 has no filters.
    safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    with tarfile.open(fetched) as archive:
        archive.extractall(folder, **safe)  # noqa: S202 - a package by its version, and filtered where Python can
    fetched.unlink()
    return folder / "package"
