"""What is included is read as the real Compose reads it: its folder, its own env files, and what includes it first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import compose_oracle
import pytest
from files_only import Side, snapshot

APP = "services: {app: {image: 'app:1', env_file: [app.env], environment: {SHOWN: '${WORD:-none}'}, volumes: ['./d:/d']}}\n"
# By name: the files of a project, in a folder `p` of its own.
PROJECTS: Mapping[str, Mapping[str, str]] = {
    "its own .env": {
        "p/compose.yaml": "include: [sub/compose.yaml]\n",
        "p/sub/compose.yaml": APP,
        "p/sub/.env": "WORD=debug\n",
        "p/sub/app.env": "A=${WORD}\n",
    },
    "the project's .env wins": {
        "p/compose.yaml": "include: [sub/compose.yaml]\n",
        "p/.env": "WORD=main\n",
        "p/sub/compose.yaml": APP,
        "p/sub/.env": "WORD=debug\nOTHER=1\n",
        "p/sub/app.env": "A=${WORD}${OTHER}\n",
    },
    "a folder of its own": {
        "p/compose.yaml": "include: [{path: sub/compose.yaml, project_directory: ../far}]\n",
        "p/sub/compose.yaml": APP,
        "p/sub/.env": "WORD=wrong\n",
        "far/.env": "WORD=info\n",
        "far/app.env": "A=1\n",
    },
    "env files that are named": {
        "p/compose.yaml": "include: [{path: sub/compose.yaml, env_file: [one.env, sub/two.env]}]\n",
        "p/one.env": "WORD=one\nFIRST=1\n",
        "p/sub/two.env": "WORD=two${FIRST}\n",
        "p/sub/.env": "WORD=wrong\n",
        "p/sub/compose.yaml": APP,
        "p/sub/app.env": "A=1\n",
    },
    "none at all": {
        "p/compose.yaml": "include: [{path: sub/compose.yaml, env_file: /dev/null}]\n",
        "p/sub/.env": "WORD=wrong\n",
        "p/sub/compose.yaml": APP,
        "p/sub/app.env": "A=1\n",
    },
    "several files, read from the folder of the first": {
        "p/compose.yaml": "include: [{path: [sub/compose.yaml, other/over.yaml]}]\n",
        "p/sub/.env": "WORD=debug\n",
        "p/other/.env": "WORD=wrong\n",
        "p/sub/compose.yaml": APP,
        "p/sub/app.env": "A=1\n",
        "p/sub/over.env": "B=1\n",
        "p/other/over.yaml": "services: {app: {env_file: [over.env], labels: {w: '${WORD}'}}}\n",
    },
    "named by a variable of an include": {
        "p/compose.yaml": "include: [sub/compose.yaml]\n",
        "p/sub/.env": "WHERE=deep\nWORD=debug\n",
        "p/sub/compose.yaml": "include: ['${WHERE}/compose.yaml']\n",
        "p/sub/deep/.env": "WORD=deep\nDEEP=1\n",
        "p/sub/deep/compose.yaml": APP.replace("none", "${DEEP}"),
        "p/sub/deep/app.env": "A=1\n",
    },
    "named by an alias": {
        "p/compose.yaml": "x-i: &i {path: sub/compose.yaml, env_file: one.env}\ninclude: [*i]\n",
        "p/one.env": "WORD=one\n",
        "p/sub/compose.yaml": APP,
        "p/sub/app.env": "A=1\n",
    },
    "what extends another file": {
        "p/compose.yaml": "include: [sub/compose.yaml]\n",
        "p/sub/.env": "WORD=debug\n",
        "p/sub/compose.yaml": "services: {app: {extends: {file: base/b.yaml, service: app}}}\n",
        "p/sub/base/.env": "WORD=wrong\n",
        "p/sub/base/b.yaml": APP,
        "p/sub/base/app.env": "A=1\n",
    },
    "a file read twice": {
        "p/compose.yaml": "include: [a/compose.yaml, b/compose.yaml]\n",
        "p/a/compose.yaml": "include: [{path: ../common.yaml, project_directory: .}]\nservices: {a: {image: 'a:1'}}\n",
        "p/b/compose.yaml": "services: {b: {image: 'b:${WORD:-none}', extends: {file: ../common.yaml, service: app}}}\n",
        "p/a/.env": "WORD=a\n",
        "p/b/.env": "WORD=b\n",
        "p/common.yaml": APP,
        "p/app.env": "A=1\n",
        "p/a/app.env": "A=2\n",
    },
    "an env file of values that span lines": {
        "p/compose.yaml": "include:\n  - PATH: sub/compose.yaml\n    Env_File: one.env\n",
        "p/one.env": "export WORD='a\nb'\n",
        "p/sub/compose.yaml": APP,
        "p/sub/app.env": "A=1\n",
    },
}


@pytest.mark.parametrize("name", PROJECTS)
def test_what_is_included_is_what_compose_renders(name: str, tmp_path: Path) -> None:
    for path, content in PROJECTS[name].items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    host = snapshot(Side("dev", tmp_path / "p"))["hosts"]["dev"]
    rendered = host["rendered"]
    assert rendered["state"] == "rendered"
    real = compose_oracle.model(PROJECTS[name], variables={}, directory="p")
    assert _without_folder(rendered["services"], str(tmp_path)) == real["services"]


def _without_folder(data: object, folder: str) -> object:
    if isinstance(data, dict):
        return {key: _without_folder(value, folder) for key, value in data.items()}
    if isinstance(data, list):
        return [_without_folder(value, folder) for value in data]
    return data.replace(folder, "") if isinstance(data, str) else data
