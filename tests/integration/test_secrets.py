"""Secrets planted everywhere, and everything that was written searched for them."""

from __future__ import annotations

import base64
import json
import secrets
import string
import subprocess
import time
from pathlib import Path

from test_files_only import inventory

LETTERS = string.ascii_letters + string.digits


def random(length: int, alphabet: str = LETTERS) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def shapes() -> dict[str, str]:
    """Return secrets of many shapes by the name that holds each; made anew, so that no scanner trips over this file."""
    plain = ["DB_PASSWORD", "POSTGRES_PASSWORD", "MYSQL_ROOT_PASSWORD", "REDIS_PASSWORD", "SECRET_KEY", "JWT_SECRET", "API_TOKEN",
             "STRIPE_API_KEY", "ENCRYPTION_KEY", "SESSION_SECRET", "SMTP_PASS", "LDAP_BIND_PW_PASSWORD", "AUTH_TOKEN", "CLIENT_SECRET",
             "GOOGLE_CLIENT_SECRET", "dbPassword", "service.password", "app_secret", "PGPASSWORD", "MYSQL_PWD", "GRAFANA_ADMIN_PASSWORD",
             "MINIO_SECRET_KEY", "SIGNING_KEY", "PRIVATE_KEY", "OTP_SECRET", "PASSWORD_SALT", "COOKIE_SECRET", "WEBHOOK_SECRET",
             "VAULT_TOKEN", "NOTION_API_KEY"]  # fmt: skip
    found = {name: random(14) + "!" for name in plain}
    prefixes = ["ghp_", "github_pat_", "glpat-", "xoxb-", "sk_live_", "rk_live_", "whsec_", "AIza", "SG.", "npm_", "hf_", "dop_v1_",
                "shpat_", "hvs.", "GOCSPX-", "AKIA"]  # fmt: skip
    found |= {f"PLAIN_{number}": prefix + random(36) for number, prefix in enumerate(prefixes)}
    schemes = ["postgresql", "mysql", "redis", "amqp", "mongodb", "mongodb+srv", "https", "smtp", "ldap", "mssql"]
    found |= {f"URL_{number}": f"{scheme}://user:{random(12)}@host/db" for number, scheme in enumerate(schemes)}
    found |= {"HEX": secrets.token_hex(32), "BASE64": base64.b64encode(secrets.token_bytes(32)).decode(), "RANDOM": random(40),
              "AUTH_HEADER": "Bearer " + random(30), "CONN": f"Server=db;User Id=sa;Password={random(13)};"}  # fmt: skip
    return found


def needle(value: str) -> str:
    """Return the part of a value that must not be found anywhere."""
    if "://" in value:
        return value.partition("://user:")[2].partition("@")[0]
    if value.startswith("Bearer "):
        return value.removeprefix("Bearer ")
    if "Password=" in value:
        return value.partition("Password=")[2].rstrip(";")
    return value


def test_no_planted_secret_is_written_anywhere(audit, tmp_path):
    needles: set[str] = set()
    sides = {}
    for side in ("dev", "prod"):
        planted = {place: shapes() for place in ("env", "compose", "list", "label", "comment", "template")}
        needles |= {needle(value) for values in planted.values() for value in values.values()}
        folder = tmp_path / side
        folder.mkdir()
        (folder / ".env").write_text("".join(f"{k}={v}\n" for k, v in planted["env"].items()))
        (folder / ".env.template").write_text("".join(f"{k}={v}\n" for k, v in planted["template"].items()))
        command = random(20)
        needles.add(command)
        text = "services:\n  api:\n    image: app:1\n    environment:\n"
        text += "".join(f"      {k}: '{v}'\n" for k, v in planted["compose"].items())
        text += "    labels:\n" + "".join(f'      {k}: "{v}"\n' for k, v in planted["label"].items())
        text += f"    command: redis-server --requirepass {command}\n"
        text += "  other:\n    image: app:1\n    environment:\n" + "".join(
            f"      - '{k}={v}'\n" for k, v in planted["list"].items()
        )
        text += "".join(f"# {k}={v}\n" for k, v in planted["comment"].items())
        (folder / "compose.yml").write_text(text)
        sides[side] = {"parity_project_dir": str(folder), "parity_files_only": True}
    run = audit(inventory(tmp_path, sides), "-vvv", extra={"parity_fail_on": "never"})
    assert run.rc == 0, run.output[-1500:]
    assert "environment.same-secret" not in str(run.open)
    written = [path for place in ("reports", "runner") for path in (tmp_path / place).rglob("*") if path.is_file()]
    assert len(written) > 15
    leaked = {value for path in written for value in needles if value in path.read_text(errors="replace")}
    assert len(needles) >= 6 * 60
    assert leaked == set(), f"{len(leaked)} of {len(needles)} leaked"


