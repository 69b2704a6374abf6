"""Projects as a hostile host may send them, and files of this machine that must stay here."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

STOLEN = "stolenFromThisMachine"
HOME = "/srv/app"
BOM = "\ufeff"


class Canaries(NamedTuple):
    """Files of this machine, each with STOLEN in it: as env file, as compose file, and as neither."""

    env: str
    compose: str
    broken: str


def canaries(folder: Path) -> Canaries:
    """Write them."""
    texts = {
        "canary.env": f"LOOT={STOLEN}\n",
        "canary.yml": f"services:\n  loot:\n    image: {STOLEN}\n    hostname: {STOLEN}\n",
        "canary.txt": f"{STOLEN} {{[!\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    return Canaries(*(str(folder / name) for name in texts))


def project(
    files: Mapping[str, tuple[str, str]], compose: Sequence[str] = ("c.yml",), env: Sequence[str] = (".env",)
) -> dict[str, Any]:
    """Return the project part of a host's facts; `files` are role and text by path below HOME."""
    return {
        "state": "seen",
        "directory": HOME,
        "compose_files": [f"{HOME}/{name}" for name in compose],
        "env_files": [f"{HOME}/{name}" for name in env if name in files],
        "files": {
            f"{HOME}/{name}": {"roles": [role], "text": text, "problem": None, "missing": False}
            for name, (role, text) in files.items()
        },
    }


def seeds() -> list[dict[str, Any]]:
    """Return harmless projects that use everything in which a path is opened."""
    base = "services:\n  base:\n    image: base:1\n    env_file: [base.env]\n    label_file: l.label\n"
    everything = (
        "x-common: &common\n  restart: always\n  env_file: &env\n    - a.env\n"
        "    - path: 'b.env'\n      required: false\n      format: raw\n"
        "include:\n  - inc/compose.yml\n"
        "  - path: [inc/two.yml, inc/three.yml]\n    project_directory: inc\n    env_file: [inc/x.env]\n"
        "services:\n  api:\n    <<: *common\n    image: app:${TAG:-1}\n"
        "    extends:\n      file: ${BASE}/base.yml\n      service: base\n"
        '  web:\n    image: "web:1"\n    env_file: *env\n    label_file: [lab/l.label]\n'
        "    develop:\n      watch:\n        - {path: ./src, action: rebuild}\n"
        "    volumes: ['./data:/data']\n    environment: {env_file: not-a-path, KEY: '$$HOME'}\n"
        "configs:\n  c:\n    file: ./c.conf\n"
    )
    override = "services:\n  web:\n    env_file: !override [a.env]\n    label_file: !reset []\n---\nname: second\n"
    two = "services:\n  two:\n    image: two:1\n    env_file: x.env\n"
    # A byte order mark shifts the marks of libyaml by one.
    quote = BOM + (
        "services:\n  a:\n    image: x\n    env_file:\n    - path:  'p'\n      format: {z: '\n      required: false\n"
        "  b:\n    image: x\n    env_file: CANARY\n#'}\n"
    )
    return [
        project(
            {
                "c.yml": ("compose", everything),
                "o.yml": ("compose", override),
                ".env": ("project", "TAG=2\nBASE=base\nCOMPOSE_PROFILES=x\n"),
                "base/base.yml": ("extends", base),
                "base/base.env": ("env_file", "A=1\n"),
                "base/l.label": ("label_file", "l=1\n"),
                "lab/l.label": ("label_file", "l=1\n"),
                "a.env": ("env_file", "A=${TAG}\n"),
                "b.env": ("env_file", "B=$x\n"),
                "inc/compose.yml": ("include", "services:\n  inc:\n    image: inc:1\n    env_file: x.env\n"),
                "inc/two.yml": ("include", two),
                "inc/three.yml": ("include", "services:\n  two:\n    user: '1'\n"),
                "inc/x.env": ("env_file", "X=1\n"),
                "t.yml": ("template", base),
            },
            ("c.yml", "o.yml"),
        ),
        project({"c.yml": ("compose", quote)}),
    ]


