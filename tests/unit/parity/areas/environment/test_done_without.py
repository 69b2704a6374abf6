"""Variables that an environment lacks and has a default, an image, a folder, a service or another name in place of."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

APP = {"image": "example/app:1", "restart": "always"}


def missing(name: str, value: str, dev: dict[str, Any] | None = None, prod: dict[str, Any] | None = None) -> str:
    """Return the severity of a variable that production lacks; nothing where it is not open."""
    sides = (stack("dev", declared={"app": {**APP, "environment": {name: value}, **(dev or {})}}),
             stack("prod", declared={"app": {**APP, **(prod or {})}}))  # fmt: skip
    found = audited(*sides).get(f"environment.missing/{name}@prod")
    return found.severity.word if found and found.status == "open" else ""


@pytest.mark.parametrize(
    ("name", "value", "severity"),
    [
        ("UPLOAD_MAX_SIZE", "54975581388800", "low"),
        ("REQUEST_TIMEOUT", "30s", "low"),
        ("PORT", "8080", "low"),
        ("HTTP_PORT", "8080", "low"),
        ("LEDGER_PORT", "7001", "medium"),  # another program's
        ("PAPER_SIZE", "letter", "medium"),
        ("SIZE_TABLE", "40", "medium"),
        ("SECURE_COOKIES", "false", ""),  # development's weak value is nothing that production lacks
        ("SECURE_COOKIES", "true", "medium"),
    ],
)
def test_a_size_and_an_own_port_have_defaults(name: str, value: str, severity: str) -> None:
    assert missing(name, value) == severity


def test_what_a_bundler_reads_is_no_matter_of_a_pulled_image() -> None:
    built = {"build": {"context": "/srv/app"}}
    assert missing("VITE_REGION", "north", dev=built) == "low"
    assert missing("VITE_REGION", "north", dev=built, prod=built) == "medium"
    assert missing("REGION_CODE", "north", dev=built) == "medium"


@pytest.mark.parametrize(
    ("mounted", "there", "severity"),
    [
        ("/mnt/store", "/var/store", "low"),
        ("/mnt/store", "/mnt/store", "medium"),
        ("/mnt/other", "/var/store", "medium"),
    ],
)
def test_a_folder_that_is_mounted_elsewhere(mounted: str, there: str, severity: str) -> None:
    volumes = [[{"type": "bind", "source": "/srv/store", "target": one}] for one in (mounted, there)]
    sides = {"dev": {"volumes": volumes[0]}, "prod": {"volumes": volumes[1]}}
    assert missing("STORE_FOLDER", "/mnt/store/files/", **sides) == severity


@pytest.mark.parametrize(("job", "severity"), [("migrations", "low"), ("db-migrate", "low"), ("immigration", "medium")])
def test_a_service_migrates_where_the_program_does_not(job: str, severity: str) -> None:
    dev = stack("dev", declared={"app": {**APP, "environment": {"RUN_MIGRATIONS": "on"}}, job: APP})
    prod = stack("prod", declared={"app": APP, job: APP})
    assert audited(dev, prod)["environment.missing/RUN_MIGRATIONS@prod"].severity.word == severity


def test_each_service_may_have_a_reason_of_its_own() -> None:
    services = {
        name: {**APP, "environment": {"RUN_MIGRATIONS": value}} for name, value in (("app", "on"), ("worker", "off"))
    }
    dev = stack("dev", declared={**services, "migrate": APP})
    prod = stack("prod", declared={"app": APP, "worker": APP, "migrate": APP})
    assert audited(dev, prod)["environment.missing/RUN_MIGRATIONS@prod"].severity.word == "low"
    prod = stack("prod", declared={"app": APP, "worker": APP})
    assert audited(dev, prod)["environment.missing/RUN_MIGRATIONS@prod"].severity.word == "medium"


@pytest.mark.parametrize(("given", "severity"), [("${SHOP_REGION}", "low"), ("north", "medium")])
def test_a_variable_is_passed_on_under_another_name(given: str, severity: str) -> None:
    dev = stack("dev", declared={"app": {**APP, "environment": {"SHOP_REGION": "north"}}})
    text = f"services: {{app: {{environment: {{REGION: '{given}'}}}}}}\n"
    files = {"compose.yml": ("compose", text), ".env": ("project", "SHOP_REGION=north\n")}
    prod = stack("prod", declared={"app": {**APP, "environment": {"REGION": "north"}}}, files=files)
    assert audited(dev, prod)["environment.missing/SHOP_REGION@prod"].severity.word == severity