NGINX = """# rotated: %s
events {}
http { server { listen 80; location / {
    proxy_set_header X-Api-Key "%s";
    proxy_set_header Authorization "Bearer %s";
    set $api_token %s;
    if ($http_x_api_key != "%s") { return 403; }
    return 204;
} } }
"""
LOKI = """auth_enabled: false  # password: %s
storage_config:
  aws: {s3: "s3://AKIA0000000000000000:%s@eu-west-1/logs"}
  azure:
    account_key: %s
ruler:
  alertmanager_client:
    basic_auth_password: %s
"""


def test_no_secret_of_what_runs_is_written_anywhere(lab_image, audit, tmp_path):
    """In the environment, labels, command, health output and log of a container, and in what nginx and Loki read."""
    needles = {name: random(18) for name in ("env", "label", "command", "log", "health", "url")}
    in_nginx, in_loki = [random(18) for _ in range(5)], [random(18) for _ in range(4)]
    (tmp_path / "nginx.conf").write_text(NGINX % tuple(in_nginx))
    (tmp_path / "loki.yaml").write_text(LOKI % tuple(in_loki))
    (tmp_path / "compose.yml").write_text(
        f"""
name: parity-secrets
services:
  api:
    image: {lab_image}
    init: true
    labels: {{parity.secrets: "1", app.password: {needles["label"]}}}
    environment: {{API_TOKEN: {needles["env"]}, DATABASE_URL: "postgresql://app:{needles["url"]}@db/app"}}
    command: [sh, -c, "echo login failed with password={needles["log"]}; exec sleep infinity --token={needles["command"]} || exec sleep 600"]
    healthcheck: {{test: [CMD-SHELL, "echo token={needles["health"]}; exit 1"], interval: 1s, retries: 1}}
  web:
    image: {lab_image}
    labels: {{parity.secrets: "1"}}
    command: [nginx, -g, "daemon off;"]
    volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro"]
  loki:
    image: {lab_image}
    init: true
    labels: {{parity.secrets: "1"}}
    command: [sleep, "600", -config.file=/etc/loki/config.yaml]
    volumes: ["./loki.yaml:/etc/loki/config.yaml:ro"]
"""
    )
    compose = ["docker-compose", "-f", str(tmp_path / "compose.yml")]
    subprocess.run([*compose, "up", "--detach"], check=True, capture_output=True)
    try:
        time.sleep(3)  # its health check has run
        host = {"parity_project": "parity-secrets"}
        run = audit(inventory(tmp_path, {"dev": host, "prod": host}), "-vvv", extra={"parity_fail_on": "never"})
    finally:
        subprocess.run([*compose, "down", "-t", "0"], check=True, capture_output=True)
    assert run.rc == 0, run.output[-1500:]
    seen = json.loads((run.report / "snapshots/dev.json").read_text())
    (facts,) = seen["hosts"].values()
    assert {entry["kind"] for entry in facts["config"]["found"]} == {"nginx", "loki"}
    assert all(entry["files"] for entry in facts["config"]["found"])
    planted = {*needles.values(), *in_nginx, *in_loki}
    written = [path for place in ("reports", "runner") for path in (tmp_path / place).rglob("*") if path.is_file()]
    leaked = {value for path in written for value in planted if value in path.read_text(errors="replace")}
    assert leaked == set(), [name for name, value in needles.items() if value in leaked]


def test_equal_secrets_are_still_seen_to_be_equal(audit, tmp_path):
    value = random(24)
    sides = {}
    for side in ("dev", "prod"):
        folder = tmp_path / side
        folder.mkdir()
        (folder / "compose.yml").write_text(
            f"services:\n  api:\n    image: app:1\n    environment: {{JWT_SECRET: {value}}}\n"
        )
        sides[side] = {"parity_project_dir": str(folder), "parity_files_only": True}
    run = audit(inventory(tmp_path, sides))
    assert run.open == {"environment.same-secret/JWT_SECRET@dev+prod": "high"}
    assert value not in (Path(run.report) / "report.md").read_text()
