"""Which names are about OAuth, and what they hold."""

from __future__ import annotations

import pytest
import yaml

from parity.areas.oauth.vocabulary import load, read_vocabulary
from parity.domain.findings import ParityError
from parity.knowledge.files import FOLDER


@pytest.mark.parametrize(
    ("name", "application", "part"),
    [
        ("GOOGLE_CLIENT_ID", "google", "id"),
        ("GOOGLE_OAUTH_CLIENT_ID", "google", "id"),
        ("GOOGLE_OAUTH2_CLIENT_SECRET", "google", "secret"),
        ("OAUTH_GOOGLE_CLIENT_ID", "google", "id"),
        ("SOCIAL_AUTH_GOOGLE_OAUTH2_KEY", "google", "id"),
        ("SOCIAL_AUTH_GOOGLE_OAUTH2_SECRET", "google", "secret"),
        ("SPRING_SECURITY_OAUTH2_CLIENT_REGISTRATION_GOOGLE_CLIENT_ID", "google", "id"),
        ("googleOAuthClientId", "google", "id"),
        ("google.client-id", "google", "id"),
        ("GOOGLE_OAUTH_REDIRECT_URI", "google", "redirect"),
        ("GOOGLE_CALLBACK_URL", "google", "redirect"),
        ("GOOGLE_CALENDAR_REDIRECT_URI", "google_calendar", "redirect"),
        ("GF_AUTH_GOOGLE_CLIENT_ID", "gf_google", "id"),
        ("MICROSOFT_CLIENT_SECRET", "microsoft", "secret"),
        ("AZURE_AD_CLIENT_ID", "microsoft", "id"),
        ("ENTRA_ID_CLIENT_ID", "microsoft", "id"),
        ("AZURE_CLIENT_ID", "azure", "id"),
        ("YOUTUBE_CLIENT_SECRET", "youtube", "secret"),
        ("NOTION_OAUTH_CLIENT_ID", "notion", "id"),
        ("NOTION_REDIRECT_URL", "notion", "redirect"),
        ("GITHUB_OAUTH_CLIENT_SECRET", "github", "secret"),
        ("FACEBOOK_APP_ID", "facebook", "id"),
        ("TWITTER_CONSUMER_SECRET", "twitter", "secret"),
        ("SHOPIFY_OAUTH_CLIENT_ID", "shopify", "id"),
        ("OIDC_CLIENT_SECRET", "oauth", "secret"),
        ("OAUTH_REDIRECT_URI", "oauth", "redirect"),
    ],
)
def test_a_name_says_which_application_and_which_part(name, application, part):
    meaning = load().meaning(name)
    assert meaning is not None
    assert (meaning.application, meaning.part, meaning.short) == (application, part, False)


@pytest.mark.parametrize(
    "name",
    [
        "CLIENT_ID",
        "REDIRECT_URI",
        "NOTION_API_KEY",
        "YOUTUBE_API_KEY",
        "AZURE_AD_TENANT_ID",
        "GITHUB_APP_ID",
        "GITHUB_WEBHOOK_SECRET",
        "STRIPE_CALLBACK_URL",
        "OAUTH2_PROXY_COOKIE_SECRET",
        "AZURE_AD_POST_LOGOUT_REDIRECT_URI",
        "OAUTH_SUCCESS_REDIRECT_URL",
        "MAX_CLIENT_ID",
        "ON_X_CLIENT_ID",
        "GOOGLE_" + "A_" * 100 + "CLIENT_ID",
        "_",
        "",
    ],
)
def test_other_names_are_not_about_logging_in(name):
    assert load().meaning(name) is None


def test_names_for_browsers_files_and_short_names_are_known_as_such():
    public, file, short = map(
        load().meaning, ("NEXT_PUBLIC_GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET_FILE", "AUTH_GITHUB_ID")
    )
    assert public is not None
    assert (public.application, public.public, public.file, public.short) == ("google", True, False, False)
    assert file is not None
    assert (file.application, file.part, file.file, file.public) == ("google", "secret", True, False)
    assert short is not None
    assert (short.application, short.part, short.short) == ("github", "id", True)


@pytest.mark.parametrize(
    ("said", "key"), [("google", "google"), ("Azure AD", "microsoft"), ("Shopify", "shopify"), ("", "oauth")]
)
def test_what_people_call_a_provider_leads_to_its_key(said, key):
    assert load().application(said) == key


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("DOMAIN", True),
        ("APP_DOMAIN", True),
        ("frontend_url", True),
        ("SERVER_NAME", True),
        ("COOKIE_DOMAIN", False),
        ("AUTH0_DOMAIN", False),
        ("DATABASE_URL", False),
        ("GOOGLE_REDIRECT_URI", False),
    ],
)
def test_some_variables_name_the_environments_own_host(name, expected):
    assert load().names_own_host(name) is expected


@pytest.fixture
def data():
    return yaml.safe_load((FOLDER / "oauth.yml").read_text())


def test_a_provider_that_a_user_adds_is_known(data):
    data["providers"]["acme"] = {"title": "Acme ID", "names": ["ACME", "ACME_ID"], "https_only": True, "id": ["KEY"]}
    vocabulary = read_vocabulary(data, "oauth.yml")
    meaning, own = vocabulary.meaning("AUTH_ACME_ID_CLIENT_SECRET"), vocabulary.meaning("ACME_KEY")
    assert meaning is not None
    assert (meaning.application, meaning.title, meaning.provider.https_only) == ("acme", "Acme ID", True)
    assert own is not None
    assert (own.application, own.part) == ("acme", "id")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"more": 1}, "oauth.yml must be a mapping with the keys"),
        ({"markers": "OAUTH"}, "markers must be a list"),
        ({"markers": [1]}, "markers must be a list"),
        ({"parts": ["ID"]}, "parts must be a mapping of id"),
        ({"parts": {"token": ["TOKEN"]}}, "parts must be a mapping of id"),
        ({"providers": ["google"]}, "providers must map"),
        ({"providers": {"google": {"title": "Google"}}}, "provider google must be a mapping with a title and names"),
        ({"providers": {"google": {"title": "G", "names": ["G"], "colour": "red"}}}, "google: unknown key colour"),
        ({"providers": {"google": {"title": "G", "names": ["G"], "redirect": "never"}}}, "redirect may be optional"),
        ({"providers": {"google": {"title": "G", "names": ["G"], "https_only": "yes"}}}, "https_only true or false"),
    ],
)
def test_a_mistake_in_the_vocabulary_is_named(data, change, said):
    with pytest.raises(ParityError, match=said):
        read_vocabulary({**data, **change}, "oauth.yml")
