"""Names of images as Docker reads them."""

from __future__ import annotations

import re


def full_name(image: str) -> str:
    """Return an image's name as Docker completes it: `redis:7` and `docker.io/library/redis:7` are one image."""
    first, slash, rest = image.partition("/")
    registry = first if slash and (set(first) & set(".:") or first == "localhost") else ""
    path = rest if registry else image
    if registry in ("", "docker.io", "index.docker.io"):
        path = path if "/" in path else f"library/{path}"
    return f"{registry if registry not in ('', 'index.docker.io') else 'docker.io'}/{path}"


def official_name(image: str) -> str:
    """Return the name that one of Docker's own images has, `mongo` of `mongo:8`; nothing for anybody else's."""
    name = full_name(image)
    bare = name.removeprefix("docker.io/library/")
    return re.split("[:@]", bare)[0] if bare != name else ""
