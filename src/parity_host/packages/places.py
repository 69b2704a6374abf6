"""Where a container may have an application's packages, and what a shell in it prints of them.

The shell starts no program and writes nothing: its own `printf` and `[` say which of the places are there.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Tuple

from ..engine.container_layer import within
from .direct import FILES
from .installed import Reader, composer, npm

# Arguments: folders of applications, `--`, roots of Python and Ruby, `--`, roots of gems alone.
_SCRIPT = """
here() { for f do [ -f "$f" ] && printf '%%s\\n' "$f"; done; }
list() { for f do case $f in *'*'*) ;; *) printf '%%s\\n' "$f";; esac; done; }
while [ "$1" != -- ]; do
  %s
  list "$1"/.venv/lib/python3.*/site-packages/*-info "$1"/venv/lib/python3.*/site-packages/*-info
  list "$1"/vendor/bundle/ruby/*/specifications/*.gemspec
  shift
done
shift
while [ "$1" != -- ]; do
  list "$1"/lib/python3.*/site-packages/*-info "$1"/lib/python3.*/dist-packages/*-info
  list "$1"/lib/ruby/gems/*/specifications/*.gemspec
  shift
done
shift
for g do list "$g"/specifications/*.gemspec "$g"/ruby/*/specifications/*.gemspec; done
"""
# What lists the packages of a kind, below an application's folder.
LISTS: Mapping[str, Tuple[str, Reader]] = {
    "npm": ("node_modules/.package-lock.json", npm),
    "composer": ("vendor/composer/installed.json", composer),
}
# Where images keep applications whatever folder their process works in.
_USUAL = ("/app", "/usr/src/app", "/var/www/html")
_PLAIN = re.compile(r"/[A-Za-z0-9_./@+-]{1,150}\Z")
_MOST_FOLDERS, _MOST_ROOTS = 4, 8


class Places(NamedTuple):
    """Where a container is looked at."""

    folders: Tuple[str, ...]
    roots: Tuple[str, ...]
    gems: Tuple[str, ...]

    def script(self) -> List[str]:
        """Return the command that prints what is there, a path a line."""
        names = [name for name, _ in LISTS.values()] + [name for files in FILES.values() for name, _ in files]
        tests = "here " + " ".join('"$1"/%s' % name for name in names)
        return ["sh", "-c", _SCRIPT % tests, "sh", *self.folders, "--", *self.roots, "--", *self.gems]

    def within(self, mounts: Sequence[str]) -> List[str]:
        """Return those of the places of mounts that change what is seen."""
        looked = [*self.folders, *(root + "/lib" for root in self.roots), *self.gems]
        return sorted(one for one in mounts if any(within(one, place) or within(place, one) for place in looked))


def places(config: Mapping[str, Any]) -> Places:
    """Return where to look in a container with this configuration (the engine's `Config`)."""
    variables = environment(config)
    folders = [str(config.get("WorkingDir") or "/"), *_USUAL]
    command = next(iter(config.get("Entrypoint") or config.get("Cmd") or []), "")
    programs = [posixpath.dirname(str(command)), *variables.get("PATH", "/usr/local/bin:/usr/bin").split(":")]
    roots = [posixpath.dirname(posixpath.normpath(folder)) for folder in programs if folder.endswith("bin")]
    gems = [variables.get("GEM_HOME", ""), variables.get("BUNDLE_PATH", ""), "/usr/local/bundle"]
    return Places(_plain(folders, _MOST_FOLDERS), _plain(roots, _MOST_ROOTS), _plain(gems, _MOST_ROOTS))


def _plain(paths: Sequence[str], most: int) -> Tuple[str, ...]:
    kept = [posixpath.normpath(path) for path in paths if _PLAIN.match(path)]
    return tuple(dict.fromkeys(kept))[:most]


def environment(config: Mapping[str, Any]) -> Dict[str, str]:
    """Return the variables of a container or an image by name."""
    return dict(str(pair).partition("=")[::2] for pair in config.get("Env") or [])
