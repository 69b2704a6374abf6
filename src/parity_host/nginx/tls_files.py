"""The certificates and keys that an nginx configuration names: certificates whole, of a key only a digest."""

from __future__ import annotations

import posixpath
import re
from typing import Any, Dict, Iterator, Set

from ..engine.container_files import Read, Tree
from ..tls.certificates import NO_KEY, certificate_facts, key_facts

_NAMED = re.compile(
    r"(?:^|[;{}\s])(ssl_certificate|ssl_certificate_key)\s+(\"[^\"\n]*\"|'[^'\n]*'|[^\s;\"'{}][^\s;]*)\s*(?=;)"
)
_FILES = 60
_NOTHING = "no readable file at this path"
# Not files: a certificate in a variable, a key in a device or in OpenSSL's store.
_ELSEWHERE = ("data:", "engine:", "store:")


def gather(read: Read, tree: Tree, reached: Set[str], folder: str) -> Dict[str, Any]:
    """Return `certificates` and `keys` by the path that the configuration names, as `certificates.py` describes them.

    `read` reads what is not in `tree`; `reached` are the configuration's own files in `tree`; `folder` is where
    relative paths begin. A file that is not there has only a `reason`.
    """
    found: Dict[str, Any] = {"certificates": {}, "keys": {}}
    for directive, named in sorted(set(_named(tree, reached)))[:_FILES]:
        path = posixpath.normpath(posixpath.join(folder, named))
        data = tree.files.get(tree.resolve(path))
        if data is None:
            there = read(path)
            data = there.files.get(there.resolve(path))
        kind, describe = ("keys", key_facts) if directive.endswith("_key") else ("certificates", certificate_facts)
        found[kind][named] = describe(data) if data is not None else {"state": NO_KEY, "reason": _NOTHING}
    return found


def _named(tree: Tree, reached: Set[str]) -> "Iterator[tuple[str, str]]":
    for path in reached:
        for found in _NAMED.finditer(tree.files.get(tree.resolve(path), b"").decode("utf-8", "surrogateescape")):
            named = found[2].strip("\"'")
            if "$" not in named and not named.startswith(_ELSEWHERE):
                yield found[1], named
