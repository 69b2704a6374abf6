"""Which service of one environment is which of another, and how many of them are compared to find it."""

from __future__ import annotations

from typing import Any

import pytest

from parity.compare import match_services as matching
from parity.compare.match_services import match_services
from parity.domain.stack import Declared, Port, Service, ServiceConfig, Stack

Side = dict[str, dict[str, Any]]


def _service(name: str, said: dict[str, Any]) -> Service:
    config = ServiceConfig(
        image=said.get("image", ""),
        environment=dict.fromkeys(said.get("environment", ()), "1"),
        ports=tuple(Port(port, "", "1") for port in said.get("ports", ())),
        memory=0,
        cpus=0.0,
        networks={},
        mounts=(),
        restart="always",
        command=tuple(said["command"].split()) if "command" in said else None,
        healthcheck=None,
    )
    raw = {key: said[key] for key in ("build", "image", "labels") if key in said}
    return Service(name, Declared("h", True, "build" in said, 1, config, raw))


def _stack(environment: str, services: Side) -> Stack:
    made = {name: _service(name, said) for name, said in services.items()}
    folder = f"/srv/{environment}"
    return Stack(environment, environment == "prod", "one", "", made, directory=folder)


def _renamed(*sides: Side, renames: dict[str, str] | None = None) -> set[tuple[str, ...]]:
    stacks = [_stack(environment, side) for environment, side in zip(("dev", "prod", "stage"), sides, strict=False)]
    found = match_services(stacks, renames or {})
    assert sum(len(match.members) for match in found) == sum(map(len, sides))
    return {tuple(one.name for one in match.members.values()) for match in found if match.renamed}


DJANGO = {"image": "example/shop:1", "environment": ["DATABASE_URL", "SECRET_KEY"]}
WEB = {**DJANGO, "command": "gunicorn shop", "ports": ["8000/tcp"]}
WORKER = {**DJANGO, "command": "celery -A shop worker"}
BEAT = {**DJANGO, "command": "celery -A shop beat"}
POSTGRES = {"image": "postgres:16", "environment": ["POSTGRES_DB", "POSTGRES_PASSWORD"]}
NGINX = {"image": "nginx:1.27", "ports": ["80/tcp"]}

PAIRED = {
    "a proxy": ({"proxy": NGINX}, {"nginx": {**NGINX, "ports": ["80/tcp", "443/tcp"]}}, {("proxy", "nginx")}),
    "a proxy that is built": (
        {"proxy": NGINX},
        {"nginx": {"build": {"context": "/srv/prod/nginx"}, "ports": ["80/tcp"]}},
        {("proxy", "nginx")},
    ),
    "a database": ({"db": POSTGRES}, {"postgres": POSTGRES}, {("db", "postgres")}),
    "the application's own word": (
        {"shop-db": POSTGRES, "shop-web": WEB, "shop-proxy": NGINX},
        {"db": POSTGRES, "shop-web": WEB, "shop-proxy": NGINX},
        {("shop-db", "db")},
    ),
    "one app, split": (
        {"app": {**DJANGO, "command": "manage.py runserver", "ports": ["8000/tcp"]}},
        {"web": WEB, "worker": WORKER},
        {("app", "web")},
    ),
    "an app of another Dockerfile": (
        {"app": {"build": {"context": "/srv/dev", "dockerfile": "Dockerfile.dev"}, "ports": ["8000/tcp"]}},
        {"web": {"build": {"context": "/srv/prod", "dockerfile": "Dockerfile.prod"}, "ports": ["8000/tcp"]}},
        {("app", "web")},
    ),
    "built here, pulled there": (
        {"app": {**WEB, "build": {"context": "/srv/dev"}}},
        {"server": WEB},
        {("app", "server")},
    ),
    "workers by their commands": (
        {"web": WEB, "tasks": WORKER, "timer": BEAT},
        {"web": WEB, "celery": WORKER, "beat": BEAT},
        {("tasks", "celery"), ("timer", "beat")},
    ),
    "a plural, and the application's word": (
        {
            "api": WEB,
            "api-pdfs-worker": {**DJANGO, "command": "bash -c bundle install && ./start.pdfs.worker.sh"},
            "api-mails-worker": {**DJANGO, "command": "bash -c bundle install && ./start.mails.worker.sh"},
        },
        {
            "api": WEB,
            "pdf-worker": {**DJANGO, "command": "./start.pdf.worker.sh"},
            "mail-worker": {**DJANGO, "command": "./start.mail.worker.sh"},
        },
        {("api-pdfs-worker", "pdf-worker"), ("api-mails-worker", "mail-worker")},
    ),
    "all under the application's word": (
        {"web": {"build": {"context": "/srv/dev"}}, "db": POSTGRES},
        {"myapp-web": {"image": "registry.example/team/site:1"}, "myapp-db": POSTGRES},
        {("web", "myapp-web"), ("db", "myapp-db")},
    ),
    "a database and its program": ({"db": POSTGRES}, {"postgres-db": POSTGRES}, {("db", "postgres-db")}),
    "built here, pulled there by another name": (
        {"billing": {**DJANGO, "image": "", "build": {"context": "/srv/dev/pay"}, "ports": ["8000/tcp"]}},
        {"billing-service": {**DJANGO, "image": "example/payments:1", "ports": ["8000/tcp"]}},
        {("billing", "billing-service")},
    ),
    "a front end that is built here": (
        {"api": WEB, "frontend": {"build": {"context": "/srv/dev/front"}, "ports": ["3000/tcp"]}},
        {"api": WEB, "ui": {"image": "example/site:1", "ports": ["3000/tcp"]}},
        {("frontend", "ui")},
    ),
}
APART = {
    "another application's database": ({"db": POSTGRES}, {"keycloak-db": POSTGRES}),
    "a worker and a scheduler": ({"web": WEB, "worker": WORKER}, {"web": WEB, "beat": BEAT}),
    "what only one side has once": ({"web": WEB, "worker": WORKER}, {"beat": BEAT}),
    "two that are as likely": (
        {"cache": {"image": "redis:7"}},
        {"redis": {"image": "redis:7"}, "queue": {"image": "redis:7"}},
    ),
    "built elsewhere": (
        {"admin": {"build": {"context": "/srv/dev/admin"}}},
        {"docs": {"build": {"context": "/srv/prod/docs"}}},
    ),
    "nothing but an empty configuration": ({"one": {"image": "example/a"}}, {"two": {"image": "example/b"}}),
    "a replica": ({"db": POSTGRES}, {"db": POSTGRES, "db-replica": POSTGRES}),
    "frontends of different programs": ({"web": WEB}, {"proxy": NGINX}),
    "workers for different tasks": (
        {"web": WEB, "mail-worker": {**DJANGO, "command": "celery -A shop worker -Q mail"}},
        {"web": WEB, "reports-worker": {**DJANGO, "command": "celery -A shop worker -Q reports"}},
    ),
    "a program and its worker": (
        {"analytics": {"build": {"context": "/srv/dev/analytics"}, "environment": ["DATABASE_URL"]}},
        {"analytics-worker": {"image": "example/analytics:1", "environment": ["DATABASE_URL"]}},
    ),
    "a front end and a back end": (
        {"frontend": {"build": {"context": "/srv/dev/front"}, "ports": ["3000/tcp"]}},
        {"backend": {"image": "example/site:1", "ports": ["3000/tcp"]}},
    ),
    "one role on another port": (
        {"frontend": {"build": {"context": "/srv/dev/front"}, "ports": ["3000/tcp"]}},
        {"web": {"image": "example/site:1", "ports": ["9000/tcp"]}},
    ),
    "a cache and a queue of one application": (
        {"shop-cache": {"image": "redis:7"}, "shop-web": WEB, "shop-db": POSTGRES},
        {"shop-queue-store": {"image": "redis:7"}, "shop-web": WEB, "shop-db": POSTGRES},
    ),
    "a mail server and a worker for mail": (
        {"mail": {"image": "example/smtp:1", "ports": ["25/tcp"]}},
        {"worker-mail": WORKER, "worker-reports": WORKER, "worker": WORKER},
    ),
}


