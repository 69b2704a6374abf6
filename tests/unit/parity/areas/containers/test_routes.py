"""Routes in labels: a router, a service or a middleware of another name is no lost route; a lost protection is a finding."""

from __future__ import annotations

import pytest
from stacks import audited, stack

RULE = "containers.label-differs"
ENABLED = {"traefik.enable": "true"}


def _router(name: str, **options: str) -> dict[str, str]:
    return {f"traefik.http.routers.{name}.{option}": value for option, value in options.items()} | ENABLED


def _loud(dev: dict[str, str], prod: dict[str, str], more: dict[str, str] | None = None) -> set[str]:
    sides = []
    for environment, labels in (("dev", dev), ("prod", prod)):
        services = {"app": {"image": "example/app:1", "restart": "always", "labels": labels}}
        if more:
            services["proxy"] = {"image": "traefik:v3.3", "restart": "always", "labels": more}
        sides.append(stack(environment, declared=services))
    found = audited(*sides).values()
    return {one.item for one in found if one.rule == RULE and one.status == "open" and one.severity.word != "low"}


HOST = "Host(`app.localhost`)"
PROD_HOST = "Host(`app.example.org`) || Host(`www.example.org`)"
HIDDEN = "parity-secret-{}-len8to15-none"
AUTH = {"traefik.http.middlewares.auth.basicauth.users": HIDDEN.format("a" * 32)}
PREFIX = {"traefik.http.middlewares.strip.stripprefix.prefixes": "/app"}
SITE = {"caddy": "app.localhost", "caddy.reverse_proxy": "{{upstreams 80}}"}

QUIET = {
    "another router's name": (_router("app", rule=HOST, tls="true"), _router("shop-app", rule=PROD_HOST, tls="true")),
    "a certificate resolver turns TLS on": (
        _router("app", rule=HOST, tls="true"),
        _router("shop-app", rule=PROD_HOST, **{"tls.certresolver": "le"}),
    ),
    "another service's name": (
        _router("app", rule=HOST, service="app") | {"traefik.http.services.app.loadbalancer.server.port": "80"},
        _router("app", rule=HOST, service="web") | {"traefik.http.services.web.loadbalancer.server.port": "80"},
    ),
    "another middleware's name": (
        _router("app", rule=HOST, middlewares="auth") | AUTH,
        _router("app", rule=HOST, middlewares="shop-auth@docker")
        | {"traefik.http.middlewares.shop-auth.basicauth.users": HIDDEN.format("b" * 32)},
    ),
    "no service named": (_router("app", rule=HOST, service="app", priority="5"), _router("web", rule=HOST)),
    "one route over HTTP less": (
        _router("app", rule=HOST, tls="true") | _router("app-http", rule=HOST, entrypoints="web"),
        _router("site", rule=PROD_HOST, tls="true"),
    ),
    "routes by paths in production": (
        _router("app", rule=HOST, tls="true"),
        _router("one", rule="Host(`e.org`) && PathPrefix(`/api`)", tls="true")
        | _router("two", rule="Host(`e.org`) && PathPrefix(`/v2`)", tls="true", middlewares="strip")
        | PREFIX,
    ),
    "production is protected": (_router("app", rule=HOST), _router("web", rule=HOST, middlewares="auth") | AUTH),
    "HTTPS alone in production": (
        _router("app", rule=HOST, entrypoints="web,websecure"),
        _router("app", rule=HOST, entrypoints="websecure"),
    ),
    "another host": (_router("app", rule=HOST), _router("app", rule=PROD_HOST)),
    "numbered Caddy sites": (
        SITE,
        {"caddy_1": "example.org", "caddy_1.0_reverse_proxy": "{{upstreams 80}}"},
    ),
}
LOUD = {
    "authentication lost under another name": (
        _router("app", rule=HOST, middlewares="auth") | AUTH,
        _router("shop-app", rule=PROD_HOST),
        "traefik.http.routers.app.middlewares",
    ),
    "a middleware that protects nothing": (
        _router("app", rule=HOST, middlewares="auth") | AUTH,
        _router("app", rule=HOST, middlewares="strip") | PREFIX,
        "traefik.http.routers.app.middlewares",
    ),
    "TLS lost under another name": (
        _router("app", rule=HOST, tls="true"),
        _router("shop-app", rule=PROD_HOST),
        "traefik.http.routers.app.tls",
    ),
    "another entry point, without TLS": (
        _router("app", rule=HOST, entrypoints="websecure"),
        _router("web", rule=HOST, entrypoints="web"),
        "traefik.http.routers.app.entrypoints",
    ),
    "no host in production": (
        _router("app", rule="Host(`app.localhost`) && PathPrefix(`/a`)"),
        _router("web", rule="PathPrefix(`/a`)"),
        "traefik.http.routers.app.rule",
    ),
    "a route of development only": (
        _router("app", rule=HOST) | _router("status", rule="Host(`app.localhost`) && Path(`/status`)"),
        _router("app", rule=PROD_HOST),
        "traefik.http.routers.status.rule",
    ),
    "a Caddy directive": (
        SITE | {"caddy.basicauth": "", "caddy.basicauth.admin": "hash"},
        {"caddy_1": "example.org", "caddy_1.reverse_proxy": "{{upstreams 80}}"},
        "caddy.basicauth",
    ),
}


@pytest.mark.parametrize("case", QUIET)
def test_a_route_under_another_name_is_no_lost_route(case: str) -> None:
    dev, prod = QUIET[case]
    assert _loud(dev, prod) == set()


@pytest.mark.parametrize("case", LOUD)
def test_a_lost_protection_is_found_whatever_the_router_is_called(case: str) -> None:
    dev, prod, item = LOUD[case]
    assert item in _loud(dev, prod)


def test_a_middleware_may_be_defined_by_another_service() -> None:
    dev, prod = (_router(name, rule=HOST, middlewares=by) for name, by in (("app", "auth"), ("web", "auth@docker")))
    assert _loud(dev, prod, AUTH) == set()


@pytest.mark.parametrize(
    ("label", "value", "severity"),
    [
        ("ofelia.job-exec.backup.schedule", "@daily", "medium"),
        ("docker-volume-backup.stop-during-backup", "true", "medium"),
        ("stack-back.volumes", "true", "medium"),
        ("com.centurylinklabs.watchtower.enable", "true", "low"),
        ("diun.enable", "true", "low"),
        ("autoheal", "true", "low"),
        ("prometheus.io/scrape", "true", "low"),
        ("org.example.owner", "shop", ""),
    ],
)
def test_a_label_of_another_program_may_be_the_only_one(label: str, value: str, severity: str) -> None:
    sides = [
        stack(environment, declared={"app": {"image": "example/app:1", "restart": "always", "labels": labels}})
        for environment, labels in (("dev", {label: value}), ("prod", {}))
    ]
    found = [one.severity.word for one in audited(*sides).values() if one.rule == RULE and one.status == "open"]
    assert found == [severity] * bool(severity)


def test_a_label_that_only_production_has_is_expected() -> None:
    labels = {"ofelia.job-exec.backup.schedule": "@daily"}
    app = {"image": "example/app:1", "restart": "always"}
    found = audited(stack("dev", declared={"app": app}), stack("prod", declared={"app": {**app, "labels": labels}}))
    assert not [one for one in found.values() if one.rule == RULE and one.status == "open"]
