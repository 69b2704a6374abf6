"""Which packages an application names itself, in the files that were copied into its image: all others came with them.

Names only: addresses and options of these files, which may hold tokens, are not read.
"""

from __future__ import annotations

import json
import re
from typing import Callable, Dict, List, Mapping, Set, Tuple

from .installed import unified

_DISTRIBUTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# What follows the name of a requirement; after `;` and `@` comes what a machine may rightly not have.
_FOLLOWS = "[=<>!~#,\\("
_ELSEWHERE = (";", "@")
_DEPENDENCIES = re.compile(r"dependencies *= *\[")
_QUOTED = re.compile(r"[\"']([^\"'\n]{1,200})[\"']")
_BYTES, _MOST_NAMES, _LONGEST_NAME = 256 * 1024, 500, 100
# Those of groups are indented.
_GEM = re.compile(r"^gem[ (]{1,3}[\"']([A-Za-z0-9_.-]{1,100})[\"']", re.MULTILINE)


def requirements(content: str) -> Set[str]:
    """Return the distributions that a requirements.txt names."""
    found: Set[str] = set()
    for line in content.splitlines():
        name = _DISTRIBUTION.match(line.strip())
        rest = line.strip()[name.end() :].partition(" #")[0].strip() if name else ""
        if name and (not rest or rest[0] in _FOLLOWS) and not any(sign in rest for sign in _ELSEWHERE):
            found.add(unified(name[0][:_LONGEST_NAME]))
    return found


def project(content: str) -> Set[str]:
    """Return the distributions that the table `project` of a pyproject.toml names."""
    found: List[str] = []
    table, inside = "", False
    for line in content.splitlines():
        if line.startswith("[") and not inside:
            table = line.strip()
        inside = inside or (table == "[project]" and bool(_DEPENDENCIES.match(line)))
        if inside:
            found += _QUOTED.findall(line)
            if line.rstrip().endswith("]"):
                break
    return requirements("\n".join(found))


def gemfile(content: str) -> Set[str]:
    """Return the gems that a Gemfile names for every environment."""
    return set(_GEM.findall(content))


def package_json(content: str) -> Set[str]:
    """Return the packages on which a package.json depends, but for those of development."""
    return _keys(content, "dependencies")


def composer_json(content: str) -> Set[str]:
    """Return the packages that a composer.json requires, without PHP and its extensions."""
    return {name for name in _keys(content, "require") if "/" in name}


def _keys(content: str, name: str) -> Set[str]:
    try:
        data = json.loads(content, parse_int=len)
    except (ValueError, RecursionError):
        return set()
    found = data.get(name) if isinstance(data, dict) else None
    return set(found) if isinstance(found, dict) else set()


# The files that name packages of a kind, beside the application's.
FILES: Mapping[str, Tuple[Tuple[str, Callable[[str], Set[str]]], ...]] = {
    "python": (("requirements.txt", requirements), ("pyproject.toml", project)),
    "npm": (("package.json", package_json),),
    "composer": (("composer.json", composer_json),),
    "gem": (("Gemfile", gemfile),),
}


def named(kind: str, files: Dict[str, bytes]) -> List[str]:
    """Return the packages of a kind that files, by their name without a folder, name; in order, and not endless."""
    found: Set[str] = set()
    for name, read in FILES[kind]:
        found |= read(files.get(name, b"")[:_BYTES].decode("utf-8", "replace"))
    return sorted(found)[:_MOST_NAMES]
