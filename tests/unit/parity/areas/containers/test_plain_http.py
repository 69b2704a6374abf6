"""Where visitors come into production without TLS, and what says that a proxy in front sees to it."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

WEB = {"image": "nginx:1.27.4", "restart": "always"}
APP = {"image": "example/shop:1", "restart": "always"}


def _port(published: str, target: int, address: str = "") -> dict[str, Any]:
    return {"target": target, "published": published, **({"host_ip": address} if address else {})}


def _found(services: dict[str, Any], dev: dict[str, Any] | None = None, **parts: Any) -> set[str]:
    found = audited(stack("dev", declared=dev or services), stack("prod", declared=services, **parts))
    return {one.service for one in found.values() if one.rule == "containers.no-tls"}


@pytest.mark.parametrize(
    ("service", "ports", "plain"),
    [
        (WEB, [_port("80", 80)], True),
        (WEB, [_port("8901", 8901)], True),  # a proxy on any port
        (APP, [_port("80", 4000)], True),
        (APP, [_port("8000", 80)], True),
        (APP, [_port("8000", 8000)], False),  # nobody knows what that is
        (WEB, [_port("80", 80, "127.0.0.1")], False),
        (WEB, [_port("80", 80), _port("443", 443)], False),
        ({**APP, "image": "adminer:4"}, [_port("8080", 80)], False),  # another finding
        ({**WEB, "image": "traefik:v3.3"}, [_port("8080", 8080)], False),  # its dashboard
    ],
)
def test_a_way_in_without_tls(service: dict[str, Any], ports: list[Any], plain: bool) -> None:
    assert _found({"web": {**service, "ports": ports}}) == ({"web"} if plain else set())


OPEN = {**WEB, "ports": [_port("80", 80)]}


@pytest.mark.parametrize(
    ("services", "plain"),
    [
        ({"web": OPEN, "tunnel": {"image": "cloudflare/cloudflared:2024.1.0"}}, False),
        ({"web": OPEN, "app": {**APP, "environment": {"APP_URL": "https://shop.example.org"}}}, False),
        ({"web": OPEN, "app": {**APP, "environment": {"APP_URL": "http://shop.example.org"}}}, True),
        ({"web": OPEN, "app": {**APP, "environment": {"PAYMENT_URL": "https://pay.example.org"}}}, True),
        ({"web": OPEN, "app": {**APP, "environment": {"TRUST_PROXY": "1"}}}, False),
        ({"web": OPEN, "app": {**APP, "environment": {"TRUST_PROXY": "false"}}}, True),
        ({"web": {**APP, "ports": [_port("8000", 80)], "labels": {"traefik.enable": "true"}}}, False),
    ],
)
def test_what_says_that_a_proxy_is_in_front_keeps_it_silent(services: dict[str, Any], plain: bool) -> None:
    assert ("web" in _found(services)) is plain


def test_a_network_of_another_stack_keeps_it_silent() -> None:
    services = {"web": {**OPEN, "networks": {"proxy": None}}}
    assert not _found(services, resources={"networks": {"proxy": {"name": "proxy", "external": True}}})
    assert _found(services, resources={"networks": {"proxy": {"name": "app_proxy"}}})


def test_development_may_be_plain() -> None:
    tls = {"web": {**WEB, "ports": [_port("443", 443)]}}
    assert not _found(tls, dev={"web": OPEN})
    found = audited(stack("dev", declared=tls), stack("prod", declared={"web": OPEN}))
    assert "as dev does" in found["containers.no-tls/web@prod"].cause
