"""The configuration of an nginx that runs nowhere: what its service mounts, and what nginx's own image brings."""

from __future__ import annotations

import posixpath
from typing import Any, Dict, Iterator

from ..compose.bind_files import BindFiles
from ..compose.services import Service
from ..engine.container_files import Read, Tree
from ..health.kinds import kind_of
from ..nginx import files as nginx_files
from ..secrets.redact import Redactor

# What nginx's own image begins with (nginxinc/docker-nginx), as far as it decides what the mounted files mean.
_STANDARD = b"""events { worker_connections 1024; }
http { default_type application/octet-stream; sendfile on; keepalive_timeout 65; include /etc/nginx/conf.d/*.conf; }
"""
# Where the entrypoint of that image looks for templates (envsubst), and where it writes what it makes of them.
_TEMPLATES = "/etc/nginx/templates"
_SUFFIX = ".template"
_OUTPUT = "/etc/nginx/conf.d"
_OFFICIAL = ("nginx", "docker.io/nginx", "library/nginx", "docker.io/library/nginx", "nginxinc/nginx-unprivileged")


def read(service: Service, folder: str, redactor: Redactor) -> Dict[str, Any]:
    """Return what `configurations_in_project.gather` says of an nginx; texts are read below `folder` alone."""
    texts, anywhere = BindFiles(service.mounts, folder), BindFiles(service.mounts, "")
    argv = list(service.words)
    main = nginx_files.main_of(argv)
    assumed = _is_assumed(service, texts, main)
    facts, missing = nginx_files.collect(nginx_files.FileReads(reader(service, folder), anywhere.read), argv, redactor)
    facts["unread"] += _rendered(service, texts)
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


def _rendered(service: Service, texts: BindFiles) -> Iterator[str]:
    """Yield, as what was not read, what the image's entrypoint makes of templates when a container starts."""
    if not (_official(service) and texts.covers(_TEMPLATES)):
        return
    for path in sorted(texts.read(_TEMPLATES).files):
        name = path[len(_TEMPLATES) + 1 :]
        if name.endswith(_SUFFIX):
            file = posixpath.join(_OUTPUT, name[: -len(_SUFFIX)])
            yield "%s: it is generated from %s when a container starts" % (file, path)


def _official(service: Service) -> bool:
    name = service.image.partition("@")[0].partition(":")[0]
    return not service.built and name in _OFFICIAL
