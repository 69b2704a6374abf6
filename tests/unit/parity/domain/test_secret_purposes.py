"""What a secret is for, by its name: names that mean the same are treated alike."""

from __future__ import annotations

import pytest

from parity.domain.secret_purposes import is_of_a_cloud, makes_account, signs


@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "SECRET_KEY_BASE", "APP_KEY", "SALT", "PASSWORD_SALT", "PEPPER", "COOKIE_SECRET", "ENCRYPTION_KEY",
     "LAGO_ENCRYPTION_PRIMARY_KEY", "N8N_ENCRYPTION_KEY", "CIPHER_IV_KEY", "JWT_ACCESS_SECRET", "FERNET_KEY",
     "CREDENTIAL_AES_256_KEY", "AUTHENTICATOR_ACCESS_TOKEN_SECRET", "REFRESH_TOKEN_SECRET", "NEXTAUTH_SECRET",
     "BETTER_AUTH_SECRET", "KEY_PASSPHRASE", "SIGNING_KEY", "session_secret"],
)  # fmt: skip
def test_an_application_signs_or_encrypts_with_it(name: str) -> None:
    assert signs(name)


@pytest.mark.parametrize(
    "name",
    ["STRIPE_SECRET_KEY", "S3_SECRET_KEY", "SLACK_SIGNING_SECRET", "GITHUB_WEBHOOK_SECRET", "JWT_PUBLIC_KEY", "API_KEY",
     "OAUTH_SECRET", "GOOGLE_CLIENT_SECRET", "TWITTER_ACCESS_TOKEN_SECRET", "SIGN_IN_WITH_APPLE_KEY", "DB_PASSWORD",
     "SESSION_TTL", "ENCRYPTION", "JWT_EXPIRES_IN"],
)  # fmt: skip
def test_another_side_issued_it_or_it_is_no_key(name: str) -> None:
    assert not signs(name)


@pytest.mark.parametrize(
    ("name", "account", "cloud"),
    [
        ("DJANGO_SUPERUSER_PASSWORD", True, False),
        ("ADMIN_PASS", True, False),
        ("DB_PASSWORD", False, False),
        ("ADMIN_EMAIL", False, False),
        ("AWS_SECRET_ACCESS_KEY", False, True),
        ("S3_SECRET_KEY", False, True),
        ("SECRET_KEY", False, False),
        ("JWT_ACCESS_SECRET", False, False),
    ],
)
def test_first_accounts_and_clouds(name: str, account: bool, cloud: bool) -> None:
    assert (makes_account(name), is_of_a_cloud(name)) == (account, cloud)
