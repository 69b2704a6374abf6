"""What is sent to a host is all that gathers there, and is imported from nowhere else."""

from __future__ import annotations

import base64
import subprocess
import sys
import zipfile
from pathlib import Path

from parity.ansible.host_package import archive

GATHER = """
import sys
sys.path.insert(0, sys.argv[1])
from parity_host.gather import host
print(host.__file__)
"""


def test_a_host_imports_it_from_the_archive_alone(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(base64.b64decode(archive()))
    # -I and -S: neither this checkout nor what is installed here can be found.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", GATHER, str(path)], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == f"{path}/parity_host/gather/host.py", done.stderr


def test_remedies_are_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(base64.b64decode(archive()))
    names = zipfile.ZipFile(path).namelist()
    assert {name.split("/")[1] for name in names if "/" in name} >= {"gather", "secrets", "nginx"}
    assert not [name for name in names if name.startswith("parity_host/remedy")]
