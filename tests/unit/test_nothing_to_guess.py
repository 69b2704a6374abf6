"""Weak passwords, and everything that is written: no hash in it tells whoever has no key that a guess is right."""

from __future__ import annotations

import base64
import difflib
import hashlib
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fake_engine
import files_only
import pytest

from parity.judge.audit import Settings, audit, completed
from parity.judge.knowledge import load
from parity.record import snapshot
from parity.remedy import records as repairs
from parity.report import write
from parity_host.gather import host
from parity_host.loki import files as loki_files
from parity_host.nginx import text as nginx_text
from parity_host.secrets.redact import Redactor
from parity_host.secrets.sealing import Sealer

WORDS, YEARS = ("dragon", "sunshine", "liverpool"), range(1980, 2000)
GUESSES = [f"{word}{year}" for word, year in itertools.product(WORDS, YEARS)]
PASSWORD = "sunshine1987"
KEY = b"k" * 48
ALGORITHMS = [name for name in sorted(hashlib.algorithms_guaranteed) if not name.startswith("shake")]
ENV = "POSTGRES_USER=shop\nPOSTGRES_PASSWORD={}\n"
COMPOSE = "services:\n  db:\n    image: postgres:16\n    env_file: [.env]\n    networks: [back]\nnetworks: {{back: {{}}}}\n# {}\n"
NGINX = 'events {{}}\nhttp {{\n  server {{ listen 80; proxy_set_header Authorization "Bearer {}"; }}\n}}\n'
LOKI = "auth_enabled: false\nstorage_config:\n  aws:\n    access_key_id: shop\n    secret_access_key: {}\n"
MAIN, LOKI_MAIN = "/etc/nginx/nginx.conf", "/etc/loki/local-config.yaml"


def service(password: str) -> bytes:
    """Return what Compose's own hash is over: a service as it is resolved."""
    return json.dumps({"environment": {"POSTGRES_PASSWORD": password}, "image": "postgres:16"}).encode()


def preimages(guess: str) -> Iterator[bytes]:
    """Yield what a hash may have been made of, by somebody who has read all that was written and knows the programs."""
    for text in (guess, f"POSTGRES_PASSWORD={guess}", f"{guess}shop", f"shop:{guess}"):
        yield text.encode()
        yield text.encode() + b"\n"
    for form in (ENV, COMPOSE, NGINX, LOKI):
        yield form.format(guess).encode()
    yield service(guess)


def guessed(written: str) -> set[str]:
    """Return the guesses that a hash in `written` confirms, whole or cut off, in hexadecimal or base64."""
    runs = {run.lower() for run in re.findall(r"[0-9A-Fa-f]{8,}", written)}
    by_start: dict[str, list[str]] = {}
    for run in runs:
        by_start.setdefault(run[:8], []).append(run)
    found = set()
    for guess in GUESSES:
        for preimage, name in itertools.product(preimages(guess), ALGORITHMS):
            digest = hashlib.new(name, preimage)
            told = digest.hexdigest()
            if any(told.startswith(run) for run in by_start.get(told[:8], ())):
                found.add(guess)
            for encode in (base64.b64encode, base64.urlsafe_b64encode):
                if encode(digest.digest()).decode().rstrip("=") in written:
                    found.add(guess)
    return found


def containers() -> list[dict[str, Any]]:
    hashed = hashlib.sha256(service(PASSWORD)).hexdigest()
    labels = {fake_engine.PREFIX + "config-hash": hashed, "io.podman.compose.config-hash": hashed}
    env = ["POSTGRES_USER=shop", f"POSTGRES_PASSWORD={PASSWORD}"]
    return [
        fake_engine.container("db", Config={"Env": env, "Labels": labels}),
        fake_engine.container("nginx", Config={"Image": "nginx:1.25", "Cmd": ["nginx", "-g", "daemon off;"]}),
        fake_engine.container("loki", Config={"Image": "grafana/loki:3.4.3", "Cmd": []}),
    ]


def facts_of_engine(folder: Path) -> dict[str, Any]:
    nginx, loki = containers()[1:]
    answers = fake_engine.answers(*containers())
    answers[f"/containers/{nginx['Id']}/archive"] = {MAIN: NGINX.format(PASSWORD).encode()}
    answers[f"/containers/{loki['Id']}/archive"] = {LOKI_MAIN: LOKI.format(PASSWORD).encode()}
    with fake_engine.serving(answers, folder) as address:
        return host.gather(fake_engine.asked(address), KEY.decode(), {})


def facts_of_files(folder: Path) -> dict[str, Any]:
    (folder / ".env").write_text(ENV.format(PASSWORD))
    (folder / "compose.yml").write_text(COMPOSE.format(PASSWORD))
    return host.gather(fake_engine.asked(directory=str(folder)), KEY.decode(), {})


def snapshots(folder: Path) -> list[dict[str, Any]]:
    taken = {"dev": facts_of_files(folder), "prod": facts_of_engine(folder)}
    common = {"schema": snapshot.SCHEMA, "run": "one", "taken": "2026-11-24T02:00:00Z"}
    return [
        {**common, "environment": name, "production": name == "prod", "hosts": {name: snapshot.host_facts(facts)}}
        for name, facts in taken.items()
    ]


