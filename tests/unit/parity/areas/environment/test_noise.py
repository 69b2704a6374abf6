"""Variables: what is missing without harm is low, one value under several names is one finding, and equal is equal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from stacks import audited, stack

from parity.areas.environment.between import _ways
from parity.domain.findings import Finding

APP: Mapping[str, Any] = {"image": "example/app:1", "restart": "always"}


def sides(
    dev: Mapping[str, str | None],
    prod: Mapping[str, str | None],
    service: str = "app",
    *,
    files: Mapping[str, tuple[str, str]] | None = None,
    more_dev: Mapping[str, Any] | None = None,
) -> dict[str, Finding]:
    return audited(
        stack("dev", declared={service: {**APP, "environment": dev}, **(more_dev or {})}, files=files),
        stack("prod", declared={service: {**APP, "environment": prod}}, files=files),
    )


@pytest.mark.parametrize(
    ("name", "value", "severity"),
    [
        ("FEATURE_X", "false", "low"),
        ("FEATURE_X", "true", "medium"),
        ("ALLOW_SIGNUP", "false", "medium"),  # a safeguard: its default may be the other way
        ("NO_METRICS", "1", "low"),
        ("SHOP_SKIP_INDEXING", "true", "low"),
        ("DISABLE_SIGNUP", "true", "medium"),
        ("MEDIA_URL", "http://localhost:4000/media/", "low"),
        ("API_URL", "http://api.localhost:4000", "low"),
        ("API_URL", "https://api.example.org", "medium"),
        ("SOLR_HOST", "app", "low"),  # the service's own name
        ("SOLR_HOST", "solr", "medium"),
        ("SHOP_ADMIN_USER", "admin", "low"),
        ("SHOP_ADMIN_PASSWORD", "admin", "low"),
        ("GF_SECURITY_ADMIN_PASSWORD", "admin", "medium"),  # Grafana's own default is known to everybody
        ("DB_PASSWORD", "postgres", "medium"),
        ("MAIL_TEMPLATE", "welcome", "medium"),
        ("SHOP_LOG_LEVEL", "info", "low"),  # what programs do anyway
        ("SHOP_LOG_LEVEL", "warning", "medium"),
        ("POSTGRES_PORT", "5432", "low"),
        ("POSTGRES_PORT", "5433", "medium"),
        ("REDIS_PORT", "5432", "medium"),
    ],
)
def test_what_others_have_tells_how_bad_it_is_that_production_lacks_it(name, value, severity):
    found = sides({name: value, "A": "1"}, {"A": "1"})[f"environment.missing/{name}@prod"]
    assert (found.status, found.severity.word) == ("open", severity)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NODE_TLS_REJECT_UNAUTHORIZED", "0"),
        ("FLASK_DEBUG", "1"),
        ("TLS_VERIFY", "no"),
        ("APP_ENV", "development"),
        ("api.shop.localhost_MAX_SIZE", "1G"),
        ("SHOP_DEBUG_TOOLBAR_ENABLED", "False"),
        ("PPROF_PORT", "6060"),
        ("POSTGRES_HOST_AUTH_METHOD", "trust"),
        ("POSTGRES_MULTIPLE_DATABASES", "shop,shop_test"),
        ("WEB_CODEGEN_SCHEMA", "http://api:3000/graphql"),
        ("HUB_EXTRA_DIRECTIVES", "demo"),
        ("DEBUG", "app:*"),
        ("DEBUG", "app:*,-app:sql express"),
        ("ENV_COLOR", "green"),
    ],
)
def test_what_production_must_not_have_may_be_missing_there(name, value):
    assert sides({name: value, "A": "1"}, {"A": "1"})[f"environment.missing/{name}@prod"].status == "expected"


def test_a_variable_that_misses_in_one_service_is_not_excused_by_another():
    both = {"app": APP, "own": APP}
    dev = {name: {**one, "environment": {"OWN": "own", "A": "1"}} for name, one in both.items()}
    prod = {name: {**one, "environment": {"A": "1"}} for name, one in both.items()}
    found = audited(stack("dev", declared=dev), stack("prod", declared=prod))
    assert found["environment.missing/OWN@prod"].severity.word == "medium"


@pytest.mark.parametrize(
    ("service", "severity"), [("collector", "low"), ("mailhog", "medium")]
)  # a catcher of mail stands in for a real server, whose address is what production lacks
def test_a_variable_that_names_a_missing_service_is_told_by_it(service, severity):
    extra = {service: {"image": f"example/{service}:1", "restart": "always"}}
    found = sides({"TARGET_URL": f"smtp://{service}:1025", "A": "1"}, {"A": "1"}, more_dev=extra)
    assert found["environment.missing/TARGET_URL@prod"].severity.word == severity


@pytest.mark.parametrize(
    ("more", "severity"),
    [
        ("", "low"),
        (", environment: {WEB_PORT: '${WEB_PORT:-80}'}", "medium"),
        (", labels: {port: '${WEB_PORT}'}", "low"),
    ],
)
def test_a_variable_that_only_compose_reads_is_not_missed_by_a_service(more, severity):
    service = f"{{image: 'example/app:1', env_file: .env, ports: ['${{WEB_PORT:-80}}:80']{more}}}"
    files = {"compose.yml": ("compose", f"services: {{app: {service}}}\n")}
    found = sides({"WEB_PORT": "1333", "A": "1"}, {"A": "1"}, files=files)
    assert found["environment.missing/WEB_PORT@prod"].severity.word == severity


@pytest.mark.parametrize(
    ("one", "other", "ways"),
    [
        ("http://a", "http://a/", set()),
        ("http://a:80/x", "http://a/x", set()),
        ("redis://cache", "redis://cache:6379/0", set()),
        ("redis://cache/", "redis://cache:6379/0/", set()),
        ("redis://cache/0", "redis://cache/1", {"path"}),
        ("http://a/x", "http://a/x/", {"path"}),  # what is joined to it differs
        ("http://a/#one", "http://a/#two", {"fragment"}),
        ("http://a", "http://b", {"host"}),
        ("http://a,http://b", "http://a", {"host"}),
        ("http://a,http://b", "http://a/,http://b/", set()),
        ("http://a", "x", {"text"}),
        ("x", "http://a", {"text"}),
        (" ", ",", {"text"}),
        ('"http://a"', "http://a", set()),  # literal-quotes says that
        ('"fast"', "fast", set()),
        ("http://a/dev", "http://a/prod", {"environment-word"}),
    ],
)
def test_equal_addresses_do_not_differ_and_other_values_are_no_addresses(one, other, ways):
    assert _ways(one, other) == ways
    assert _ways(other, one) == ways


def test_what_is_to_be_filled_in_does_not_differ():
    found = sides({"API_URL": "http://localhost:1"}, {"API_URL": "x"})
    assert not [one for one in found if one.startswith("environment.differs")]


@pytest.mark.parametrize(
    ("dev", "prod", "differs"),
    [("-U shopdev", "-U shop", False), ("-U shopdev --fast", "-U shop", True), ("-U shopdev2", "-U shop", True)],
)
def test_a_difference_of_another_variable_is_told_once(dev, prod, differs):
    found = sides({"PGUSER": "shopdev", "ARGS": dev}, {"PGUSER": "shop", "ARGS": prod})
    assert ("environment.differs/ARGS@dev+prod" in found) is differs


@pytest.mark.parametrize(
    "form", ["environment: {PGPASSWORD: '${DB_PASSWORD}'}", "environment: ['PGPASSWORD=${DB_PASSWORD:?}']"]
)
def test_one_value_under_two_names_is_one_finding(form):
    files = {
        "compose.yml": ("compose", f"services: {{app: {{image: 'example/app:1', {form}}}}}\n"),
        ".env": ("project", "DB_PASSWORD=changeme\n"),
    }
    found = sides({}, {"PGPASSWORD": "changeme"}, files=files)
    told = {one for one in found if one.startswith("environment.placeholder") and one.endswith("@prod")}
    assert told == {"environment.placeholder/PGPASSWORD@prod"}
    places = {piece.place for piece in found["environment.placeholder/PGPASSWORD@prod"].evidence}
    assert "docker/.env:1" in places  # where it has to be changed


def test_equal_values_of_their_own_are_findings_of_their_own():
    found = sides({}, {"SESSION_SECRET": "changeme", "MAIL_PASSWORD": "changeme"})
    assert {"environment.placeholder/SESSION_SECRET@prod", "environment.placeholder/MAIL_PASSWORD@prod"} <= set(found)


def test_copies_that_lead_in_a_circle_are_still_reported():
    compose = "services: {app: {image: 'example/app:1', environment: {A_KEY: '${B_KEY}', B_KEY: '${A_KEY}'}}}\n"
    found = sides({}, {"A_KEY": "changeme", "B_KEY": "changeme"}, files={"compose.yml": ("compose", compose)})
    assert len([one for one in found if one.startswith("environment.placeholder")]) == 1


def test_an_address_made_of_a_placeholder_is_told_by_it():
    line = "environment: {DOMAIN: '${DOMAIN}', SENDER: 'no-reply@${DOMAIN}'}"
    files = {"compose.yml": ("compose", f"services: {{app: {{image: 'example/app:1', {line}}}}}\n")}
    values = {"DOMAIN": "your.domain.com", "SENDER": "no-reply@your.domain.com"}
    found = {one for one in sides({}, values, files=files) if "placeholder" in one}
    assert found == {"environment.placeholder/DOMAIN@prod"}
    assert len({one for one in sides({}, values) if "placeholder" in one}) == 2  # written twice, to be changed twice


def test_one_other_environment_is_named_once():
    stage = "https://pay.staging.example.org"
    found = sides(
        {}, {"PAY_AUTH_URL": f"{stage}/auth", "PAY_API_URL": f"{stage}/api", "MAP_URL": "https://map.dev.example.org"}
    )
    told = {one for one in found if one.startswith("environment.names-another-environment")}
    assert told == {
        "environment.names-another-environment/MAP_URL@prod", "environment.names-another-environment/PAY_API_URL@prod"
    }  # fmt: skip


def test_a_mode_beside_one_that_says_production_weighs_less():
    found = sides({}, {"RAILS_ENV": "production", "PASSENGER_APP_ENV": "development"})
    assert found["environment.development-mode-in-production/PASSENGER_APP_ENV@prod"].severity.word == "medium"
    alone = sides({}, {"PASSENGER_APP_ENV": "development"})
    assert alone["environment.development-mode-in-production/PASSENGER_APP_ENV@prod"].severity.word == "high"


@pytest.mark.parametrize(
    ("said", "severity"), [("'${MODE:-}'", "low"), ("'${MODE}'", "medium"), ("'${MODE:-}${MODE:-x}'", "medium")]
)
def test_an_empty_variable_that_the_compose_file_lets_be_empty_is_low(said, severity):
    text = f"services: {{app: {{image: 'example/app:1', environment: {{MODE: {said}}}}}}}\n"
    found = sides({"MODE": "fast"}, {"MODE": ""}, files={"compose.yml": ("compose", text)})
    assert found["environment.empty/MODE@prod"].severity.word == severity


def test_what_is_made_of_an_unset_variable_is_not_empty_too():
    text = "services: {app: {image: 'example/app:1', environment: {DB_USER: '${USER_NAME}'}}}\n"
    unset = [{"kind": "unset-variable", "name": "USER_NAME", "message": "The USER_NAME variable is not set."}]
    files = {"compose.yml": ("compose", text)}
    found = audited(
        stack("dev", declared={"app": {**APP, "environment": {"DB_USER": "shop"}}}, files=files),
        stack("prod", declared={"app": {**APP, "environment": {"DB_USER": ""}}}, files=files, problems=unset),
    )
    assert "compose.unset-variable/USER_NAME@prod" in found
    assert "environment.empty/DB_USER@prod" not in found


@pytest.mark.parametrize(("count", "told"), [(3, 3), (4, 1)])
def test_many_secrets_that_are_passed_on_are_one_finding(count, told):
    names = {f"KEY{number}_TOKEN": None for number in range(count)}
    found = audited(stack("dev", declared={"app": APP}), stack("prod", declared={"app": {**APP, "environment": names}}))
    assert len([one for one in found if one.startswith("environment.not-passed")]) == told


def test_what_is_passed_on_and_set_nowhere_is_not_missing_too():
    found = sides({"PAY_TOKEN": "Vx8kQ2mZ7tLp4Wn9"}, {"PAY_TOKEN": None})
    assert "environment.not-passed/PAY_TOKEN@prod" in found
    assert "environment.missing/PAY_TOKEN@prod" not in found


def test_a_file_that_one_side_lacks_names_the_keys_that_matter():
    compose = "services: {app: {image: 'example/app:1', env_file: app.env}}\n"
    keys = {"A": "one", "B": "two", "C": "three", "D": "four", "XDEBUG_MODE": "on", "OFF": "false"}
    text = "".join(f"{name}={value}\n" for name, value in keys.items())
    found = audited(
        stack(
            "dev",
            declared={"app": {**APP, "environment": keys}},
            files={"compose.yml": ("compose", compose), "app.env": ("env_file", text)},
        ),
        stack("prod", declared={"app": {**APP, "environment": {}}}),
    )
    one = found["environment.file-not-given/docker/app.env@prod"]
    assert one.title == "prod: 4 variables of docker/app.env are not set"
    assert one.cause.endswith("A, B, C, D.")


def test_a_single_unused_variable_is_no_plural():
    files = {".env": ("project", "TTL=5\n"), "compose.yml": ("compose", "services: {app: {image: 'example/app:1'}}\n")}
    found = sides({}, {}, files=files)["environment.unused/docker/.env@prod"]
    assert found.title == "prod: TTL in docker/.env is not used"


@pytest.mark.parametrize(
    ("line", "in_dev", "severity"),
    [
        ("KEY=", "", "medium"),
        ("KEY=true", "", "low"),
        ("KEY=25", "", "low"),
        ("MODE=info", "", "low"),
        ("MODE=info", "MODE=debug\n", "medium"),  # development sets it, so production may need it
        ("KEY=https://api.example.org", "", "medium"),
        ("KEY=your_key_here", "", "medium"),
        ("MAIL_PASSWORD=", "", "medium"),
    ],
)
def test_a_template_key_with_a_default_weighs_less(line, in_dev, severity):
    template = (".env.example", ("template", f"A=1\n{line}\n"))
    found = audited(
        *(
            stack(name, declared={"app": APP}, files=dict([template, (".env", ("project", f"A=1\n{more}"))]))
            for name, more in (("dev", in_dev), ("prod", ""))
        )
    )
    key = line.partition("=")[0]
    assert found[f"environment.template-key-missing/{key}@prod"].severity.word == severity


@pytest.mark.parametrize(
    ("name", "value", "written", "severity"),
    [
        ("FILE_STORE_BACKEND", "s3", "${FILE_STORE_BACKEND:-s3}", "low"),
        ("FILE_STORE_BACKEND", "gcs", "${FILE_STORE_BACKEND:-s3}", "medium"),
        ("FILE_STORE_BACKEND", "s3", "${FILE_STORE_BACKEND}", "medium"),
        ("FILE_STORE_BACKEND", "s3", "${FILE_STORE_BACKEND:-s3}${FILE_STORE_BACKEND:-}", "medium"),
        ("DB_HOST", "postgres", "${DB_HOST:-postgres}", "medium"),  # a place, and no choice
        ("API_TYPE", "http://api:1", "${API_TYPE:-http://api:1}", "medium"),
    ],
)
def test_a_choice_that_compose_files_fall_back_to_is_a_default(name, value, written, severity):
    service = f"{{image: 'example/app:1', environment: {{{name}: '{written}'}}}}"
    files = {"compose.yml": ("compose", f"services: {{app: {service}}}\n")}
    found = sides({name: value, "A": "1"}, {"A": "1"}, files=files)
    assert found[f"environment.missing/{name}@prod"].severity.word == severity


@pytest.mark.parametrize("value", ["shop", "shop,billing,shop_test", "shop_test"])
def test_databases_that_are_no_tests_are_missed(value):
    found = sides({"POSTGRES_MULTIPLE_DATABASES": value, "A": "1"}, {"A": "1"})
    assert found["environment.missing/POSTGRES_MULTIPLE_DATABASES@prod"].status == "open"


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("postgresql://db/shop", "postgresql://db/shop?search_path=public", False),
        ("postgresql://db/shop?sslmode=prefer", "postgresql://db/shop?schema=public", False),
        ("postgresql://db/shop", "postgresql://db/shop?search_path=shop", True),
        ("postgresql://db/shop", "postgresql://db/shop?sslmode=require", True),
        ("mysql://db/shop", "mysql://db/shop?search_path=public", True),
    ],
)
def test_a_parameter_that_clients_take_anyway_is_no_difference(one, other, differ):
    assert (
        "environment.differs/DATABASE_URL@dev+prod" in sides({"DATABASE_URL": one}, {"DATABASE_URL": other})
    ) is differ


@pytest.mark.parametrize(("dev", "prod", "status"), [("true", "false", "expected"), ("false", "true", "open")])
def test_development_starts_with_data_of_its_own(dev, prod, status):
    found = sides({"LOAD_FIXTURES": dev}, {"LOAD_FIXTURES": prod})
    assert found["environment.differs/LOAD_FIXTURES@dev+prod"].status == status


def test_the_key_id_and_the_secret_of_an_account_are_one_finding():
    holder = "your_access_key_here"
    both = sides({}, {"S3_ACCESS_KEY_ID": holder, "S3_SECRET_ACCESS_KEY": holder})
    assert "environment.placeholder/S3_SECRET_ACCESS_KEY@prod" in both
    assert "environment.placeholder/S3_ACCESS_KEY_ID@prod" not in both
    assert "environment.placeholder/S3_ACCESS_KEY_ID@prod" in sides({}, {"S3_ACCESS_KEY_ID": holder})
    real = sides({}, {"S3_ACCESS_KEY_ID": holder, "S3_SECRET_ACCESS_KEY": "Vx8kQ2mZ7tLp4Wn9"})
    assert "environment.placeholder/S3_ACCESS_KEY_ID@prod" in real


def test_urls_without_a_host_are_a_finding_of_the_environment_that_has_them():
    found = sides(
        {"API_URL": "https://api.example.org", "WEB_URL": "https://example.org"},
        {"API_URL": "https:///api", "WEB_URL": "https://"},
    )
    assert {"environment.incomplete-url/API_URL@prod", "environment.incomplete-url/WEB_URL@prod"} <= found.keys()
    assert not [one for one in found if one.startswith("environment.differs")]
    assert not [one for one in sides({}, {"DB": "sqlite:///x", "F": "file:///x"}) if "incomplete-url" in one]


@pytest.mark.parametrize(
    ("name", "dev", "prod", "status"),
    [
        ("SHUTDOWN_GRACE", "10s", "30s", "expected"),
        ("SYNC_EVERY", "1h30m", "P1D", "expected"),
        ("BODY", "512Ki", "2MB", "expected"),
        ("THROTTLE", "60/minute", "10/minute", "expected"),
        ("WEB_THREADS", "2", "8", "expected"),
        ("LEDGER_LOG_FORMAT", "console", "json", "expected"),
        ("DEBUG", "app:*", "app:error", "expected"),
        ("STRIDE", "3", "4", "open"),
        ("ENGINE", "10s", "fast", "open"),
        ("EXPORT_FORMAT", "console", "json", "open"),
    ],
)
def test_amounts_and_formats_of_logs_follow_the_environment(name, dev, prod, status):
    found = sides({name: dev, "A": "1"}, {name: prod, "A": "1"})
    assert found[f"environment.differs/{name}@dev+prod"].status == status


def test_debug_without_namespaces_is_a_switch_or_a_name():
    assert sides({"DEBUG": "verbose", "A": "1"}, {"A": "1"})["environment.missing/DEBUG@prod"].status == "open"


@pytest.mark.parametrize(
    ("names", "severity"),
    [
        (["base.env", "more.env"], "low"),
        (["base.env", "shared.env", "prod.env"], "low"),
        (["base.env", "shared.env", "local.override.env"], "low"),
        (["base.env", "shared.env", "more.env"], "medium"),
        (["prod.env", "shared.env", "base.env"], "medium"),
    ],
)
def test_a_file_that_overrides_a_base_is_meant_to_win(names, severity):
    text = f"services: {{app: {{image: 'example/app:1', env_file: [{', '.join(names)}]}}}}\n"
    files = {name: ("env_file", f"A={number}\n") for number, name in enumerate(names)}
    found = audited(
        stack(
            "prod",
            declared={"app": {**APP, "environment": {"A": "2"}}},
            files={"compose.yml": ("compose", text), **files},
        )
    )
    assert found["environment.overlap/A@prod"].severity.word == severity


@pytest.mark.parametrize(
    ("named", "used"),
    [("[SMTP_RELAY]", True), ("{SMTP_RELAY: }", True), ("[SMTP_RELAY=mx.example.org]", False), ("[OTHER]", False)],
)
def test_what_a_compose_file_passes_through_is_used(named: str, used: bool) -> None:
    text = f"services: {{app: {{image: 'example/app:1', environment: {named}}}}}\n"
    files = {"compose.yml": ("compose", text), ".env": ("project", "SMTP_RELAY=mx.example.org\n")}
    found = audited(stack("prod", declared={"app": APP}, files=files))
    assert any(one.startswith("environment.unused/") for one in found) is not used
