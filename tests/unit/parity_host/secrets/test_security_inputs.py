"""Inputs that once left a host readable: literals of nginx, numbers and values in health answers, unknown names."""

from __future__ import annotations

import json

import pytest

from parity_host.envfile.redaction import redact_env_file
from parity_host.health import http_readers
from parity_host.nginx import text as nginx_text
from parity_host.secrets.redact import Redactor

KEY = b"0" * 32
NGINX = """\
map $http_x_api_key $client { default ""; "riverPepper69" alice; }
map $host $oidc_client_secret { default "zephyrTeal96"; }
server { auth_http_header X-Auth-Key "sableUmber17"; }
"""
HEALTH = {
    "password": 83749217,
    "secrets": {"db": "cedarCedar54"},
    "env": {"name": "DB_PASSWORD", "value": "walnutOrchid31"},
    "api_keys": {"alice": "plumVelvet90"},
}
ENV = {
    "DB_PW": "sableMaple44",
    "LDAP_BIND_PW": "meadowStone86",
    "ADMINPW": "zephyrPlum37",
    "PASSKEY": "violetPlum89",
    "RECOVERY_PHRASE": '"tiger kestrel falcon harbor"',
    "SNMP_COMMUNITY": "kestrelKestrel57",
}


def test_literals_of_nginx() -> None:
    shown = nginx_text.redact(NGINX, Redactor(KEY))
    assert [one for one in ("riverPepper69", "zephyrTeal96", "sableUmber17") if one in shown] == []


def test_numbers_and_values_of_a_health_answer() -> None:
    shown = json.dumps(http_readers.prune(HEALTH, Redactor(KEY)))
    assert [one for one in ("83749217", "cedarCedar54", "walnutOrchid31", "plumVelvet90") if one in shown] == []


@pytest.mark.parametrize("name", ENV)
def test_names_that_say_little(name: str) -> None:
    shown = redact_env_file(f"{name}={ENV[name]}\n".encode(), Redactor(KEY))
    assert ENV[name].strip('"') not in shown
