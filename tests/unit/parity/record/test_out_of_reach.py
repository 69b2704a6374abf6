"""No file of this machine gets into what a host's files are rendered to: by the first line of defence, and by both."""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_oracle import COMPOSE, LONG
from hostile_projects import HOME, STOLEN, Canaries, Mutator, canaries, project, seeds

from parity.judge.audit import Settings, audit, completed
from parity.judge.knowledge import Knowledge, load
from parity.record import run_compose
from parity.record.compose_files import ProjectFiles
from parity.record.render_compose import render
from parity.report import write

# In all 5,000.
MUTANTS = 250
BATCHES = [0, *(pytest.param(batch, marks=pytest.mark.long_run) for batch in range(1, 20))]
RENDERED = 75 if LONG else 6
NULLS = ("", "~", "null", "Null", "NULL")


@pytest.fixture
def stolen(tmp_path: Path) -> Canaries:
    return canaries(tmp_path)


@pytest.fixture
def unconfined(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The kernel refuses nothing."""
    runner = tmp_path / "unconfined.py"
    runner.write_text("import os, sys\nos.execv(sys.argv[2], sys.argv[2:])\n")
    monkeypatch.setattr(run_compose, "_CONFINE", str(runner))


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return load()


def service(text: str) -> str:
    return f"services:\n  api:\n    image: app:1\n    {text}\n"


# Texts of the main file; ENV, COMPOSE and BROKEN are files of this machine, LINK a symbolic link, FOLDER has a .env.
MAIN_FILES: dict[str, str] = {
    "byte order mark and another quote": seeds()[1]["files"][f"{HOME}/c.yml"]["text"].replace("CANARY", "ENV"),
    "absolute": service("env_file: ENV"),
    "climbing": service("env_file: ../../../../../../../../../../ENV"),
    "from home": service("env_file: ~/../../../../../../ENV"),
    "anchor": service("env_file: &a ENV"),
    "tag": service("env_file: !!str ENV"),
    "own tag": service("env_file: !x ENV"),
    "override": service("env_file: !override [ENV]"),
    "default": service("env_file: ${NOPE:-ENV}"),
    "long form": service("env_file: [{path: ENV, required: false}]"),
    "raw": service("env_file: [{path: BROKEN, format: raw}]"),
    "not an env file": service("env_file: BROKEN"),
    "label file": service("label_file: ENV"),
    "merged": f"x-a: &a {{env_file: ENV}}\n{service('<<: *a')}",
    "merged list": f"x-a: &a {{env_file: ENV}}\n{service('<<: [*a, {user: root}]')}",
    "alias": f"x-a: &a [ENV]\n{service('env_file: *a')}",
    "services merged": "x-s: &s\n  api: {image: app:1, env_file: ENV}\nservices:\n  <<: *s\n",
    "document merged": "<<: {services: {api: {image: app:1, env_file: ENV}}}\n",
    "escaped key": service('"\\x65nv_file": ENV'),
    "binary key": service("!!binary ZW52X2ZpbGU=: ENV"),
    "binary value": service("env_file: !!binary BASE64"),
    "explicit key": service("? env_file\n    : ENV"),
    "second document": service("user: '1'") + "---\n" + service("env_file: ENV"),
    "include": "include: [COMPOSE]\n",
    "include, broken": "include: [BROKEN]\n",
    "include, long": "include: [{path: COMPOSE}]\n",
    "include, list": "include: [{path: [COMPOSE, COMPOSE]}]\n",
    "include, capitals": "include: [{Path: COMPOSE}]\n",
    "include, merged": "include: [{<<: {path: COMPOSE}}]\n",
    "include, binary key": "include: [{!!binary cGF0aA==: COMPOSE}]\n",
    "include, itself binary": "!!binary aW5jbHVkZQ==: [COMPOSE]\n",
    "include, env file": "include: [{path: inc.yml, env_file: ENV}]\n",
    "include, env file in capitals": "include: [{path: inc.yml, ENV_FILE: [ENV]}]\n",
    "include, directory with a .env": "include: [{path: inc.yml, project_directory: FOLDER}]\n",
    "extends": service("extends: {file: COMPOSE, service: loot}"),
    "extends, merged": service("extends: {service: loot, <<: {file: COMPOSE}}"),
    "a file of another role": service("extends: {file: t.yml, service: base}"),
    "a file of another role, included": "include: [t.yml]\n",
    "symbolic link": service("develop: {watch: [{path: LINK, action: rebuild}]}"),
    "folder of the process": service("env_file: /proc/self/cwd/ENV"),
}


@pytest.mark.usefixtures("unconfined")
@pytest.mark.parametrize("main", MAIN_FILES.values(), ids=MAIN_FILES)
def test_no_compose_file_opens_a_file_of_this_machine(main: str, stolen: Canaries, tmp_path: Path):
    files = {
        "c.yml": ("compose", main),
        "inc.yml": ("include", "services: {inc: {image: 'x:${LOOT:-none}'}}\n"),
        "t.yml": ("template", "services: {base: {image: x, env_file: ENV}}\n"),
    }
    assert STOLEN not in str(render(filled(project(files), stolen, tmp_path), "x", [], COMPOSE))


@pytest.mark.usefixtures("unconfined")
@pytest.mark.parametrize(
    ("roles", "compose", "env"),
    [
        (["env_file"], ["c.yml"], [".env"]),
        ([], ["c.yml"], [".env"]),
        (["template"], ["c.yml"], [".env"]),
        (["compose"], [], [".env"]),
        (["compose"], ["COMPOSE"], [".env"]),
        (["compose"], ["c.yml"], ["ENV"]),
        (["compose"], ["COMPOSE"], ["COMPOSE", "BROKEN"]),
    ],
)
def test_what_a_host_claims_decides_nothing(roles, compose, env, stolen: Canaries, tmp_path: Path):
    own = f"COMPOSE_FILE={stolen.compose}\nCOMPOSE_ENV_FILES={stolen.env}\nDOCKER_CONFIG={tmp_path}\n"
    facts = project({"c.yml": ("", service(f"env_file: {stolen.env}")), ".env": ("", own)}, ())
    facts["files"][f"{HOME}/c.yml"]["roles"] = roles
    paths = {"ENV": stolen.env, "COMPOSE": stolen.compose, "BROKEN": stolen.broken}
    facts["compose_files"] = [paths.get(name, f"{HOME}/{name}") for name in compose]
    facts["env_files"] = [paths.get(name, f"{HOME}/{name}") for name in env]
    assert STOLEN not in str(render(facts, "x", [], COMPOSE))


def test_without_a_compose_file_nothing_is_run():
    facts = project({".env": ("project", "COMPOSE_FILE=/etc/passwd\n")}, ())
    found = render(facts, "x", [], "/nowhere/docker-compose")
    assert found["state"] == "failed"
    assert [problem["message"] for problem in found["problems"]] == [
        "no Compose file is known, so nothing is rendered; set parity_compose_files"
    ]


@pytest.mark.usefixtures("unconfined")
def test_two_records_that_are_one_file_on_some_systems_stay_two():
    facts = project({"c.yml": ("compose", service("user: '1'")), "C.YML": ("env_file", service("env_file: /x"))})
    assert render(facts, "x", [], COMPOSE)["state"] == "rendered"


@pytest.mark.usefixtures("unconfined")
def test_a_record_below_another_costs_nobody_anything():
    facts = project({"c.yml": ("compose", service("env_file: a.env")), "a.env": ("env_file", "A=1\n")})
    facts["files"][f"{HOME}/a.env/deeper"] = {"roles": ["env_file"], "text": "B=2\n"}
    facts["files"][f"{HOME}/c.yml/deeper"] = {"roles": ["compose"], "text": "B=2\n"}
    assert render(facts, "x", [], COMPOSE)["services"]["api"]["environment"] == {"A": "1"}


def test_the_kernel_refuses_what_a_compose_file_would_open(stolen: Canaries, tmp_path: Path):
    """The second line alone: Compose is given a file that names one of this machine, as if the first had failed."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "c.yml").write_text(service(f"env_file: {stolen.env}"))
    compose = run_compose.Compose(COMPOSE, folder, folder)
    answer = compose.config(str(folder), ["--file", str(folder / "c.yml")], [])
    assert STOLEN not in answer.output
    assert answer.errors.strip().endswith(f"{stolen.env}: permission denied")


@pytest.mark.parametrize("batch", BATCHES)
def test_mutated_answers_of_hosts(
    batch: int, stolen: Canaries, tmp_path: Path, known: Knowledge, capsys: pytest.CaptureFixture[str]
):
    """All mutants are decided by what was written for Compose; some of them it renders, and one or two are reported."""
    mutator = Mutator(batch, stolen)
    started, decided, rendered, good = time.monotonic(), 0, 0, 0
    for number in range(MUTANTS):
        seed = json.dumps(seeds()[number % 4 == 3]).replace("CANARY", stolen.env)
        mutant = mutator.mutant(json.loads(seed))
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            files = ProjectFiles(Path(folder), mutant)
            if files.broken:
                continue
            assert opened_outside(files, folder) == [], number
        decided += 1
        if decided * RENDERED // MUTANTS > rendered:
            found = render(mutant, "x", [], COMPOSE)
            assert STOLEN not in str(found), number
            if rendered % 30 == 0:
                assert STOLEN not in reported(mutant, found, known), number
            rendered += 1
            good += found["state"] != "failed"
    with capsys.disabled():
        took = time.monotonic() - started
        print(
            f" {MUTANTS} mutants: {decided} cannot be recreated on the controller, {rendered} by Compose ({good} taken), {took:.0f} s ",
            end="",
        )
    assert decided > MUTANTS / 2


def reported(facts: dict[str, Any], rendered: dict[str, Any], known: Knowledge) -> str:
    host = {"state": "seen", "engine": {"state": "absent"}, "project": facts, "rendered": rendered}
    sides = [{"schema": 1, "environment": name, "hosts": {"h": host}} for name in ("dev", "prod")]
    return str(write.render(completed(audit(sides, known, Settings(), "2026-11-30T00:00:00Z", "0"))))


def filled(data: Any, stolen: Canaries, folder: Path) -> Any:
    """Return data with the placeholders of this machine's files put in."""
    link = folder / "link"
    if not link.is_symlink():
        link.symlink_to(folder / STOLEN)
        (folder / STOLEN).touch()
        shutil.copy(stolen.env, folder / ".env")
    if isinstance(data, str):
        words = {"ENV": stolen.env, "COMPOSE": stolen.compose, "BROKEN": stolen.broken}
        words |= {"LINK": str(link), "FOLDER": str(folder), "BASE64": base64.b64encode(stolen.env.encode()).decode()}
        for word, value in words.items():
            data = data if "ENV_FILE" in data and word == "ENV" else data.replace(word, value)
        return data.replace("[ENV]", f"[{stolen.env}]")
    if isinstance(data, list):
        return [filled(item, stolen, folder) for item in data]
    if isinstance(data, dict):
        return {key: filled(value, stolen, folder) for key, value in data.items()}
    return data


def opened_outside(files: ProjectFiles, root: str) -> list[str]:
    """Return the paths outside of `root` that Compose would open."""
    named: list[Any] = [*files.compose_files, *files.env_files, files.directory]
    for written in Path(root).rglob("*.yml"):
        if written.is_file():
            for document in yaml.load_all(written.read_text(encoding="utf-8"), yaml.CBaseLoader):
                named += opened(document)
    return [str(path) for path in named if not str(path).startswith((root, "/dev/null"))]


def opened(document: Any) -> list[Any]:
    """Return what Compose opens for a document, however its keys are merged."""
    found: list[Any] = []
    for key, value in items(document):
        if key == "include":
            found += scalars(value)
        elif key == "services":
            for _, one in items(value):
                found += [path for name, setting in items(one) for path in opened_by_service(name, setting)]
    return [path for path in found if path not in NULLS]


def opened_by_service(name: str, setting: Any) -> list[Any]:
    if name in ("env_file", "label_file"):
        return scalars(setting, without=("required", "format"))
    if name == "extends":
        return scalars(setting, without=("service",)) if isinstance(setting, dict) else []
    if name == "develop":
        watched = listed(dict(items(setting)).get("watch"))
        return [path for part in watched for key, value in items(part) if key == "path" for path in scalars(value)]
    return []


def items(data: Any) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in data.items() if isinstance(data, dict) else ():
        found += [pair for one in listed(value) for pair in items(one)] if key == "<<" else [(str(key), value)]
    return found


def listed(data: Any) -> list[Any]:
    return data if isinstance(data, list) else [data]


def scalars(data: Any, without: tuple[str, ...] = ()) -> list[Any]:
    if isinstance(data, list):
        return [path for item in data for path in scalars(item, without)]
    if isinstance(data, dict):
        return [path for key, value in items(data) if key not in without for path in scalars(value, without)]
    return [data]
