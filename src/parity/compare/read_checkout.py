"""From a snapshot to the Git checkout of an environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parity.domain.checkout import ChangedFile, Checkout, Commit, Submodule
from parity.domain.untrusted import mapping, mappings, scalar, text, texts


def checkout(host: str, entry: Mapping[str, Any]) -> Checkout:
    """Return the checkout that a host describes in `entry`."""
    on_remote = entry.get("on_remote")
    return Checkout(
        host=host,
        root=text(entry, "root"),
        commit=text(entry, "commit"),
        branch=text(entry, "branch"),
        tags=texts(entry, "tags"),
        on_remote=on_remote if isinstance(on_remote, bool) else None,
        remotes={str(name): scalar(url) for name, url in mapping(entry, "remotes").items()},
        commits=tuple(
            Commit(text(one, "id"), texts(one, "parents"), text(one, "change")) for one in mappings(entry, "commits")
        ),
        changed=tuple(
            ChangedFile(text(one, "path"), text(one, "how"), text(one, "role")) for one in mappings(entry, "changed")
        ),
        others=texts(entry, "others"),
        submodules=tuple(
            Submodule(text(one, "path"), text(one, "commit"), text(one, "recorded"))
            for one in mappings(entry, "submodules")
        ),
    )
