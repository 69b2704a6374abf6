"""Values that are copied from another environment when asked, and secrets that are not."""

from __future__ import annotations

from typing import Any

import pytest

from parity.domain.findings import ParityError
from parity.remedy.env_values import env_elsewhere
from parity_host.envfile.redaction import redact_env_file
from parity_host.secrets.redact import Redactor

KEY = "the key of this test"
PASSWORD = "q8Zt4LmW2xRv"


def snapshot(environment: str, *files: str, containers: tuple[dict[str, str], ...] = ()) -> dict[str, Any]:
    redactor = Redactor(KEY.encode())
    found = {
        f"/srv/{number}.env": {"roles": ["env_file"], "text": redact_env_file(text.encode(), redactor)}
        for number, text in enumerate(files)
    }
    found["/srv/.env.template"] = {"roles": ["template"], "text": "TEMPLATE_ONLY=1\n"}
    engine = {"containers": [{"environment": one} for one in containers]}
    return {"environment": environment, "hosts": {"one": {"project": {"files": found}, "engine": engine}}}


DEV = snapshot(
    "dev",
    f"POOL_SIZE=5\nSMTP_PASSWORD={PASSWORD}\nURL=http://${{HOST}}/\nDATABASE_URL=postgres://app:{PASSWORD}@db/x\nTWO=a\n",
    "POOL_SIZE='5'\nTWO=b\n",
    containers=({"WORKERS": "2", "POOL_SIZE": "9"}, {"WORKERS": "2"}),
)
PROD = snapshot("prod", "MODE=fast\n")


@pytest.mark.parametrize(("key", "value"), [("POOL_SIZE", "5"), ("WORKERS", "2")])
def test_a_value_is_taken_from_the_files_or_the_containers_of_the_environment_that_is_named(key, value):
    found = env_elsewhere([DEV, PROD], "prod", {key: "dev"}, wanted=[key])
    assert (found["values"], found["refused"]) == ({key: value}, {})


@pytest.mark.parametrize(
    ("key", "source", "why"),
    [
        ("SMTP_PASSWORD", "dev", "it is a secret of dev, and secrets are not copied"),
        ("DATABASE_URL", "dev", "it is a secret of dev"),
        ("TWO", "dev", "dev has 2 values for it"),
        ("URL", "dev", "interpolated from other variables"),
        ("MODE", "prod", "prod, which is not another environment (valid: dev)"),
        ("MODE", "stage", "stage, which is not another environment (valid: dev)"),
        ("NOWHERE", "dev", "dev has no value for it"),
        ("TEMPLATE_ONLY", "dev", "dev has no value for it"),
    ],
)
def test_what_cannot_be_copied_is_refused(key, source, why):
    found = env_elsewhere([DEV, PROD], "prod", {key: source}, wanted=[key])
    assert found["values"] == {}
    assert why in found["refused"][key]


def test_hostile_snapshots_give_nothing():
    for hosts in (
        None,
        [],
        {"one": None},
        {"one": {"project": {"files": {"a": 1}}, "engine": {"containers": [1, {}]}}},
    ):
        found = env_elsewhere([{"environment": "dev", "hosts": hosts}], "prod", {"A": "dev"}, wanted=["A"])
        assert (found["values"], list(found["refused"])) == ({}, ["A"])


@pytest.mark.parametrize(
    ("key", "value", "added"),
    [
        ("MAIL_PASSWORD", PASSWORD, False),
        ("CACHE_URL", f"redis://:{PASSWORD}@cache/0", False),
        ("MAIL_PASSWORD", "Another-one-77", True),
    ],
)
def test_a_secret_of_another_environment_is_refused_as_a_value(key, value, added):
    found = env_elsewhere([DEV, PROD], "prod", {}, {key: value}, [key], KEY)
    assert found["values"] == ({key: value} if added else {})
    assert found["refused"] == ({} if added else {key: "its value is a secret of dev; each environment needs its own"})
    assert value not in str(found["refused"])


def test_a_host_is_told_no_fingerprint_of_another_environment_and_no_value_that_it_does_not_lack():
    """It has the run's key: with fingerprints of the others' secrets, it could try passwords until one fits."""
    found = env_elsewhere(
        [DEV, PROD], "prod", {"POOL_SIZE": "dev", "WORKERS": "dev"}, {"A": "Some-thing-8", "B": "x"}, ["B"], KEY
    )
    assert found == {"values": {"B": "x"}, "refused": {}}


def test_a_given_value_comes_before_one_that_could_not_be_copied():
    found = env_elsewhere(
        [DEV, PROD], "prod", {"TWO": "dev", "POOL_SIZE": "dev"}, {"TWO": 5, "POOL_SIZE": "7"}, ["TWO", "POOL_SIZE"], KEY
    )
    assert found == {"values": {"TWO": 5, "POOL_SIZE": "7"}, "refused": {}}


@pytest.mark.parametrize(("copy", "given"), [({}, f"POOL_SIZE={PASSWORD}"), (f"POOL_SIZE={PASSWORD}", {})])
def test_what_is_no_mapping_is_refused_without_its_value(copy: Any, given: Any) -> None:
    with pytest.raises(ParityError, match=r"must be a mapping of keys\. With -e, pass JSON") as said:
        env_elsewhere([DEV, PROD], "prod", copy, given, ["POOL_SIZE"], KEY)
    assert PASSWORD not in str(said.value)


@pytest.mark.parametrize(
    ("key", "value", "elsewhere", "lacks", "refused"),
    [
        ("SMTP_PASSWORD", "w3Rt8LmQ9xZr4Tn8", "w3Rt8LmQ9xZr4Tn8", "SMTP_PASSWORD", True),
        ("SMTP_PASSWORD", "w3Rt8LmQ9xZr4Tn8", "another9xZr4Tn8", "SMTP_PASSWORD", False),
        ("SMTP_PASSWORD", "w3Rt8LmQ9xZr4Tn8", "w3Rt8LmQ9xZr4Tn8", "OTHER", False),
        ("POOL_SIZE", "7", "7", "POOL_SIZE", False),
        ("URL", "http://u:w3Rt8LmQ9xZr4Tn8@h/", "http://u:w3Rt8LmQ9xZr4Tn8@h/", "URL", True),
    ],
)
def test_a_secret_that_two_environments_would_get_is_refused(
    key: str, value: str, elsewhere: str, lacks: str, refused: bool
) -> None:
    missing = {"rule": "environment.missing", "status": "open", "environments": ["dev"], "id": "x", "evidence": []}
    findings = {"findings": [{**missing, "item": lacks}], "services": []}
    found = env_elsewhere(
        [snapshot("dev"), PROD],
        "prod",
        {},
        {key: value},
        [key],
        KEY,
        {"findings": findings, "given": {"dev": {key: elsewhere}}},
    )
    assert found["values"] == ({} if refused else {key: value})
    said = "dev is missing it too and has the same value; each environment needs its own secret"
    assert found["refused"] == ({key: said} if refused else {})
