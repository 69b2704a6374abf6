"""Compares what Parity renders with what Compose prints: `python tests/corpus/rendered.py FOLDER`.

The manifest is of the form that `measure.py` reads, and FOLDER holds the checkouts. Each side is gathered and rendered as
an audit does it, and asked of `docker-compose config` in its own folder. Every value of services, networks, volumes,
secrets and configs is compared; a fingerprint stands for whatever is hidden, and for that only.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "src"), str(HERE.parent / "helpers")]
from files_only import COMPOSE, Side, snapshot  # noqa: E402 - the two folders are known only now
from measure import side_of  # noqa: E402 - as above

from parity_host.secrets.token import TOKEN  # noqa: E402

# What Compose takes for `~`, which Parity leaves as it is: whose home that is is not known.
HOME: Final = "/nonexistent"
_RESOURCES: Final = ("volumes", "secrets", "configs")
_REFUSED: Final = ("refused", "required-variable", "syntax")


def printed(side: Side) -> tuple[Mapping[str, Any] | None, str]:
    """Return what Compose prints of a side; nothing, and its last line, where it refuses the files."""
    options = [*(f"--profile={one}" for one in side.profiles), *(f"--env-file={one}" for one in side.env_files)]
    command = [COMPOSE, *options, *(f"--file={one}" for one in side.compose_files), "config", "--format", "json"]
    done = subprocess.run(
        command, cwd=side.folder, capture_output=True, text=True, check=False, env={"HOME": HOME}, timeout=60
    )
    said = (done.stderr.strip().splitlines() or [""])[-1]
    return (json.loads(done.stdout) if done.returncode == 0 else None), said


def rendered(side: Side) -> Mapping[str, Any]:
    """Return what an audit renders of a side."""
    (host,) = snapshot(side)["hosts"].values()
    given: Mapping[str, Any] = host.get("rendered", {})
    return given


def differences(side: Side) -> Iterator[str]:
    """Yield where Parity and Compose do not say the same of a side, each as a sentence."""
    real, said = printed(side)
    ours = rendered(side)
    problems = ours.get("problems", ())
    if real is None:
        # A file whose name has an unset variable in it, too.
        if not any(one["kind"] in (*_REFUSED, "missing-file") or one.get("path") for one in problems) and ours:
            yield f"Compose refuses it: {said}; Parity does not"
        return
    # A file that only inactive services read may be missing.
    yield from (f"Compose takes it; Parity: {one['message']}" for one in problems if one["kind"] in _REFUSED)
    active = set(ours.get("services", {})) - set(ours.get("inactive", ()))
    services = {
        name: one for name, one in ours.get("services", {}).items() if name in real["services"] or name in active
    }
    yield from _unlike(_plain(real.get("services")), services, "services")
    networks = {key: (one or {}).get("name", key) for key, one in (real.get("networks") or {}).items()}
    yield from _unlike(networks, {k: v for k, v in ours.get("networks", {}).items() if k in networks}, "networks")
    for section in _RESOURCES:
        declared = _plain(real.get(section) or {})
        own = ours.get("resources", {}).get(section, {})
        yield from _unlike(declared, {key: one for key, one in own.items() if key in declared}, section)


def _plain(value: Any) -> Any:
    """Return what Compose prints without the doubled dollars of what is to be read again, and with `~`."""
    if isinstance(value, dict):
        return {_plain(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.replace("$$", "$").replace(HOME, "~") if isinstance(value, str) else value


def _unlike(real: Any, ours: Any, place: str) -> Iterator[str]:
    if isinstance(real, dict) and isinstance(ours, dict):
        hidden = any(TOKEN.search(key) for key in ours)
        for key in sorted({*real, *ours}):
            if key in real and key in ours:
                yield from _unlike(real[key], ours[key], f"{place}.{key}")
            elif not hidden:
                yield f"{place}.{key}: {real.get(key, 'nothing')!r:.100} is {ours.get(key, 'nothing')!r:.100}"
    elif isinstance(real, list) and isinstance(ours, list) and len(real) == len(ours):
        for at, (one, other) in enumerate(zip(real, ours, strict=True)):
            yield from _unlike(one, other, f"{place}[{at}]")
    elif real != ours and not (isinstance(ours, str) and _stands_for(ours, str(real))):
        yield f"{place}: {real!r:.100} is {ours!r:.100}"


def _stands_for(ours: str, real: str) -> bool:
    """Return whether a text with fingerprints in it can stand for what Compose prints."""
    words = (re.escape(one) for one in TOKEN.sub("\0", ours).split("\0"))
    return re.fullmatch(".*".join(words), real, re.DOTALL) is not None


def main() -> None:
    """Compare every side of the manifests, and print the figure and what differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--manifest", type=Path, default=HERE / "manifest_render.yml")
    asked = parser.parse_args()
    sides = alike = 0
    for pair in yaml.safe_load(asked.manifest.read_text(encoding="utf-8"))["pairs"]:
        for name in pair["sides"]:
            found = list(differences(side_of(pair, name, asked.folder)))
            sides, alike = sides + 1, alike + (not found)
            for one in found:
                print(f"{pair['name']} {name}: {one}")
    print(f"{alike} of {sides} sides are as Compose prints them")


if __name__ == "__main__":
    main()
