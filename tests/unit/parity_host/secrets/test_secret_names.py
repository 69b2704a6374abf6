"""Which names make their value a secret, and which values take that back."""

from __future__ import annotations

import pytest

from parity_host.secrets.names import is_secret
from parity_host.secrets.open_names import is_open_name, words
from parity_host.secrets.redact import Redactor

REDACTOR = Redactor(b"a key for tests")


def _names(text: str) -> list[str]:
    return text.split()


# Names with a value that says nothing by itself: secret because of the name alone.
STRONG = _names(
    """
    PASSWORD DB_PASSWORD db_password dbPassword db.password db-password DBPASSWORD POSTGRES_PASSWORD_PROD PASSWORD_2
    PGPASSWORD PGPASS MYSQL_PWD MYSQL_ROOT_PASSWORD REQUIREPASS masterauth SMTP_PASS redispass KEY_PASSPHRASE SECRET
    SECRET_KEY secretKey SECRET_KEY_BASE JWT_SECRET CLIENT_SECRET GOOGLE_OAUTH_CLIENT_SECRET PRIVATE_KEY privateKey
    CREDENTIALS API_KEY APIKEY apiKey X-Api-Key QDRANT_API_KEY OPENAI_API_KEY ACCESS_KEY AWS_SECRET_ACCESS_KEY
    AWS_ACCESS_KEY_ID AUTH_TOKEN GITHUB_TOKEN accessToken refresh_token BOT_TOKEN csrf_token ENCRYPTION_KEY
    SIGNING_KEY FERNET_KEY APP_KEY MASTER_KEY PASSWORD_SALT SALT PEPPER MFA_PIN TOTP_SEED HTPASSWD Authorization
    SESSION_SECRET COOKIE_SECRET WEBHOOK_SECRET spring.datasource.password quarkus.datasource.password
    com.example.api-key GF_SECURITY_ADMIN_PASSWORD NEXT_PUBLIC_API_KEY STORED_PASSWORD_HASH motdepasse_mdp KENNWORT
    senha TLS_PRIVATE_KEY ADMIN_CREDS unseal_key
    """
)
WEAK = _names("KEY TOKEN AUTH SESSION SESSION_ID sid JWT BEARER SIGNATURE HMAC LICENSE TOKENS_LIST_KEY SAS")
HARMLESS_NAMES = _names(
    """
    USER POSTGRES_USER DB_HOST KEYSPACE KEYCLOAK_URL MONKEY AUTHOR COMPASS SECRETARY PASSENGER BYPASS TURKEY
    TOKENIZER GOOGLE_CLIENT_ID AZURE_TENANT_ID PUBLIC_KEY STRIPE_PUBLISHABLE_KEY RECAPTCHA_SITE_KEY PRIMARY_KEY
    GPG_KEY CACHE_KEY ROUTING_KEY proxy_pass fastcgi_pass SALT_MASTER VAULT_ADDR BUCKET AUTHORITY DEBUG
    """
)


@pytest.mark.parametrize("name", STRONG)
def test_a_strong_name_is_secret_whatever_the_value(name: str) -> None:
    for value in ("x", "hunter2", "changeme", "true story", "12", "/not/a/file:x", "a b c"):
        assert is_secret(name, value), value
    assert not is_secret(name, "")
    assert not is_secret(name, "${NAME}")


@pytest.mark.parametrize("name", WEAK)
def test_a_weak_name_is_secret_unless_the_value_is_harmless(name: str) -> None:
    for value in ("hunter2", "open sesame", "opensesame", "5f4dcc3b5aa765d6", "7c9e6679-7425-40de-944b-e07fc1f90ae7"):
        assert is_secret(name, value) or name in ("SESSION_ID", "TOKENS_LIST_KEY"), value
    for value in (
        "true",
        "no",
        "12",
        "30m",
        "/run/secrets/x",
        "https://sso.example.com/realms/main",
        "redis",
        "basic",
        "none",
        "server.key",
        "sso.example.com:8443",
    ):
        assert not is_secret(name, value), value


@pytest.mark.parametrize("name", HARMLESS_NAMES)
def test_other_names_say_nothing(name: str) -> None:
    assert not is_secret(name, "hunter2")