@pytest.mark.parametrize("kind", PAIRED)
def test_renamed_services_are_paired(kind: str) -> None:
    dev, prod, expected = PAIRED[kind]
    assert _renamed(dev, prod) == expected
    assert _renamed(prod, dev) == {pair[::-1] for pair in expected}


@pytest.mark.parametrize("kind", APART)
def test_different_services_are_not(kind: str) -> None:
    dev, prod = APART[kind]
    assert _renamed(dev, prod) == set()
    assert _renamed(prod, dev) == set()


def test_three_environments_are_matched_and_declared_names_count_first() -> None:
    assert _renamed({"proxy": NGINX}, {"nginx": NGINX}, {"gateway": NGINX}) == {("proxy", "nginx", "gateway")}
    declared = {"mailer": "post"}
    assert _renamed({"mailer": NGINX}, {"post": WEB}, renames=declared) == {("mailer", "post")}


@pytest.mark.parametrize("alike", [True, False], ids=["one image", "own images"])
def test_few_services_are_compared_however_many_were_renamed(alike: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def side(prefix: str, count: int) -> Side:
        image = "example/shop" if alike else "example/shop{}"
        return {
            f"{prefix}{number}": {
                "image": image.format(number),
                "command": f"run task{number}",
                "environment": ["A", f"B{number}"],
                "ports": [f"{8000 + number}/tcp"],
            }
            for number in range(count)
        }

    compared: list[int] = []
    counted: dict[int, int] = {}
    real = matching.likeness
    monkeypatch.setattr(matching, "likeness", lambda one, other: compared.append(1) or real(one, other))
    for count in (50, 400):
        compared.clear()
        assert len(_renamed(side("old", count), side("new", count))) == count
        counted[count] = len(compared)
    assert counted[400] <= 9 * counted[50] <= 9 * 50 * 8


def test_a_service_of_staging_on_the_host_of_production_is_matched_last():
    guest, own = {"db-staging": POSTGRES}, {"db-production": POSTGRES}
    assert _renamed({"db": POSTGRES}, {**guest, **own}) == {("db", "db-production")}
    assert _renamed({"db": POSTGRES}, guest) == {("db", "db-staging")}


def test_a_port_of_a_proxys_label_tells_a_service_as_one_that_is_published_does():
    built = {"build": {"context": "/srv/dev"}, "environment": ["DB_URI"], "ports": ["5005/tcp"]}
    pulled = {"image": "example/backend:1", "environment": ["DB_URI", "MAIL_HOST", "CAPTCHA"]}
    label = {"traefik.http.services.backend.loadbalancer.server.port": "5005"}
    other = {"traefik.http.services.backend.loadbalancer.server.port": "6006"}
    assert _renamed({"api-server": built}, {"backend": {**pulled, "labels": label}}) == {("api-server", "backend")}
    assert _renamed({"api-server": built}, {"backend": {**pulled, "labels": other}}) == set()
