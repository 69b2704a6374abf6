"""The configuration of an nginx that runs nowhere: what its service mounts, and what nginx's own image brings."""

from __future__ import annotations

import fnmatch
import posixpath
from typing import Any, Dict, Iterator, Mapping

from ..compose.bind_files import BindFiles
from ..compose.services import Service
from ..engine.container_files import Read, Tree
from ..health.kinds import kind_of
from ..nginx import files as nginx_files
from ..secrets.redact import Redactor
from .nginx_templates import Templates, is_official, is_plain

# What nginx's own image begins with (nginxinc/docker-nginx), as far as it decides what the mounted files mean.
_STANDARD = b"""events { worker_connections 1024; }
http { default_type application/octet-stream; sendfile on; keepalive_timeout 65; include /etc/nginx/conf.d/*.conf; }
"""


def read(service: Service, folder: str, redactor: Redactor) -> Dict[str, Any]:
    """Return what `configurations_in_project.gather` says of an nginx; texts are read below `folder` alone."""
    texts, anywhere = BindFiles(service.mounts, folder), BindFiles(service.mounts, "")
    argv = list(service.words)
    main = nginx_files.main_of(argv)
    templates = Templates(service, texts)
    assumed = main not in templates.files and _is_assumed(service, texts, main)
    source = nginx_files.FileReads(templates.beside(reader(service, folder)), anywhere.read)
    facts, missing = nginx_files.collect(source, argv, redactor)
    facts["unread"] += templates.unread()
    for path in set(templates.files) & set(facts["files"]):
        template = templates.files[path]
        named = {} if template.names is None else {"names": template.names or ["*"]}
        facts["files"][path].update({"template": template.path, **named})
    facts["unread"] += _made_elsewhere(facts["files"], texts, posixpath.dirname(main), service)
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
    return main == nginx_files.USUAL and not texts.covers(main) and is_official(service)


def _unreadable(facts: Dict[str, Any], files: BindFiles, folder: str) -> Iterator[str]:
    for named, one in sorted({**facts["certificates"], **facts["keys"]}.items()):
        path = posixpath.normpath(posixpath.join(folder, named))
        if "pem" not in one and "kind" not in one:
            for left, why in sorted(files.read(path).left_out.items()):
                yield "%s: %s" % (left, why)


def _made_elsewhere(
    files: Mapping[str, Mapping[str, Any]], texts: BindFiles, folder: str, service: Service
) -> Iterator[str]:
    """Yield the patterns that match nothing here, in folders that the host, the image, a script or a volume fills.

    Of a plain image it is known what it has and runs.
    """
    for file in files.values():
        for pattern in nginx_files.includes(str(file["text"]).encode("utf-8", "replace"), folder):
            if not any(sign in pattern for sign in "*?[") or any(fnmatch.fnmatchcase(path, pattern) for path in files):
                continue
            around = posixpath.dirname(pattern)
            if texts.lacks(around):
                yield "%s: what is mounted there is not on this host" % pattern
            elif around in service.volumes and not texts.covers(around):
                yield "%s: another container may write files into the volume there" % pattern
            elif not is_plain(service) and not texts.covers(around):
                yield "%s: the image or its entrypoint may add files there" % pattern
