"""What is made of templates when an nginx's container starts: by its image's entrypoint, or by its command.

Source: `20-envsubst-on-templates.sh` of https://github.com/nginx/docker-nginx; of a command, `envsubst <from >to` is
understood. The values are Compose's to render, on the controller (`parity.compare.nginx_templates`); here it is only
told which file comes of which template.
"""

from __future__ import annotations

import posixpath
import re
from typing import Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ..compose.bind_files import BindFiles, within
from ..compose.services import Service
from ..engine.container_files import Read, Tree
from ..nginx import command
from ..secrets import shell_words

_PROGRAMS = ("nginx", "nginx-debug", "/docker-entrypoint.sh", "docker-entrypoint.sh")
_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
_REDIRECTED = re.compile(r"(?<![<>])([<>])(?![<>])")
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


class Template(NamedTuple):
    """Where a template lies in the container, and which variables are put in.

    `names` is None where the entrypoint puts in what the environment defines, empty where every name is put in.
    """

    path: str
    names: Optional[List[str]]


def is_plain(service: Service) -> bool:
    """Return whether a service runs nginx's own image as it is: nothing else makes files there."""
    return is_official(service) and (not service.words or service.words[0] in _PROGRAMS)


class Templates:
    """The templates of one service: `files` has the template by the path of what is made of it."""

    def __init__(self, service: Service, texts: BindFiles) -> None:
        """Take a service, and what it mounts."""
        self.files: Dict[str, Template] = {}
        self._texts = texts
        self._contents: Dict[str, bytes] = {}
        self._of_stream: List[str] = []
        if is_plain(service):
            self._of_entrypoint(service.envsubst)
        else:
            self._of_command(service.words)

    def _of_entrypoint(self, setting: Mapping[str, str]) -> None:
        folder = posixpath.normpath(setting.get("NGINX_ENVSUBST_TEMPLATE_DIR") or "/etc/nginx/templates")
        if not self._texts.covers(folder):
            return
        output = setting.get("NGINX_ENVSUBST_OUTPUT_DIR") or "/etc/nginx/conf.d"
        suffix = setting.get("NGINX_ENVSUBST_TEMPLATE_SUFFIX") or ".template"
        of_stream = setting.get("NGINX_ENVSUBST_STREAM_TEMPLATE_SUFFIX") or ".stream-template"
        for path, content in sorted(self._texts.read(folder).files.items()):
            name = path[len(folder) :].lstrip("/")
            if name.endswith(suffix):
                self._add(posixpath.join(output, name[: -len(suffix)]), Template(path, None), content)
            elif name.endswith(of_stream):
                self._of_stream.append(path)

    def _of_command(self, words: Sequence[str]) -> None:
        for source, made, listed in _substitutions(command.text_of_shell(list(words)) or ""):
            path = posixpath.normpath(source)
            content = self._texts.read(path).files.get(path)
            if content is not None:
                self._add(made, Template(path, _VARIABLE.findall(listed)), content)

    def _add(self, path: str, template: Template, content: bytes) -> None:
        path = posixpath.normpath(path)
        self.files[path], self._contents[path] = template, content

    def unread(self) -> Iterator[str]:
        """Yield what is not followed: the entrypoint may put a `stream` block into the main file for these."""
        for path in self._of_stream:
            yield "%s: its stream block is not known until a container renders the template" % path

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


def _substitutions(text: str) -> Iterator[Tuple[str, str, str]]:
    """Yield for each `envsubst [list] <from >to` of a shell's text from where, to where and the list."""
    words: List[str] = []
    for word in [*(one.text for one in shell_words.split(text)), ";"]:
        if word not in shell_words.OPERATORS:
            words.append(word)
            continue
        if words[:1] == ["envsubst"]:
            line = _REDIRECTED.sub(r" \1 ", " ".join(words[1:])).split()
            ends = {sign: line[at + 1] for at, sign in enumerate(line[:-1]) if sign in ("<", ">")}
            if len(ends) == 2:
                yield ends["<"], ends[">"], " ".join(line[: min(map(line.index, ends))])
        words = []
