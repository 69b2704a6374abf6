"""The configurations of nginx and Loki where no container runs: from what the project's own services mount.

Texts are read below the folder above the project's alone, whatever a compose file names as a source: they leave the
host, redacted. Of TLS files only certificates and a digest of the public key leave it: these are read where they lie.
"""

from __future__ import annotations

import posixpath
from typing import Any, Callable, Dict, Iterator, List, Sequence

from ..compose.bind_files import BindFiles, near
from ..compose.services import Service
from ..engine.container_files import Read, Tree
from ..health.kinds import kind_of
from ..loki import files as loki_files
from ..nginx import files as nginx_files
from ..secrets.redact import Redactor

_SERVICES = 20
# What nginx's own image begins with (nginxinc/docker-nginx), as far as it decides what the mounted files mean.
_STANDARD = b"""events { worker_connections 1024; }
http { default_type application/octet-stream; sendfile on; keepalive_timeout 65; include /etc/nginx/conf.d/*.conf; }
"""
_OFFICIAL = ("nginx", "docker.io/nginx", "library/nginx", "docker.io/library/nginx", "nginxinc/nginx-unprivileged")


def gather(services: Sequence[Service], directory: str, redactor: Redactor) -> Dict[str, Any]:
    """Return an entry for each service that runs nginx or Loki, in the shape that `configurations.gather` gives.

    An entry's `container` is empty. `in_image` names what lies in the image and not here: it is there, and unknown.
    `assumed` says that the main file does too, and that the one of nginx's own image was taken for it.
    """
    found: List[Dict[str, Any]] = []
    folder = near(directory)
    for service in services:
        kind = kind_of(service.image, service.words, service.name)
        if kind in _READERS and len(found) < _SERVICES:
            entry = {"kind": kind, "container": "", "service": service.name}
            found.append(dict(entry, **_READERS[kind](service, folder, redactor)))
    return {"state": "seen", "found": found}


def _nginx(service: Service, folder: str, redactor: Redactor) -> Dict[str, Any]:
    texts, anywhere = BindFiles(service.mounts, folder), BindFiles(service.mounts, "")
    argv = list(service.words)
    main = nginx_files.main_of(argv)
    assumed = _is_assumed(service, texts, main)
    facts, missing = nginx_files.collect(nginx_files.FileReads(reader(service, folder), anywhere.read), argv, redactor)
    in_image = [path for path in missing if not texts.covers(path)]
    if main in in_image or (assumed and list(facts["files"]) == [main]):
        return {"main": main, "files": {}, "unread": facts["unread"], "in_image": [main], "assumed": False}
    unread = [*facts["unread"], *_unreadable(facts, anywhere, posixpath.dirname(main))]
    # What no mount brings lies in the image: nobody can say that it is missing.
    facts["certificates"] = {path: one for path, one in facts["certificates"].items() if "pem" in one}
    facts["keys"] = {path: one for path, one in facts["keys"].items() if "kind" in one}
    return {**facts, "unread": unread, "in_image": in_image, "assumed": assumed}


def reader(service: Service, folder: str) -> Read:
    """Return what reads the texts of a service below `folder`; nginx's own main file stands in for one in the image."""
    texts = BindFiles(service.mounts, folder)
    main = nginx_files.main_of(list(service.words))
    assumed = kind_of(service.image, service.words, service.name) == "nginx" and _is_assumed(service, texts, main)

    def read(path: str) -> Tree:
        tree = texts.read(path)
        if assumed and (path == main or main.startswith(path.rstrip("/") + "/")):
            tree.files.setdefault(main, _STANDARD)
        return tree

    return read


def _is_assumed(service: Service, texts: BindFiles, main: str) -> bool:
    return main == nginx_files.USUAL and not texts.covers(main) and _official(service)


def _unreadable(facts: Dict[str, Any], files: BindFiles, folder: str) -> Iterator[str]:
    for named, one in sorted({**facts["certificates"], **facts["keys"]}.items()):
        path = posixpath.normpath(posixpath.join(folder, named))
        if "pem" not in one and "kind" not in one:
            for left, why in sorted(files.read(path).left_out.items()):
                yield "%s: %s" % (left, why)


def _official(service: Service) -> bool:
    name = service.image.partition("@")[0].partition(":")[0]
    return not service.built and name in _OFFICIAL


def _loki(service: Service, folder: str, redactor: Redactor) -> Dict[str, Any]:
    texts = BindFiles(service.mounts, folder)
    entry = loki_files.collect(texts.read, list(service.words), redactor)
    if not entry["files"]:
        left = texts.read(entry["main"]).left_out if entry["main"] else {}
        unread = ["%s: %s" % one for one in sorted(left.items())]
        path = entry["main"] or loki_files.USUAL[0]
        return dict(entry, main=path, unread=unread, in_image=[] if unread or texts.covers(path) else [path])
    return entry


_READERS: Dict[str, Callable[[Service, str, Redactor], Dict[str, Any]]] = {"nginx": _nginx, "loki": _loki}