class Mutator:
    """Changes projects at random, towards the files of this machine."""

    def __init__(self, seed: int, stolen: Canaries) -> None:
        """Take the seed of the chance, and what to reach for."""
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._stolen = stolen

    def mutant(self, seed: Mapping[str, Any]) -> dict[str, Any]:
        """Return a project with one to three changes."""
        data = {key: list(value) if isinstance(value, list) else value for key, value in seed.items()}
        data["files"] = {path: dict(record) for path, record in seed["files"].items()}
        for _ in range(self._chance.randint(1, 3)):
            self._chance.choice([self._text, self._text, self._text, self._text, self._files, self._lists, self._env])(
                data
            )
        return data

    def _path(self) -> str:
        target = self._chance.choice(self._stolen)
        climbing = "../" * 12 + target.lstrip("/")
        spelt = [
            *(
                target,
                climbing,
                f"'{target}'",
                f'"{target}"',
                f"./{climbing}",
                f"~/{climbing}",
                f"${{P:-{target}}}",
                "$P",
            ),
            *(f"${{NOPE}}{target}", f"!!str {target}", f"&a {target}", f"!reset {target}", f"!override {target}"),
            *(f"!x {target}", target.replace("/", "//"), f"file://{target}", f"{target}\0", f"|-\n        {target}"),
            *(f"[{target}]", f"{{path: {target}}}", f"{{Path: {target}}}", f"{{file: {target}, service: loot}}"),
            *(f"{{<<: {{path: {target}}}}}", f"{{PATH: [{target}], env_file: {target}}}", f"https://x/{target}.git"),
        ]
        return self._chance.choice(spelt)

    def _text(self, data: dict[str, Any]) -> None:
        record = self._chance.choice([*data["files"].values(), {}])
        text = record.get("text")
        if not isinstance(text, str):
            return
        at = self._chance.randint(0, len(text))
        kind = self._chance.randrange(8)
        if kind == 0:
            text = BOM + text
        elif kind == 1:
            mark = self._chance.choice(
                [BOM, "'", '"', "{", "}", "[", "]", ": ", " #", "&a ", "*a", "!x ", "|\n", "\n", "\t", "\0"]
            )
            text = text[:at] + mark + text[at:]
        elif kind == 2:
            words = [
                "a.env",
                "'b.env'",
                "inc/compose.yml",
                "inc/x.env",
                "base/base.yml",
                "${BASE}/base.yml",
                "CANARY",
                "x.env",
            ]
            text = text.replace(self._chance.choice([*words, "lab/l.label", "./src", "*env", "inc"]), self._path(), 1)
        elif kind == 3:
            key = self._chance.choice(
                ["env_file", "label_file", "file", "path", "extends", "include", "services", "watch"]
            )
            binary = {
                "env_file": "!!binary ZW52X2ZpbGU=",
                "file": "!!binary ZmlsZQ==",
                "include": "!!binary aW5jbHVkZQ==",
            }
            spelt = [
                key.upper(),
                key.title(),
                f'"\\x{ord(key[0]):02x}{key[1:]}"',
                f"!!str {key}",
                binary.get(key, f"? {key}\n"),
            ]
            text = text.replace(f"{key}:", self._chance.choice(spelt) + ":", 1)
        elif kind == 4:
            lines = [
                "include: [PATH]",
                "services: {z: {image: x, env_file: PATH}}",
                "services: {z: {extends: {file: PATH, service: loot}}}",
            ]
            added = [
                *lines,
                "services: {z: {image: x, label_file: PATH}}",
                "include: [{path: PATH, env_file: PATH, project_directory: PATH}]",
            ]
            text += (
                f"\n{self._chance.choice(['---', ''])}\n{self._chance.choice(added).replace('PATH', self._path())}\n"
            )
        elif kind == 5:
            text = text[:at] + text[at + self._chance.randint(1, 5) :]
        elif kind == 6:
            text = text[:at] + self._path() + text[at:]
        else:
            text = f"x-a: &a {{path: {self._path()}}}\n{text}"
        record["text"] = text

    def _files(self, data: dict[str, Any]) -> None:
        files = data["files"]
        path = self._chance.choice([*files, ""])
        if path not in files:
            return
        record = files[path]
        kind = self._chance.randrange(4)
        if kind == 0:
            roles = ["compose", "env_file", "template", "project", "include", "extends", "label_file", "", 7]
            record["roles"] = self._chance.sample(roles, self._chance.randint(0, 2))
        elif kind == 1:
            folder, _, name = path.rpartition("/")
            others = [
                path.upper(),
                f"{path}/x",
                folder,
                f"{folder}/../{name}",
                f"{path}\0",
                self._chance.choice(self._stolen),
                "/",
            ]
            files[self._chance.choice([*others, f"{folder}/.env", f"{folder}/a.git#b/{name}"])] = dict(record)
        elif kind == 2:
            record["text"] = self._chance.choice([None, "", 7, files[self._chance.choice(list(files))].get("text")])
        else:
            del files[path]

    def _lists(self, data: dict[str, Any]) -> None:
        key = self._chance.choice(["compose_files", "env_files", "directory"])
        near = [*data["files"], *self._stolen, self._path(), "", "-", "~", 7]
        if key == "directory":
            data[key] = self._chance.choice([*near, str(Path(self._stolen.env).parent), "/"])
        else:
            data[key] = self._chance.sample(near, self._chance.randint(0, 3)) + self._chance.choice([[], data[key]])

    def _env(self, data: dict[str, Any]) -> None:
        names = [
            "COMPOSE_FILE",
            "COMPOSE_ENV_FILES",
            "DOCKER_CONFIG",
            "HOME",
            "P",
            "BASE",
            "TAG",
            "COMPOSE_PROJECT_NAME",
            "PWD",
        ]
        line = f"{self._chance.choice(names)}={self._path()}\n"
        record = data["files"].setdefault(f"{HOME}/.env", {"roles": ["project"], "text": ""})
        record["text"] = f"{record.get('text') or ''}\n{line}"
        if self._chance.random() < 0.5:
            data["env_files"] = [f"{HOME}/.env"]