@pytest.mark.parametrize(
    ("name", "harmless", "secret"),
    [
        ("DB_PASSWORD_FILE", "/run/secrets/db", "hunter2"),
        ("SECRET_KEY_PATH", "./keys/app.pem", "hunter2"),
        ("TLS_PRIVATE_KEY", "/etc/ssl/private/server.key", "server"),
        ("GOOGLE_APPLICATION_CREDENTIALS", "/app/google.json", "x y"),
        ("PASSWORD_RESET_URL", "https://example.com/reset", "hunter2 reset"),
        ("SECRETS_MANAGER_ENDPOINT", "secrets.internal:8443", "x/y z"),
        ("ACCESS_TOKEN_EXPIRE_MINUTES", "30", "hunter2"),
        ("REFRESH_TOKEN_TTL", "7d", "seven"),
        ("JWT_SECRET_ROTATION_INTERVAL", "1h30m", "x1"),
        ("MAX_TOKENS", "4096", "hunter2"),
        ("API_KEY_RATE_LIMIT", "60/minute", "60/hunter"),
        ("PASSWORD_MIN_LENGTH", "12", "twelve"),
        ("PASSWORD_LOGIN_ENABLED", "true", "hunter2"),
        ("ALLOW_EMPTY_PASSWORD", "yes", "hunter2"),
        ("MYSQL_RANDOM_ROOT_PASSWORD", "1", "hunter2"),
        ("CORS_ALLOW_CREDENTIALS", "false", "hunter2"),
        ("SESSION_COOKIE_SECURE", "True", "kT9vZr2LmQ8xW4bN7cJ1"),
        ("JWT_ALGORITHM", "HS256", "kT9vZr2LmQ8xW4bN7cJ1"),
        ("PASSWORD_HASHER", "argon2", "kT9vZr2LmQ8xW4bN7cJ1"),
        ("API_KEY_HEADER", "X-API-Key", "kT9vZr2LmQ8xW4bN7cJ1"),
        ("SESSION_COOKIE_NAME", "sessionid", "kT9vZr2LmQ8xW4bN7cJ1"),
        ("AWS_SECRET_NAME", "prod/app/db", "kT9vZr2LmQ8xW4bN7cJ1"),
        ("SECRET_MANAGER_REGION", "eu-west-1", "kT9vZr2LmQ8xW4bN7cJ1"),
        ("KMS_KEY_ID", "1234abcd-12ab-34cd-56ef-1234567890ab", "kT9vZr2LmQ8xW4bN7cJ1"),
        ("AUTH_USERS", "alice,bob", "admin:opensesame"),
        ("PWD", "/app", "hunter2"),
        ("pass", "12", "hunter2"),
        ("DATABASE_DSN", "postgresql://u@h/d", "hunter2"),
        ("traefik.http.routers.auth.rule", "Host(`auth.example.com`)", "kT9vZr2LmQ8xW4bN7cJ1"),
    ],
)
def test_name_and_value_have_to_agree_on_something_harmless(name: str, harmless: str, secret: str) -> None:
    assert not is_secret(name, harmless)
    assert is_secret(name, secret)


@pytest.mark.parametrize("name", ["DB_PASSWORD", "API_KEY", "TOKEN"])
@pytest.mark.parametrize(
    "value",
    ["${X}", "${X:?must be set}", "$DB_PASSWORD", "$$DB_PASSWORD", "$(cat /run/secrets/db)", "${A}${B}", "${A:-${B}}"],
)
def test_a_reference_is_no_secret(name: str, value: str) -> None:
    assert not is_secret(name, value)
    assert REDACTOR.value(name, value) == value


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dbPassword", "db password"),
        ("DB_PASSWORD", "db password"),
        ("db.password-2", "db password 2"),
        ("APIKey", "api key"),
        ("é", ""),
        ("", ""),
    ],
)
def test_the_words_of_a_name(name: str, expected: str) -> None:
    assert words(name) == expected.split()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("GIT_SHA", True),
        ("IMAGE_DIGEST", True),
        ("trace_id", True),
        ("PYTHON_SHA256", True),
        ("GOOGLE_CLIENT_ID", True),
        ("VAPID_PUBLIC_KEY", True),
        ("TWILIO_ACCOUNT_SID", True),
        ("com.docker.compose.config-hash", False),
        ("io.podman.compose.config-hash", False),
        ("SETTING", False),
        ("SECRET_ID", False),
        ("PASSWORD_HASH", False),
        ("ADMIN_HASH", False),
        ("", False),
    ],
)
def test_names_that_expect_random_characters(name: str, expected: bool) -> None:
    assert is_open_name(name) is expected


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        ("/run/secrets/private.pem", False),
        ("%kernel.project_dir%/config/oauth2/private.pem", False),
        ("file:///run/secrets/private.pem", False),
        ("config/jwt/private.pem", False),
        ("%kernel.project_dir%/9fKq27Zt0LmXv3Rk5TnW", True),
        ("9fKq27Zt0LmXv3Rk5TnW.pem", True),
        ("%9fKq27Zt0LmX%", True),
        ("abc/def", True),
    ],
)
def test_the_path_of_a_private_key_is_no_secret(value: str, secret: bool) -> None:
    assert is_secret("OAUTH_PRIVATE_KEY", value) is secret