def records() -> Iterator[str]:
    """Yield what remedies leave beside the reports."""
    entry = {"when": "2026-11-24T083000Z", "environment": "prod", "container": "nginx", "remedy": "nginx"}
    for form, redact in ((NGINX, nginx_text.redact), (LOKI, loki_files.redact)):
        sealed = Sealer(KEY).seal(form.format(PASSWORD), redact)
        made = repairs.record({**entry, "before": sealed, "after": sealed})
        yield made["name"] + made["content"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("app")
    taken = snapshots(folder)
    found = completed(audit(taken, load(), Settings(), "2026-11-24T08:00:00Z", "0"))
    return "\n".join([*map(snapshot.dump, taken), *write.render(found).values(), *records()])


def test_no_guess_is_confirmed(written: str) -> None:
    assert PASSWORD not in written
    assert guessed(written) == set()


def test_the_files_were_read_and_equality_is_still_told(written: str) -> None:
    for name in (MAIN, LOKI_MAIN, ".env", "POSTGRES_PASSWORD"):
        assert name in written
    assert written.count(Redactor(KEY).value("POSTGRES_PASSWORD", PASSWORD)) > 2
    assert Redactor(KEY).fingerprint(LOKI.format(PASSWORD).encode()) in written


@pytest.mark.parametrize(
    "leak",
    [
        hashlib.sha256(service(PASSWORD)).hexdigest(),
        hashlib.blake2b(ENV.format(PASSWORD).encode()).hexdigest(),
        hashlib.sha224(f"{PASSWORD}shop".encode()).hexdigest()[:12],
        base64.b64encode(hashlib.sha512(NGINX.format(PASSWORD).encode()).digest()).decode(),
    ],
)
def test_the_search_finds_a_hash_without_a_key(written: str, leak: str) -> None:
    assert guessed(f"{written}\n{leak}\n") == {PASSWORD}


# Where a password may be written, all in one project: what leaves must not depend on which password it is.
PLACES = {
    "e.env": "API_PASSWORD={0}\nTHING='{0}'\nU=postgres://a:{0}@db/x\nQ=https://h.example.com/?q={0}\n# old {0}\n#PW={0}\n"
    'USERS=a:{0},b:c\nJ={{"p":"{0}"}}\nV=v1:{0}\nX=--flag={0}\nY=[{0}]\n',
    ".env": "PW={0}\n",
    ".env.example": "PW={0}\n",
    "r.env": "RAW={0}\n",
    "l.env": "a.b={0}\n",
    "s.txt": "{0}\n",
    "n.conf": 'server {{ listen 80; set $k "{0}"; proxy_set_header X-K "{0}"; if ($http_x = "{0}") {{ return 204; }} # {0}\n'
    "rewrite ^/a$ /b?k={0}; }}\n",
    "l.yaml": "auth_enabled: false\nstorage_config: {{aws: {{secret_access_key: '{0}'}}}}\nruler: {{alertmanager_url: 'http://u:{0}@h'}}\n",
    "compose.yml": """services:
  api:
    image: app:1
    env_file: [e.env, {{path: r.env, format: raw}}]
    label_file: l.env
    environment: {{X: '${{PW:-{0}}}', X_PASSWORD: '{0}'}}
    labels: {{a.c: '{0}'}}
    command: [x, --requirepass, '{0}']
    build: {{context: ., args: {{T: '{0}'}}}}
    healthcheck: {{test: 'redis-cli -a {0} ping'}}
    logging: {{driver: x, options: {{t: '{0}'}}}}
  db: {{image: 'redis:7', command: 'redis-server --requirepass {0}'}}
  web: {{image: 'nginx:1.25', volumes: ['./n.conf:/etc/nginx/conf.d/default.conf']}}
  loki:
    image: grafana/loki:3.4.3
    volumes: ['./l.yaml:/etc/loki/local-config.yaml']
    secrets: [s]
    configs: [k]
secrets: {{s: {{file: ./s.txt}}}}
configs: {{k: {{content: 'user {0}'}}}}
""",
}


def told(folder: Path, password: str) -> str:
    """Return all that is written of a project with this password, without what has a key of the run."""
    for side in ("dev", "prod"):
        (folder / side).mkdir(parents=True)
        for name, text in PLACES.items():
            (folder / side / name).write_text(text.format(password))
    taken = [files_only.snapshot(files_only.Side(side, folder / side)) for side in ("dev", "prod")]
    found = completed(audit(taken, load(), Settings(), "2026-11-24T08:00:00Z", "0"))
    text = "\n".join([*map(snapshot.dump, taken), *write.render(found).values()])
    return re.sub(r"[0-9a-f]{32,64}", "H", text.replace(str(folder), ""))


@pytest.mark.long_run
def test_nothing_that_is_written_depends_on_the_password(tmp_path: Path) -> None:
    first, second = (told(tmp_path / name, name) for name in ("sunshine1987", "kXq9vTz2LmWq"))
    assert list(difflib.unified_diff(first.splitlines(), second.splitlines(), n=0)) == []
