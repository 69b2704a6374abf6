"""What the entrypoint of nginx's own image makes of templates when a container starts.

Source: `20-envsubst-on-templates.sh` of https://github.com/nginx/docker-nginx. The values are Compose's to render, on
the controller (`parity.compare.nginx_templates`); here it is only told which file comes of which template.
"""

from __future__ import annotations

import posixpath
from typing import Dict, Iterator

from ..compose.bind_files import BindFiles, within
from ..compose.services import Service
from ..engine.container_files import Read, Tree

_PROGRAMS = ("nginx", "nginx-debug", "/docker-entrypoint.sh", "docker-entrypoint.sh")
_OFFICIAL = (
    "nginx",
    "docker.io/nginx",
    "library/nginx",
    "docker.io/library/nginx",
    "nginxinc/nginx-unprivileged",
    "docker.io/nginxinc/nginx-unprivileged",
)


def is_official(service: Service) -> bool:
    """Return whether a service runs nginx's own image."""
    name = service.image.partition("@")[0].partition(":")[0]
    return not service.built and name in _OFFICIAL


class Templates:
    """The templates of one service: `files` has the template by the path of what is made of it."""

    def __init__(self, service: Service, texts: BindFiles) -> None:
        """Take a service, and what it mounts."""
        self.files: Dict[str, str] = {}
        self._contents: Dict[str, bytes] = {}
        self._of_stream: Dict[str, str] = {}
        if not is_official(service) or (service.words and service.words[0] not in _PROGRAMS):
            return
        setting = service.envsubst
        folder = posixpath.normpath(setting.get("NGINX_ENVSUBST_TEMPLATE_DIR") or "/etc/nginx/templates")
        if not texts.covers(folder):
            return
        tree = texts.read(folder)
        output = setting.get("NGINX_ENVSUBST_OUTPUT_DIR") or "/etc/nginx/conf.d"
        suffix = setting.get("NGINX_ENVSUBST_TEMPLATE_SUFFIX") or ".template"
        of_stream = setting.get("NGINX_ENVSUBST_STREAM_TEMPLATE_SUFFIX") or ".stream-template"
        for path, content in sorted(tree.files.items()):
            name = path[len(folder) :].lstrip("/")
            if name.endswith(suffix):
                made = posixpath.normpath(posixpath.join(output, name[: -len(suffix)]))
                self.files[made], self._contents[made] = path, content
            elif name.endswith(of_stream):
                self._of_stream[path] = name

    def unread(self) -> Iterator[str]:
        """Yield what is not followed: the entrypoint may put a `stream` block into the main file for these."""
        for path in self._of_stream:
            yield "%s: what is rendered from it for a stream block is not known before a container starts" % path

    def beside(self, read: Read) -> Read:
        """Return what reads the files that are made of templates too, as their templates."""

        def both(path: str) -> Tree:
            tree = read(path)
            for made, content in self._contents.items():
                if within(made, path):
                    tree.links.pop(made, None)
                    tree.left_out.pop(made, None)
                    tree.files[made] = content
            return tree

        return both
