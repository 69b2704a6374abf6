"""No file of the project leads out of it: not by a symbolic link, and not by the name of a folder of one machine."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Folders in which this project is made, at the beginning of a path.
MACHINE = re.compile(r"(?<![\w./-])/(?:tmp/(?:wt|scratch)\b|work/)")
# What a run leaves in a copy that git does not know.
GENERATED = re.compile(r"\.|__pycache__$|reports$|dist$")


def tracked(root: Path) -> list[Path]:
    """Return every file of a repository that git tracks; every file that is not generated below a folder that is none."""
    if not (root / ".git").exists():
        files = (path for path in root.rglob("*") if path.is_file() or path.is_symlink())
        return sorted(path for path in files if not any(map(GENERATED.match, path.relative_to(root).parts)))
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], check=True, capture_output=True, text=True)
    return [root / name for name in listed.stdout.split("\0") if name and os.path.lexists(root / name)]


def outside(root: Path, paths: Sequence[Path]) -> Iterator[str]:
    """Yield the links that lead out of a folder or nowhere, and the lines of texts that name a folder of a machine."""
    for path in paths:
        name = path.relative_to(root)
        if path.is_symlink():
            target = path.resolve()
            if os.path.isabs(os.readlink(path)) or not target.is_relative_to(root) or not target.exists():
                yield f"{name}: leads to {os.readlink(path)}"
            continue
        text = path.read_bytes()
        for number, line in enumerate(text.decode(errors="replace").splitlines(), 1) if b"\0" not in text else ():
            if found := MACHINE.search(line):
                yield f"{name}:{number}: {found.group()}"


def test_no_file_leads_out_of_the_project() -> None:
    assert [*outside(ROOT, tracked(ROOT))] == []


def test_what_leads_out_is_named(tmp_path: Path) -> None:
    (tmp_path / "inside").write_text("https://example.org/work/a\n./tmp/wt\n/workspace/x\n")
    (tmp_path / "text").write_text(
        f"a\nsee {'/'.join(('', 'work', 'main', 'x'))}\nTMP='{'/'.join(('', 'tmp', 'wt'))}'\n"
    )
    (tmp_path / "good").symlink_to("inside")
    (tmp_path / "absolute").symlink_to(tmp_path / "inside")
    (tmp_path / "out").symlink_to("../elsewhere")
    (tmp_path / "nowhere").symlink_to("missing")
    named = [one.partition(":")[0] for one in outside(tmp_path, tracked(tmp_path))]
    assert named == ["absolute", "nowhere", "out", "text", "text"]
