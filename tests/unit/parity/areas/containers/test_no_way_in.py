"""Production to which no port, no network and no tunnel leads, and what may lead there all the same."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

WEB = {"image": "example/shop:1.2", "restart": "always"}
PORT = [{"target": 3000, "published": "3000"}]
MEDIA = [{"target": 7881, "published": "7881"}]


def told(prod: dict[str, Any], dev: dict[str, Any] | None = None, **more: Any) -> bool:
    sides = (stack("dev", declared=dev or {"web": {**WEB, "ports": PORT}}), stack("prod", declared=prod, **more))
    return "containers.nothing-published@prod" in audited(*sides)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, True),
        ({"ports": PORT}, False),
        ({"ports": [{"target": 3000, "published": "3000", "host_ip": "127.0.0.1"}]}, False),  # for a proxy of the host
        ({"network_mode": "host"}, False),
        ({"environment": {"VIRTUAL_HOST": "shop.example.org"}}, False),
    ],
)
def test_what_visitors_come_in_by(said: dict[str, Any], found: bool) -> None:
    assert told({"web": {**WEB, **said}}) is found


@pytest.mark.parametrize(
    ("services", "found"),
    [
        ({"web": WEB, "proxy": {"image": "traefik:3.1", "restart": "always", "ports": PORT}}, False),
        ({"web": WEB, "tunnel": {"image": "cloudflare/cloudflared:2024.1.0", "restart": "always"}}, False),
        (
            {"web": WEB, "media": {**WEB, "image": "example/media:1", "ports": MEDIA}},
            False,
        ),  # new: nobody knows of what
        ({"web": {**WEB, "ports": MEDIA}}, False),
    ],
)
def test_another_service_may_be_the_way_in(services: dict[str, Any], found: bool) -> None:
    assert told(services) is found


@pytest.mark.parametrize(
    ("name", "ports", "found"),
    [
        ("web", PORT, True),
        ("api", PORT, False),  # a proxy that is not seen may call it
        ("web", [{**PORT[0], "host_ip": "127.0.0.1"}], False),
        ("web", [{"target": 2358, "published": "2358"}], False),
    ],
)
def test_development_publishes_what_visitors_come_to(name: str, ports: list[dict[str, str]], found: bool) -> None:
    assert told({name: WEB}, {name: {**WEB, "ports": ports}}) is found


def test_media_that_is_published_everywhere_is_no_way_in() -> None:
    media = {"image": "example/media:1", "restart": "always", "ports": MEDIA}
    dev = {"web": {**WEB, "ports": PORT}, "media": media}
    assert told({"web": WEB, "media": media}, dev)


def test_a_network_of_another_stack_is_a_way_in() -> None:
    networks = {"networks": {"front": {"name": "front", "external": True}}}
    assert not told({"web": {**WEB, "networks": {"front": None}}}, resources=networks)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"labels": {"traefik.http.routers.web.rule": "Host(`shop.example.org`)"}}, True),
        ({"expose": ["8080"]}, False),  # a proxy that is not seen may call it
        ({}, False),  # it may be a worker
    ],
)
def test_a_service_says_that_it_serves_the_web(said: dict[str, Any], found: bool) -> None:
    assert told({"web": {**WEB, **said}}, {"web": WEB}) is found
