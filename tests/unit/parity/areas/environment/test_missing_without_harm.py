"""What production lacks without harm: a feature that is off, another name, a published port, one secret many times."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from stacks import audited, stack

from parity.domain.findings import Finding

APP = {"image": "example/app:1", "restart": "always"}


def missing(dev: Mapping[str, str], prod: Mapping[str, str]) -> dict[str, Finding]:
    sides = [
        stack(environment, declared={"app": {**APP, "environment": {**given, **dict.fromkeys("ABCDE", "x")}}})
        for environment, given in (("dev", dev), ("prod", prod))
    ]
    return {one.item: one for one in audited(*sides).values() if one.rule == "environment.missing"}


@pytest.mark.parametrize(
    ("switch", "prod", "name", "status"),
    [
        ({"ENABLE_OTEL_METRICS": "false"}, {}, "OTEL_EXPORTER_METRICS_ADDRESS", "expected"),
        ({"ENABLE_OTEL_METRICS": "false"}, {}, "SHOP_OTEL_METRICS_NAMESPACE", "expected"),
        ({"ENABLE_OTEL_METRICS": "false"}, {}, "METRICS_OTEL_NAMESPACE", "open"),
        ({"ENABLE_OTEL_METRICS": "true"}, {}, "OTEL_EXPORTER_METRICS_ADDRESS", "open"),
        ({"ENABLE_OTEL_METRICS": "false"}, {"ENABLE_OTEL_METRICS": "true"}, "SHOP_OTEL_METRICS_NAMESPACE", "open"),
    ],
)
def test_a_setting_of_a_feature_that_is_off_wherever_it_is_set(switch, prod, name, status):
    assert missing({**switch, name: "collector"}, prod)[name].status == status


@pytest.mark.parametrize(
    ("dev", "prod", "severity"),
    [
        ({"MAIL_DRIVER": "smtp"}, {"MAIL_MAILER": "smtp"}, "low"),
        ({"MAIL_DRIVER": "smtp"}, {"MAIL_MAILER": "sendmail"}, "medium"),
        ({"MAIL_DRIVER": "smtp", "MAIL_MAILER": "smtp"}, {"MAIL_MAILER": "smtp"}, "medium"),
        ({"MAIL_DRIVER": "smtp"}, {"QUEUE_MAILER": "smtp"}, "medium"),
        ({"MAIL_DRIVER": "true"}, {"MAIL_MAILER": "true"}, "medium"),
        ({"PGPASSWORD": "Hd5Rw3Yb6Cq1", "DB_PASSWORD": "Hd5Rw3Yb6Cq1"}, {"DB_PASSWORD": "Vx8kQ2mZ7tLp"}, "low"),
        ({"PGPASSWORD": "Hd5Rw3Yb6Cq1", "DB_PASSWORD": "Vx8kQ2mZ7tLp"}, {"DB_PASSWORD": "Vx8kQ2mZ7tLp"}, "medium"),
        ({"MAIL_ENCRYPTION": "null"}, {}, "low"),
    ],
)
def test_a_variable_that_goes_by_another_name(dev, prod, severity):
    assert missing(dev, prod)[next(iter(dev))].severity.word == severity


@pytest.mark.parametrize(
    ("compose", "severity"),
    [
        ("{image: 'example/app:1', env_file: .env, ports: ['${WEB_PORT:-8000}:8000']}", "low"),
        (
            "{image: 'example/app:1', env_file: .env, ports: ['${WEB_PORT}:8000'], command: 'serve ${WEB_PORT}'}",
            "medium",
        ),
        ("{image: 'example/app:1', env_file: .env}", "medium"),
    ],
)
def test_a_port_that_only_compose_publishes(compose, severity):
    files = {"compose.yml": ("compose", f"services: {{app: {compose}}}\n"), ".env": ("project", "WEB_PORT=8000\n")}
    plain = {"compose.yml": ("compose", "services: {app: {image: 'example/app:1'}}\n")}
    dev = stack("dev", declared={"app": {**APP, "environment": {"WEB_PORT": "8000"}}}, files=files)
    found = audited(dev, stack("prod", declared={"app": APP}, files=plain))
    assert found["environment.missing/WEB_PORT@prod"].severity.word == severity


def test_one_secret_is_missing_once():
    secret = "Hd5Rw3Yb6Cq1"
    dev = {
        "app": {**APP, "environment": {"APP_DB_PASSWORD": secret, "APP_API_TOKEN": "Vx8kQ2mZ7tLp"}},
        "db": {"image": "postgres:17.2", "restart": "always", "environment": {"POSTGRES_PASSWORD": secret}},
    }
    prod = {name: {**said, "environment": {}} for name, said in dev.items()}
    found = audited(stack("dev", declared=dev), stack("prod", declared=prod))
    ones = {one.item: one for one in found.values() if one.rule == "environment.missing"}
    assert set(ones) == {"POSTGRES_PASSWORD", "APP_API_TOKEN"}
    assert "APP_DB_PASSWORD" in ones["POSTGRES_PASSWORD"].cause
