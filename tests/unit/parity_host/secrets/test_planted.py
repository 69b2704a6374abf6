"""Secrets planted in many shapes, in everything that leaves a host: none of them gets out, and no half of one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from parity_host.compose.redaction import redact_compose
from parity_host.envfile.redaction import redact_env_file
from parity_host.health import http_readers
from parity_host.nginx import text as nginx_text
from parity_host.secrets.redact import Redactor
from parity_host.secrets.token import TOKEN

KEY = b"0" * 32
MESSAGES = [
    one[key]
    for path in sorted((Path(__file__).parents[4] / "knowledge" / "signatures").glob("*.yml"))
    for one in list(yaml.safe_load_all(path.read_text(encoding="utf-8")))[1]
    for key in ("pattern", "cleared_by")
    if key in one
]
SECRETS = (
    "amberQuartz47",
    "fjord-lichen-ravine-6",
    "Xk9vTq2LmWz8",
    "kelpBarge!83",
    "73918264",
    "grotto59heron",
    "4711-0815-23",
)
UUID = "5b0c9f5e-21d7-4c9e-9a33-7d1f0f6e2ab4"

# Names of variables, in several languages and as people shorten them.
ENV = """
DB_PW ADMINPW BINDPW DB_PSW SMTP_PASSWRD MOT_DE_PASSE WACHTWOORD HASLO RECOVERY_PHRASE SNMP_COMMUNITY PASSKEY KENNWORT
CONTRASENA SENHA PAROLA LOZINKA HESLO JELSZO SALASANA LOSENORD PASSORD SIFRE CLAVE GEHEIM SEGRETO SEGREDO DB_PWD APP_PIN
PEPPER ROOT_PASS API_KEY VAULT_UNSEAL DEPLOY_CRED SHARED_WORD MAGIC_WORD ACCESS_CODE GATE LATCH ENTRY_PHRASE SIGNER X_AUTH
BACKDOOR_VALUE ZUGANG SCHLUESSEL OPENER UNLOCK KEYPHRASE
""".split()  # noqa: SIM905 - a table
# Lists of accounts, each with its password.
ACCOUNTS = (
    "USERS=bob:{s}\n",
    "ADMIN_USERS=al:x1,bob:{s}\n",
    "AUTH_USERS='bob {s}'\n",
    "APP_USER=bob/{s}\n",
    "LOGIN_USERS='bob|{s}'\n",
)
COMPOSE = (
    'services: {{a: {{image: "x:1", labels: {{caddy.basicauth.bob: "{s}"}}}}}}',
    'services: {{a: {{image: "x:1", labels: ["diun.regopt.word={s}"]}}}}',
    'services: {{a: {{image: "x:1", environment: {{UNLOCKER: "${{X:-{s}}}"}}}}}}',
    'services: {{a: {{image: "x:1", environment: ["GATE={s}"]}}}}',
    'services: {{a: {{image: "x:1", environment: ["GATE=${{GATE:?use {s} here}}"]}}}}',
    'services: {{a: {{image: "x:1", command: [sh, -c, \'echo "bob:{s}" | chpasswd\']}}}}',
    "services: {{a: {{image: \"x:1\", command: 'tool --gate {s} serve'}}}}",
    "services: {{a: {{image: \"x:1\", command: 'tool --gate={s} serve'}}}}",
    "services: {{a: {{image: \"x:1\", entrypoint: [tool, -g, '{s}']}}}}",
    "services: {{a: {{image: \"x:1\", healthcheck: {{test: [CMD-SHELL, 'probe -w {s} || exit 1']}}}}}}",
    'services: {{a: {{build: {{context: ., args: {{OPENER: "{s}"}}}}}}}}',
    'configs: {{a: {{content: "userlist bob {s}"}}}}',
    'configs: {{a: {{content: "\\"bob\\" \\"{s}\\""}}}}',
    'configs: {{a: {{content: "user bob on >{s} ~* +@all"}}}}',
    'secrets: {{a: {{content: "{s}"}}}}',
    'x-shared: {{opener: "{s}"}}',
    'services: {{a: {{image: "x:1", logging: {{driver: splunk, options: {{opener: "{s}"}}}}}}}}',
    'volumes: {{a: {{driver_opts: {{o: "addr=host,username=bob,opener={s}"}}}}}}',
    'services: {{a: {{image: "x:1", environment: {{HOOK: "https://flows.example.org/in/{s}"}}}}}}',
    'services: {{a: {{image: "x:1", environment: {{PUSH: "gotify://push.example.org/{s}"}}}}}}',
    'services: {{a: {{image: "x:1", environment: {{TREE: "ldap://dir.example.org/?bindpw={s}"}}}}}}',
)
NGINX = (
    'map $http_x_api_key $known {{ "{s}" 1; }}',
    'map $host $backend_word {{ default "{s}"; }}',
    'map $host $backend_word {{ a.example.com "{s}"; }}',
    "geo $opener {{ default no; 10.0.0.0/8 '{s}'; }}",
    'server {{ if ($http_x_origin_verify != "{s}") {{ return 403; }} }}',
    "server {{ if ($arg_gate = {s}) {{ return 403; }} }}",
    'server {{ set $x "{s}"; }}',
    "server {{ set $x 'a-{s}'; }}",
    "server {{ sub_filter '@@' '{s}'; }}",
    'server {{ return 200 "{s}"; }}',
    'server {{ add_header X-Gate "{s}"; }}',
    'server {{ proxy_set_header X-Gate "{s}"; }}',
    'server {{ fastcgi_param GATE "{s}"; }}',
    'server {{ auth_http_header X-Gate "{s}"; }}',
    "server {{ set_by_lua $y 'return \"{s}\"'; }}",
    'server {{ content_by_lua_block {{ local gate = "{s}" ngx.say(gate) }} }}',
    "server {{ access_by_lua_block {{ if ngx.var.arg_g ~= '{s}' then ngx.exit(403) end }} }}",
    "server {{ rewrite_by_lua_block {{ local t = {{ gate = '{s}' }} }} }}",
    "split_clients $remote_addr $variant {{ 50% '{s}'; * ''; }}",
    "env GATE={s};",
    "rewrite ^/go$ /x?page=2&k={s} last;",
    "proxy_pass http://api:8000/v1?version=2&k={s};",
    "try_files $uri /index.php?k={s};",
    "error_page 404 /e.php?code=404&k={s};",
    'proxy_cookie_path / "/; Secure; k={s}";',
)
LOGS = (
    "login failed for user bob with password {s}",
    "Anmeldung fehlgeschlagen mit Kennwort {s}",
    "connexion impossible avec le mot de passe {s}",
    "array(2) {{ ['user'] => 'bob' ['gate'] => '{s}' }}",
    "Config(host=db, opener={s}, port=5432)",
    "map[gate:{s} user:bob]",
    "{{Gate:{s} User:bob}}",
    "INSERT INTO users VALUES (1, 'bob', '{s}')",
    "parameters: [1, 'bob', '{s}']",
    "DETAIL:  Key (word)=({s}) already exists.",
    "> AUTH {s}",
    "> LOGIN bob {s}",
    "> PASS {s}",
    "smtp: AUTH PLAIN {s}",
    "<gate>{s}</gate>",
    "gate: {s}",
    "running: mytool -g {s} --fast",
    "your sign-in code is {s}",
    "opener '{s}' is wrong",
    "GET /reset/{s} HTTP/1.1",
    "POST /hooks/{s} 204",
    "GET /cb?state=1&gate={s} HTTP/1.1",
    "panic: cannot decode {s}: bad input",
    "token={s}",
    "unexpected value: {s} (from env)",
    "ERROR [app] {s}",
)
HEALTH: tuple[Callable[[str], object], ...] = (
    lambda s: {"gate": s},
    lambda s: {"password": s},
    lambda s: {"name": "DB_PASSWORD", "value": s},
    lambda s: {"key": "opener", "value": s},
    lambda s: {"secrets": {"db": s}},
    lambda s: {"api_keys": [s]},
    lambda s: {"tokens": {s: True}},
    lambda s: {"status": "ok " + s},
    lambda s: {"details": {"db": {"error": "refused for " + s}}},
    lambda s: {"url": "https://flows.example.org/in/" + s},
    lambda s: {"env": ["GATE=" + s]},
    lambda s: {s: "up"},
    lambda s: {"components": {s: {"status": "UP"}}},
    lambda s: {"checks": [{"name": s, "status": "pass"}]},
    lambda s: {"entries": {"db": {"description": s}}},
    lambda s: {"pin": int(s) if s.isdigit() else s},
    lambda s: {"credentials": {"a": {"b": int(s) if s.isdigit() else s}}},
)


def _left(secret: str, shown: str) -> bool:
    """Return whether the secret, or a half of it, can be read."""
    text, half = TOKEN.sub("\0", shown).lower(), max(5, len(secret) // 2 + 1)
    return any(secret[at : at + half].lower() in text for at in range(len(secret) - half + 1))


def _compose(template: str, secret: str) -> str:
    return redact_compose(template.format(s=secret), Redactor(KEY))


def _nginx(template: str, secret: str) -> str:
    return nginx_text.redact(template.format(s=secret), Redactor(KEY))


def _env(name: str, secret: str) -> str:
    return redact_env_file(f"{name}='{secret}'\n".encode(), Redactor(KEY))


def _accounts(template: str, secret: str) -> str:
    return redact_env_file(template.format(s=secret).encode(), Redactor(KEY))


def _log(template: str, secret: str) -> str:
    return Redactor(KEY, messages=MESSAGES).said(template.format(s=secret))


def _health(build: Callable[[str], object], secret: str) -> str:
    return json.dumps(http_readers.prune(build(secret), Redactor(KEY)))


SHAPES = (
    [(_env, one) for one in ENV]
    + [(_accounts, one) for one in ACCOUNTS]
    + [(_compose, one) for one in COMPOSE]
    + [(_nginx, one) for one in NGINX]
    + [(_log, one) for one in LOGS]
    + [(_health, one) for one in HEALTH]
)


def test_there_are_enough() -> None:
    assert len(SHAPES) >= 100
    assert len(SHAPES) * len(SECRETS) >= 500


@pytest.mark.parametrize(("leaves", "shape"), SHAPES, ids=range(len(SHAPES)))
def test_none_gets_out(leaves: Callable[[object, str], str], shape: object) -> None:
    out = {secret: shown for secret in SECRETS if _left(secret, shown := leaves(shape, secret))}
    assert not out
