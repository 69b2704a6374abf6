"""What is sent to a host is all that gathers there, and is imported from nowhere else."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
import zipfile
from pathlib import Path

from parity.ansible.host_package import FOLDER, archive

GATHER = """
import sys
sys.path.insert(0, sys.argv[1])
from parity_host.gather import host
print(host.__file__)
"""


def unpacked(folder: Path) -> Path:
    """Unpack the archive as the module does."""
    zipfile.ZipFile(io.BytesIO(base64.b64decode(archive()))).extractall(folder)
    return folder


def test_a_host_needs_nothing_else(tmp_path: Path) -> None:
    # -I and -S: neither this checkout nor what is installed here can be found.
    command = [sys.executable, "-I", "-S", "-c", GATHER, str(unpacked(tmp_path))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == f"{tmp_path}/parity_host/gather/host.py", done.stderr


def test_it_is_the_whole_package_but_its_remedies(tmp_path: Path) -> None:
    sent = {path.relative_to(tmp_path): path.read_bytes() for path in unpacked(tmp_path).rglob("*.py")}
    here = {path.relative_to(FOLDER.parent): path.read_bytes() for path in FOLDER.rglob("*.py")}
    assert sent == {path: text for path, text in here.items() if path.parts[1] != "remedy"}
    assert len(sent) < len(here)
