"""Variables judged by whose they are: a provider's, the container's own, an inactive service's, or the program's."""

from __future__ import annotations

import pytest
from stacks import audited, stack

from parity_host.secrets import token

APP = {"image": "example/app:1", "restart": "always"}


def _prod(environment, **more):
    return audited(stack("prod", declared={"app": {**APP, "environment": environment}}, **more))


@pytest.mark.parametrize(
    ("environment", "name", "outside"),
    [
        ({"SHOP_SMTP_PASSWORD": "password", "SHOP_SMTP_SERVER": "smtp.example.org:587"}, "SHOP_SMTP_PASSWORD", True),
        ({"EMAIL_HOST_PASSWORD": "password", "EMAIL_HOST": "smtp.example.org"}, "EMAIL_HOST_PASSWORD", True),
        ({"CLAIMS_PASSWORD": "password", "CLAIMS_BASE_URL": "https://claims.example.org"}, "CLAIMS_PASSWORD", True),
        ({"EMAIL_HOST_PASSWORD": "password", "EMAIL_HOST": "mail"}, "EMAIL_HOST_PASSWORD", False),
        ({"DB_PASSWORD": "password", "DB_HOST": "db.example.org"}, "DB_PASSWORD", False),
        ({"SHOP_PASSWORD": "password", "SHOP_URL": "https://shop.example.org", "WWW_URL": "https://example.org"},
         "SHOP_PASSWORD", False),
    ],
)  # fmt: skip
def test_a_default_password_of_a_provider_is_a_placeholder(environment, name, outside):
    found = _prod(environment)
    assert (f"environment.placeholder/{name}@prod" in found) is outside
    assert (f"environment.default-password/{name}@prod" in found) is not outside


def test_nobody_is_let_in_by_an_address_of_the_container_itself():
    found = _prod({"A_URL": "mongodb://shop:password@localhost:27017/x", "B_URL": "mongodb://shop:password@mongo/x"})
    assert "environment.localhost-in-production/A_URL@prod" in found
    assert "environment.default-password/A_URL@prod" not in found
    assert "environment.default-password/B_URL@prod" in found


@pytest.mark.parametrize(
    ("setting", "severity"), [("ai", "low"), ("app", "high"), ("", "high")], ids=["inactive", "started", "nobody"]
)
def test_what_is_set_for_inactive_services_alone_may_be_read_by_nobody(setting, severity):
    by_name = {service: "{environment: {VECTORS_HOST: vectors}}" for service in [setting] if service}
    text = "services: {" + ", ".join(f"{one}: {by_name.get(one, '{image: x}')}" for one in ("app", "ai")) + "}\n"
    services = {
        "app": {**APP, "environment": {"VECTORS_HOST": "localhost"}},
        "ai": {**APP, "profiles": ["ai"], "environment": {}},
    }
    prod = stack("prod", declared=services, files={"compose.yml": ("compose", text)})
    prod["hosts"]["prod1"]["rendered"]["inactive"] = ["ai"]
    found = audited(prod)
    assert found["environment.localhost-in-production/VECTORS_HOST@prod"].severity.word == severity


@pytest.mark.parametrize(
    ("name", "severity", "says"),
    [
        ("SYNC_INSECURE", "medium", "Look up"),
        ("ALLOW_INSECURE", "medium", "Look up"),
        ("TLS_INSECURE", "high", "Set TLS_INSECURE to false"),
        ("INSECURE_SKIP_VERIFY", "high", "Set INSECURE_SKIP_VERIFY to false"),
    ],
)
def test_insecure_names_no_certificates_by_itself(name, severity, says):
    one = _prod({name: "true"})[f"environment.verification-off-in-production/{name}@prod"]
    assert one.severity.word == severity
    assert one.action.startswith(says)


def test_a_setting_of_the_program_is_not_to_be_copied():
    dev = stack("dev", declared={"app": {**APP, "environment": {"discovery.type": "single-node", "MODE": "fast"}}})
    found = audited(dev, stack("prod", declared={"app": {**APP, "environment": {}}}))
    setting, variable = (found[f"environment.missing/{name}@prod"] for name in ("discovery.type", "MODE"))
    assert (setting.severity.word, setting.remedy) == ("low", "")
    assert (variable.severity.word, variable.remedy) == ("medium", "env")


@pytest.mark.parametrize(
    ("build", "missing"),
    [
        ({"args": {"VITE_API_URL": "https://api.example.org"}}, False),
        ({"args": {"VITE_API_URL": ""}}, True),
        ({"args": {"OTHER": "x"}}, True),
        ({}, True),
    ],
)
def test_a_build_argument_of_the_same_name_is_there(build, missing):
    dev = stack("dev", declared={"app": {**APP, "environment": {"VITE_API_URL": "https://dev.example.org"}}})
    found = audited(dev, stack("prod", declared={"app": {**APP, "build": build, "environment": {}}}))
    assert ("environment.missing/VITE_API_URL@prod" in found) is missing


@pytest.mark.parametrize(
    ("client", "one"), [("DB_PASSWORD", True), ("PGPASSWORD", True), ("DB_READONLY_PASSWORD", False)]
)
def test_a_password_of_client_and_server_is_one_finding(client, one):
    services = {
        "db": {"image": "postgres:15.14", "restart": "always", "environment": {"POSTGRES_PASSWORD": "password"}},
        "app": {**APP, "environment": {client: "password"}},
    }
    found = audited(stack("prod", declared=services))
    assert "environment.default-password/POSTGRES_PASSWORD@prod" in found
    assert (f"environment.default-password/{client}@prod" not in found) is one


def test_an_account_is_no_password_where_it_is_hidden_as_a_key():
    account, password = token.make(b"key", "minioadmin"), token.make(b"key", "password")
    found = _prod({"MINIO_ROOT_USER": account, "MINIO_ROOT_PASSWORD": password})
    assert "environment.default-password/MINIO_ROOT_USER@prod" not in found
    assert "environment.default-password/MINIO_ROOT_PASSWORD@prod" in found


def test_one_password_under_many_names_is_reported_under_its_servers():
    password = token.make(b"key", "miniosecret")
    app = {**APP, "environment": {"A_S3_SECRET_KEY": password, "B_S3_SECRET_KEY": password}}
    minio = {**APP, "image": "minio/minio:1", "environment": {"MINIO_ROOT_PASSWORD": password}}
    found = audited(stack("prod", declared={"app": app, "minio": minio}))
    reported = [name for name in found if name.startswith("environment.default-password/")]
    assert reported == ["environment.default-password/MINIO_ROOT_PASSWORD@prod"]
