"""TLS side by side: the data and the text of `nginx_ssl_diff.txt`."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tls_files import TODAY, certificate, digest, intermediate, key, leaf

from parity.areas.tls.facts import facts_of
from parity.areas.tls.servers import TlsServer
from parity.report.tls_section import section

SERVER = TlsServer(
    "prod",
    names=("app.example.com", "www.example.com"),
    listen=("443 ssl",),
    certificate="/etc/ssl/app.crt",
    pem=leaf() + intermediate(),
    key_state="read",
    key_digest=digest(key()),
    protocols=("TLSv1.3", "TLSv1.2"),
    hsts="max-age=31536000",
    version="1.31.3",
    place="conf.d/default.conf:3",
)


def text(server: TlsServer) -> str:
    return section(facts_of([server], TODAY))


def test_a_server_is_told_in_full():
    shown = text(SERVER)
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert lines[:9] == [
        "prod: app.example.com (conf.d/default.conf:3)",
        "listen 443 ssl",
        "names app.example.com, www.example.com",
        "protocols TLSv1.2 TLSv1.3",
        "ciphers nginx's default (HIGH:!aNULL:!MD5)",
        "HSTS max-age=31536000",
        "certificate /etc/ssl/app.crt",
        "1. subject CN=app.example.com",
        "issuer CN=Issuing",
    ]
    assert "valid 2025-12-31 to 2026-12-26, 300 days left" in lines
    assert "key EC 256, signed with SHA256" in lines
    assert "2. subject CN=Issuing" in lines
    assert lines[-1] == "key belongs to the certificate"
    assert max(map(len, shown.splitlines())) <= 90  # the SHA-256 cannot be broken
    assert not any(line != line.rstrip() for line in shown.splitlines())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"protocols": None, "version": "1.22.1"}, "TLSv1 TLSv1.1 TLSv1.2 (nginx's default in 1.22.1)"),
        ({"protocols": None, "version": ""}, "its version is not known"),
        ({"hsts": None}, "no header"),
        ({"ciphers": "HIGH"}, "ciphers HIGH"),
        ({"pem": None}, "/etc/ssl/app.crt: was not looked at"),
        ({"pem": b"", "certificate_reason": "the file is empty"}, "/etc/ssl/app.crt: the file is empty"),
        ({"pem": None, "certificate": ""}, "none of its own"),
        ({"pem": certificate()}, "issuer itself"),
        ({"pem": leaf(days=(-90, -5))}, "ended 5 days ago"),
        ({"key_digest": "0" * 64}, "key belongs to another certificate"),
        (
            {"key_state": "encrypted", "key_digest": "", "key_reason": "the key is encrypted"},
            "key the key is encrypted",
        ),
        ({"key_state": "", "key_digest": ""}, "key was not looked at"),
    ],
)
def test_what_else_may_be_told(change, expected):
    assert expected in " ".join(text(replace(SERVER, **change)).split())


def test_the_data_is_plain_and_what_hosts_sent_is_bounded():
    evil = "\x1b[2J" + "x" * 10_000
    facts = facts_of(
        [replace(SERVER, names=(evil,), listen=(evil,), ciphers=evil, hsts=evil, place=evil, certificate=evil)], TODAY
    )
    assert json.loads(json.dumps(facts)) == facts
    shown = section(facts)
    assert "\x1b" not in shown
    assert len(shown) < 3000


def test_no_server_is_said_to_be_none():
    assert section(facts_of([], TODAY)) == "No server speaks TLS."
