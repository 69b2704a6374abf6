"""What each environment has of its own inside of a longer text, under another name, or not at all because it is off."""

from __future__ import annotations

import pytest
from stacks import audited, stack

APP = {"image": "example/app:1", "restart": "always"}


def between(dev: dict[str, str], prod: dict[str, str]) -> dict[str, str]:
    sides = (stack(one, declared={"app": {**APP, "environment": held}}) for one, held in (("dev", dev), ("prod", prod)))
    return {name: one.status for name, one in audited(*sides).items()}


@pytest.mark.parametrize(
    ("dev", "prod", "status"),
    [
        ("-Xmx1G -DBASE=http://localhost:8080/pdf", "-Xmx1G -DBASE=https://maps.example.org/pdf", "expected"),
        ("-Xmx1G -DBASE=http://localhost:8080/pdf", "-Xmx4G -DBASE=https://maps.example.org/pdf", "open"),
        ("-Xmx1G -DBASE=http://localhost:8080/pdf", "-Xmx1G -DBASE=https://maps.example.org/html", "open"),
    ],
)
def test_an_own_address_inside_of_options(dev: str, prod: str, status: str) -> None:
    assert between({"JAVA_OPTS": dev}, {"JAVA_OPTS": prod})["environment.differs/JAVA_OPTS@dev+prod"] == status


@pytest.mark.parametrize(("twin", "told"), [("maps.example.org", False), ("", True)])
def test_a_name_for_plain_http_is_empty_where_one_for_https_is_set(twin: str, told: bool) -> None:
    found = between({"HTTP_HOST": "localhost", "HTTPS_HOST": ""}, {"HTTP_HOST": "", "HTTPS_HOST": twin})
    assert ("environment.empty/HTTP_HOST@prod" in found) is told


@pytest.mark.parametrize(("switch", "told"), [("false", False), ("true", True)])
def test_nothing_connects_to_what_a_feature_that_is_off_would_need(switch: str, told: bool) -> None:
    given = {"LOOKUP_ENABLED": switch, "LOOKUP_URL": "redis://lookup:6379", "A": "1", "B": "2", "C": "3"}
    services = {"app": {**APP, "environment": given, "networks": {"default": None}}}
    found = audited(stack("prod", declared=services, resources={"networks": {"default": {"name": "shop"}}}))
    assert ("containers.unresolvable/app/LOOKUP_URL@prod" in found) is told


@pytest.mark.parametrize(
    ("name", "way"),
    [("NGINX_SERVER_NAME", "server-name"), ("SERVER_NAME", "public-name"), ("SITE_DOMAIN", "public-name")],
)
def test_what_nginx_answers_for_makes_no_links(name: str, way: str) -> None:
    found = audited(stack("prod", declared={"app": {**APP, "environment": {name: "localhost"}}}))
    assert [one.ways for one in found.values() if one.rule == "environment.localhost-in-production"] == [(way,)]


def test_a_variable_that_nothing_sets_is_one_finding() -> None:
    text = (
        "services: {app: {environment: {SHOP_URL: 'https://${SHOP_HOST}/a', SHOP_PASSWORD: , B: '${SHOP_PASSWORD}'}}}\n"
    )
    given = {"SHOP_URL": "https:///a", "SHOP_PASSWORD": None, "B": ""}
    problems = [
        {"kind": "unset-variable", "name": name, "message": "is not set"} for name in ("SHOP_HOST", "SHOP_PASSWORD")
    ]
    one = stack(
        "prod",
        declared={"app": {**APP, "environment": given}},
        files={"compose.yml": ("compose", text)},
        problems=problems,
    )
    rules = {found.rule for found in audited(one).values()}
    assert "compose.unset-variable" in rules
    assert not rules & {"environment.incomplete-url", "environment.not-passed"}
