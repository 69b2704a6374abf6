"""Development's values in production: stand-ins, words of deployments, names of files, addresses without TLS."""

from __future__ import annotations

import pytest
from stacks import audited, stack

BACKENDS = "django.core.mail.backends"


def _found(values: dict[str, str]) -> dict[str, str]:
    declared = {"api": {"image": "example/api:1", "restart": "always", "environment": values}}
    found = audited(stack("dev", declared=declared), stack("prod", declared=declared))
    rules = ("environment.stand-in", "environment.development-mode", "environment.plain-http", "environment.empty-sec")
    return {one.item: one.severity.word for one in found.values() if one.rule.startswith(rules)}


@pytest.mark.parametrize(
    ("name", "value", "severity"),
    [
        ("MAIL_MAILER", "log", "medium"),
        ("MAIL_MAILER", "smtp", ""),
        ("DJANGO_EMAIL_BACKEND", f"{BACKENDS}.console.EmailBackend", "medium"),
        ("EMAIL_BACKEND", f"{BACKENDS}.smtp.EmailBackend", ""),
        ("MAILER_DSN", "null://null", "medium"),
        ("QUEUE_CONNECTION", "sync", "low"),
        ("QUEUE_CONNECTION", "redis", ""),
        ("CELERY_TASK_ALWAYS_EAGER", "True", "low"),
        ("CACHE_DRIVER", "array", "low"),
        ("LOG_CHANNEL", "log", ""),
        ("SHOP_INSTANCE", "dev", "medium"),
        ("SHOP_INSTANCE", "shop-1", ""),
        ("SHOP_ENV", "dev", "high"),
        ("CONFIG_FILE_PATH", "config/dynamicconfig/development-sql.yaml", "medium"),
        ("CONFIG_FILE_PATH", "/srv/development/app.yaml", ""),
        ("CONFIG_FILE", "/etc/devices.yaml", ""),
        ("DJANGO_SETTINGS_MODULE", "shop.settings.dev", "medium"),
        ("DJANGO_SETTINGS_MODULE", "shop.settings.production", ""),
        ("APP_URL", "http://shop.example.org", "medium"),
        ("APP_URL", "https://shop.example.org", ""),
        ("APP_URL", "http://203.0.114.7:8080", "medium"),
        ("APP_URL", "http://192.168.1.4", ""),
        ("APP_URL", "http://shop:8000", ""),
        ("APP_URL", "http://shop.internal", ""),
        ("APP_URL", "http://example.com", ""),
        ("APP_URL", "http://yourdomain.com", ""),
        ("PAYMENT_API_URL", "http://pay.example.org", ""),
        ("AUTHN_TOKEN", "", "medium"),
        ("NGINX_BASIC_AUTH_USER_PASSWD", "", "medium"),
        ("TEST_BASIC_AUTH_PASSWORD", "", ""),
        ("TWILIO_AUTH_TOKEN", "", ""),
    ],
)
def test_a_value_of_development(name: str, value: str, severity: str) -> None:
    assert _found({name: value}).get(name, "") == severity


@pytest.mark.parametrize(
    ("image", "environment", "command", "reported"),
    [
        ("redis:7.2", {"REDIS_ARGS": "--appendonly yes"}, None, True),
        ("redis/redis-stack:7.2.0-v9", {"REDIS_ARGS": "--appendonly yes"}, None, False),
        ("redis:7.2", {"REDIS_ARGS": "--appendonly yes"}, ["sh", "-c", "redis-server $REDIS_ARGS"], False),
        ("redis:7.2", {"REDIS_ARGS": ""}, None, False),
        ("redis:7.2", {"SHOP_MODE": "fast"}, None, False),
        ("example/redis:7.2", {"REDIS_ARGS": "--appendonly yes"}, None, False),
    ],
)
def test_a_setting_that_the_image_does_not_know(
    image: str, environment: dict[str, str], command: list[str] | None, reported: bool
) -> None:
    name, value = next(iter(environment.items()))
    service = {"image": image, "restart": "always", "environment": environment, "command": command}
    files = {
        "compose.yml": ("compose", f"services:\n  it:\n    image: {image}\n    environment:\n      {name}: '{value}'\n")
    }
    found = audited(*(stack(e, declared={"it": service}, files=files) for e in ("dev", "prod")))
    assert (f"environment.not-read/it/{name}@prod" in found) is reported
