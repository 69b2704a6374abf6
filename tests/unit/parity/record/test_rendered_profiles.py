"""Compose says which services are in use, and what it refuses because of what is hidden is not the host's fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import compose_oracle
import pytest
from files_only import COMPOSE, Side, audited, snapshot

from parity.record.render_compose import render

# By name: the compose file, the `.env`, the profiles in use, and the services of others.
PROJECTS: Mapping[str, tuple[str, str, Sequence[str], Sequence[str]]] = {
    "none in use": ("a: {image: 'a:1'}, b: {image: 'b:1', profiles: [x]}", "", [], ["b"]),
    "of the .env": ("a: {image: 'a:1'}, b: {image: 'b:1', profiles: [x]}", "COMPOSE_PROFILES=w, x\n", [], []),
    "named ones count instead": (
        "a: {image: 'a:1'}, b: {image: 'b:1', profiles: [x]}, c: {image: 'c:1', profiles: [y]}",
        "COMPOSE_PROFILES=x\n",
        ["y"],
        ["b"],
    ),
    "a needless service": (
        "a: {image: 'a:1', depends_on: {b: {condition: service_started, required: false}}},"
        " b: {image: 'b:1', profiles: [x]}",
        "",
        [],
        ["b"],
    ),
    "a fault of a service that is not in use": (
        "a: {image: 'a:1'}, b: {image: 'b:1', profiles: [x], networks: [gone]}",
        "",
        [],
        ["b"],
    ),
    "all others": ("a: {image: 'a:1', profiles: [x]}, b: {image: 'b:1', profiles: [y]}", "", [], ["a", "b"]),
}


def written(folder: Path, services: str, env: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "compose.yaml").write_text(f"services: {{{services}}}\n")
    (folder / ".env").write_text(env)
    return folder


def rendered(folder: Path, profiles: Sequence[str] = ()) -> dict[str, Any]:
    (host,) = snapshot(Side("dev", folder, profiles=profiles))["hosts"].values()
    return dict(host["rendered"])


@pytest.mark.parametrize("name", PROJECTS)
def test_services_in_use_are_those_of_compose(name: str, tmp_path: Path) -> None:
    services, env, profiles, inactive = PROJECTS[name]
    found = rendered(written(tmp_path / "p", services, env), profiles)
    files = {"p/compose.yaml": f"services: {{{services}}}\n", "p/.env": env}
    variables = {"COMPOSE_PROFILES": ",".join(profiles)} if profiles else {}
    real = compose_oracle.model(files, variables=variables, directory="p")
    assert (found["state"], found["problems"], found["inactive"]) == ("rendered", [], inactive)
    active = {one: declared for one, declared in found["services"].items() if one not in inactive}
    assert active == real["services"]


def test_a_service_that_needs_an_inactive_one_is_refused_as_compose_does(tmp_path: Path) -> None:
    services = "a: {image: 'a:1', depends_on: [b]}, b: {image: 'b:1', profiles: [x]}"
    folder = written(tmp_path / "p", services)
    assert [one["kind"] for one in rendered(folder)["problems"]] == ["refused"]
    assert rendered(folder, ["x"])["problems"] == []


# Values that are hidden, where Compose wants them of a form.
@pytest.mark.parametrize(
    ("service", "value"),
    [
        ("volumes: ['${WHERE}/d:/d']", "/opt/zq-xkcd-frobz-vlurb"),
        ("volumes: ['${WHERE}:/d']", "zq-xkcd-frobz-vlurb"),
        ("ports: ['${WHERE}:80']", "zq-xkcd-frobz-vlurb"),
    ],
)
def test_what_compose_refuses_of_hidden_values_is_unknown(service: str, value: str, tmp_path: Path) -> None:
    folder = written(tmp_path / "p", f"a: {{image: 'a:1', {service}}}", f"WHERE={value}\n")
    assert {one["kind"] for one in rendered(folder)["problems"]} == {"unknown"}
    other = written(tmp_path / "q", "a: {image: 'a:1', volumes: ['/srv/d:/d']}")
    found = audited([Side("dev", other), Side("prod", folder)])
    assert any("hidden" in one["why"] for one in found["unseen"])
    assert not [
        one["id"] for one in found["findings"] if one["rule"] in ("compose.refused", "containers.mounts-differ")
    ]


def test_an_included_file_that_was_not_sent_is_unknown() -> None:
    text = "include: [more.yaml]\nservices: {a: {image: 'a:1', env_file: [far.env]}}\n"
    files = {"/p/compose.yaml": {"roles": ["compose"], "text": text, "problem": None, "missing": False}}
    project = {
        "state": "seen",
        "directory": "/p",
        "compose_files": ["/p/compose.yaml"],
        "env_files": [],
        "files": files,
    }
    found = render(project, "", [], COMPOSE)
    assert found["state"] == "failed"
    assert {(one["kind"], one["path"]) for one in found["problems"]} == {
        ("unknown", "/p/more.yaml"),
        ("unknown", "/p/far.env"),
    }


# What redacting could change of what Compose makes of the rest: a hidden piece that is swept for, a name that grows.
@pytest.mark.parametrize(
    ("services", "env", "values"),
    [
        (
            "\n  zq-tools: {image: 'a:1', build: {context: ., args: ['BASED=zq-tools:${V}']}},\n  my-zq-tools: {image: 'b:1'}",
            "V=1\n",
            {},
        ),
        (
            "a: {image: 'a:1', environment: {ONE: '$STEM/zq-frobz-vlurb', TWO: 'x$STEM'}}",
            "STEM=/srv\n",
            {"TWO": "x/srv"},
        ),
        ("web-zq: {image: 'a:1', environment: {PASSWORD: web-zq}}", "", {}),
        ("a: {image: 'a:1', volumes: ['${CONFIG}/web:/c']}", "CONFIG=~/.jitsi-meet-cfg\n", {}),
    ],
)
def test_hiding_changes_nothing_but_what_is_hidden(
    services: str, env: str, values: Mapping[str, str], tmp_path: Path
) -> None:
    found = rendered(written(tmp_path / "p", services, env))
    assert (found["state"], found["problems"]) == ("rendered", [])
    assert not [name for name in found["services"] if "parity-" in name]
    environment = found["services"].get("a", {}).get("environment", {})
    assert {name: environment[name] for name in values} == values
    if "ONE" in environment:
        assert environment["ONE"].startswith("/srvparity-hidden-")
