"""Values that were hidden on their host for nothing but being unknown: they are no secrets, and no reason for a finding."""

from __future__ import annotations

from stacks import audited, stack

from parity.domain.mentions import names_in
from parity_host.secrets.token import SECRET, UNKNOWN, make

KEY = b"k" * 48
PASSWORD = make(KEY, "changeme", SECRET)
PATH = make(KEY, "/kelp-9-barge", UNKNOWN)


def placeholders(env: dict[str, str]) -> set[str]:
    found = audited(stack("dev", {"api": {"env": env}}), stack("prod", {"api": {"env": env}}))
    return {one for one in found if one.startswith("environment.placeholder") and one.endswith("@prod")}


def test_an_address_of_a_password_is_that_passwords_finding_whatever_else_is_hidden_in_it():
    env = {"BROKER_PASSWORD": PASSWORD, "BROKER_URL": f"amqp://app:{PASSWORD}@mq:5672{PATH}"}
    assert placeholders(env) == {"environment.placeholder/BROKER_PASSWORD@prod"}


def test_a_value_that_is_only_unknown_is_no_secret_of_two_environments():
    for why, said in ((SECRET, True), (UNKNOWN, False)):
        env = {"GREETING": make(KEY, "kelp barge heron", why)}
        found = audited(stack("dev", {"api": {"env": env}}), stack("prod", {"api": {"env": env}}))
        assert ("environment.same-secret/GREETING@dev+prod" in found) is said


def test_equality_is_seen_whatever_the_reason_for_hiding():
    dev = {"GREETING": make(KEY, "kelp barge heron", UNKNOWN)}
    for value, said in (("kelp barge heron", False), ("kelp barge herons", True)):
        prod = {"GREETING": make(KEY, value, SECRET)}
        found = audited(stack("dev", {"api": {"env": dev}}), stack("prod", {"api": {"env": prod}}))
        assert ("environment.differs/GREETING@dev+prod" in found) is said


def test_what_is_hidden_links_no_findings():
    assert names_in(f"lookup … on {PASSWORD}: refused", f"http://{PATH}:80") == {
        "lookup",
        "on",
        "refused",
        "http",
        "80",
    }
