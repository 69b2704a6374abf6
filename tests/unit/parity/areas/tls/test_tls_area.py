"""The area as a whole: what is shared is said once, environments are compared. Each rule has its example in tls.yml."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tls_files import (
    TODAY,
    certificate,
    digest,
    intermediate,
    key,
    leaf,
)

from parity.areas.tls.servers import TlsServer, differences_of
from parity.domain.findings import Difference
from parity.judge.knowledge import load
from parity_host.tls import pem
from parity_host.tls.certificates import certificate_facts, key_facts

CASES = Path(__file__).parents[4] / "cases" / "nginx"
NAME = "app.example.com"
YEAR = "max-age=31536000"
ISSUING = intermediate()
GOOD = TlsServer(
    "prod",
    names=(NAME,),
    listen=("443 ssl",),
    certificate="/etc/ssl/app.crt",
    pem=leaf() + ISSUING,
    key="/etc/ssl/app.key",
    key_state="read",
    key_digest=digest(key()),
    protocols=("TLSv1.2", "TLSv1.3"),
    hsts=YEAR,
    version="1.31.3",
    place="conf.d/default.conf:1",
)
DEV = replace(
    GOOD, environment="dev", pem=leaf(private=key("ec", "dev")) + ISSUING, key_digest=digest(key("ec", "dev"))
)


def found(*servers: TlsServer, production: tuple[str, ...] = ("prod",)) -> list[Difference]:
    return list(differences_of(servers, production, TODAY))


def rules(*servers: TlsServer, production: tuple[str, ...] = ("prod",)) -> list[str]:
    return [difference.rule.removeprefix("tls.") for difference in found(*servers, production=production)]


def test_two_good_environments_have_no_difference():
    assert found(DEV, GOOD) == []


def test_only_production_is_asked_for_hsts():
    assert rules(replace(GOOD, hsts=None), production=()) == []
    assert rules(replace(GOOD, hsts=""), production=("prod",)) == ["hsts-missing"]
    assert rules(replace(GOOD, hsts="$hsts_header")) == []
    assert rules(replace(GOOD, hsts="max-age=0")) == ["hsts-short"]
    assert rules(replace(GOOD, hsts="max-age=15552000")) == []
    assert rules(replace(GOOD, hsts=None, certificate="", pem=None)) == []


def test_self_signed_is_marked_for_the_policy_outside_production():
    alone = replace(GOOD, pem=certificate())
    assert [d.ways for d in found(alone)] == [{"production"}]
    assert [d.ways for d in found(alone, production=())] == [{"not-in-production"}]
    rule = load().rules["tls.self-signed"]
    assert (rule.production.word, rule.elsewhere.word) == ("high", "info")


def test_a_certificate_of_several_servers_is_told_once_for_all_their_names():
    other = replace(GOOD, names=("www.example.com", "_"), place="conf.d/www.conf:1")
    third = replace(GOOD, names=("api.example.com",), place="conf.d/api.conf:1")
    (difference,) = found(GOOD, other, third)
    assert difference.rule == "tls.name-not-covered"
    assert difference.words["names"] == "www.example.com, api.example.com"
    assert [piece.place for piece in difference.evidence] == [s.place for s in (GOOD, other, third)]


def test_a_server_with_two_certificates_is_told_its_settings_once():
    second = replace(
        GOOD, certificate="/etc/ssl/rsa.crt", pem=leaf(private=key("rsa")) + ISSUING, key_digest=digest(key("rsa"))
    )
    weak = [replace(one, ciphers="RC4") for one in (GOOD, second)]
    (difference,) = found(*weak)
    assert len(difference.evidence) == 1


def test_the_same_path_with_other_contents_is_told_of_each_environment():
    ids = [d.id for d in found(replace(DEV, pem=leaf(private=key("ec", "dev"))), replace(GOOD, pem=leaf()))]
    assert [one.partition("@")[2] for one in ids] == ["dev", "prod"]


def test_what_nobody_looked_at_is_not_judged():
    assert rules(replace(GOOD, pem=None, key_state="no-key")) == []


def test_sharing_matters_only_across_the_border_of_production():
    both = [replace(GOOD, environment="staging"), replace(GOOD, environment="dev")]
    assert rules(*both, production=("prod",)) == []
    assert rules(*both, production=("staging", "dev")) == []
    (difference,) = found(*both, GOOD)
    assert difference.rule == "tls.same-certificate"
    assert difference.environments == ("staging", "dev", "prod")


def test_a_shared_issuer_is_not_sharing():
    assert rules(DEV, GOOD) == []


def test_protocols_are_compared_as_nginx_means_them():
    def differ(dev: TlsServer, prod: TlsServer) -> bool:
        return "protocols-differ" in rules(dev, prod)

    assert not differ(replace(DEV, protocols=None), GOOD)
    assert not differ(replace(DEV, protocols=("tlsv1.3", "TLSv1.2")), GOOD)
    assert differ(replace(DEV, protocols=None, version="1.22.1"), GOOD)
    assert not differ(replace(DEV, protocols=None, version=""), GOOD)
    assert differ(DEV, replace(GOOD, protocols=("TLSv1.2",)))
    # What one of its servers offers is not known: nothing can be said of the environment.
    half = [replace(DEV, protocols=("TLSv1.3",)), replace(DEV, protocols=None, version="")]
    assert "protocols-differ" not in rules(*half, GOOD)
    assert "protocols-differ" in rules(DEV, replace(DEV, protocols=("TLSv1.3",)), GOOD)
    assert "protocols-differ" not in rules(DEV, GOOD, replace(GOOD, service="other", protocols=("TLSv1.3",)))


def test_ciphers_are_compared_as_nginx_means_them():
    assert "ciphers-differ" not in rules(replace(DEV, ciphers="HIGH:!aNULL:!MD5"), GOOD)
    assert "ciphers-differ" not in rules(replace(DEV, ciphers="HIGH, !aNULL !MD5"), GOOD)
    (difference,) = found(replace(DEV, ciphers="HIGH:!aNULL"), GOOD)
    assert {p.environment: p.shown for p in difference.evidence} == {"dev": "HIGH:!aNULL", "prod": "HIGH:!aNULL:!MD5"}


def test_ids_do_not_move_with_lines():
    first = [d.id for d in found(replace(GOOD, pem=leaf()))]
    assert first == [d.id for d in found(replace(GOOD, pem=leaf(), place="elsewhere:99"))]


def test_what_a_host_sends_cannot_steer_a_terminal_or_grow_a_report():
    evil = "\x1b[2J\u202e" + "x" * 100_000
    server = replace(
        GOOD,
        names=(evil,),
        listen=(evil,),
        certificate=evil,
        key=evil,
        place="p",
        pem=leaf(),
        ciphers="RC4:" + evil,
        hsts=evil,
        version=evil,
        key_reason=evil,
    )
    for difference in found(
        server, replace(server, environment="dev"), replace(server, pem=b"", certificate_reason=evil)
    ):
        said = [
            *difference.words.values(),
            *(piece.shown for piece in difference.evidence),
            difference.id,
            difference.item,
        ]
        assert all(len(text) < 500 for text in said)
        assert not any(sign in text for text in said for sign in "\x1b\u202e")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=3), st.binary(max_size=60), st.text(max_size=40), st.text(max_size=12))
def test_nothing_a_host_sends_makes_it_raise(names, content, text, version):
    wild = replace(
        GOOD,
        names=tuple(names),
        pem=pem.encode("CERTIFICATE", content),
        ciphers=text,
        hsts=text,
        protocols=(text,),
        version=version,
    )
    for difference in found(replace(wild, environment="dev"), wild, replace(wild, protocols=None)):
        assert difference.rule in load().rules


CASE_RULES = {
    "ssl-chain-wrong-order-ec-rsa/nginx": {"wrong-order"},
    "ssl-chain-wrong-order-ec-rsa/fixed": set(),
}


@pytest.mark.parametrize("path", CASE_RULES)
def test_what_nginx_does_not_see_in_the_cases_is_seen(path):
    folder = CASES / path
    own_key = key_facts((CASES / "ssl-chain-wrong-order-ec-rsa/nginx/certs/app.key").read_bytes())
    facts = certificate_facts((folder / "certs/app-wrong-order.crt").read_bytes())
    server = replace(GOOD, pem=facts["pem"].encode(), key_state=own_key["state"], key_digest=own_key["digest"])
    assert {"wrong-order", "key-mismatch", "first-is-ca"} & set(rules(server)) == CASE_RULES[path]
