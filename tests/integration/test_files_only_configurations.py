"""nginx and Loki audited from a project's files alone: what their services mount, rendered by the real Compose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_files_only import inventory

NGINX = "events {}\nhttp {\n  include mime.types;\n  include conf.d/*.conf;\n}\n"
SITE = "server {\n  listen 80;\n  location / { proxy_pass http://api:8000; }\n}\n"
LOST = "server {\n  listen 80;\n  proxy_pass http://api:8000;\n}\n"
GOOD_LOKI = """common: {path_prefix: /loki, replication_factor: 1, ring: {kvstore: {store: inmemory}}}
schema_config:
  configs:
    - {from: 2023-01-01, store: tsdb, object_store: filesystem, schema: v13, index: {prefix: i_, period: 24h}}
"""
LOKI = GOOD_LOKI + "compactor: {shared_store: filesystem}\n"
SECRET = "Qz7Lm2Vx9Kt4Wn8R"
COMPOSE = """
x-web: &web
  restart: always
  image: nginx:${NGINX_VERSION:-1.27.3}
  volumes:
    - ./nginx/nginx.conf:/etc/nginx/nginx.conf:ro
    - type: bind
      source: ${SITES:-./nginx/conf.d}
      target: /etc/nginx/conf.d
services:
  web: {<<: *web, networks: [front]}
  api: {image: 'app:1', networks: [NETWORK]}
  loki:
    restart: always
    image: grafana/loki:3.4.3
    command: -config.file=/etc/loki/loki.yaml
    configs: [{source: loki, target: /etc/loki/loki.yaml}]
configs: {loki: {file: ./loki.yaml}}
networks: {front: {}, back: {}}
"""


def project(folder: Path, files: dict[str, str], compose: str = COMPOSE, network: str = "front") -> dict[str, Any]:
    found = {"nginx/nginx.conf": NGINX, "nginx/conf.d/site.conf": SITE, "loki.yaml": GOOD_LOKI, **files}
    for name, text in found.items():
        (folder / "docker" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "docker" / name).write_text(text)
    (folder / "docker" / "compose.yml").write_text(compose.replace("NETWORK", network))
    return {"parity_project_dir": str(folder / "docker"), "parity_files_only": True}


def audited(audit: Any, folder: Path, dev: dict[str, Any], prod: dict[str, Any]) -> Any:
    run = audit(inventory(folder, {"dev": dev, "prod": prod}), extra={"parity_fail_on": "never"})
    assert run.rc == 0, run.output[-2000:]
    assert "Traceback" not in run.output
    assert "a bug in Parity" not in (run.report / "findings.json").read_text()
    return run


def of(run: Any, *areas: str) -> dict[str, str]:
    return {name: severity for name, severity in run.open.items() if name.partition(".")[0] in areas}


def test_equal_configurations_have_no_finding_and_nothing_is_unseen(audit, tmp_path):
    run = audited(audit, tmp_path, project(tmp_path / "d", {}), project(tmp_path / "p", {}))
    assert run.open == {}
    assert run.findings["unseen"] == []


def test_what_would_be_refused_and_what_differs_is_found(audit, tmp_path):
    slower = SITE.replace("listen 80;", "listen 80;\n  client_max_body_size 8m;")
    prod = project(tmp_path / "p", {"nginx/conf.d/site.conf": slower, "nginx/conf.d/x.conf": LOST, "loki.yaml": LOKI})
    found = of(audited(audit, tmp_path, project(tmp_path / "d", {}), prod), "nginx", "loki")
    assert found["nginx.refused/web/misplaced_directive:proxy_pass:conf.d/x.conf@prod"] == "high"
    assert found["loki.refused/loki/compactor.shared_store@prod"] == "high"
    assert any(name.startswith("nginx.body-size-differs/web") for name in found)


def test_a_host_on_another_network_is_found(audit, tmp_path):
    prod = project(tmp_path / "p", {}, network="back")
    found = of(audited(audit, tmp_path, project(tmp_path / "d", {}), prod), "nginx")
    assert found == {"nginx.unresolvable/web/api@prod": "high"}


def test_what_lies_in_the_image_is_not_called_missing(audit, tmp_path):
    own = NGINX.replace("mime.types;", "mime.types;\n  include /etc/nginx/extra.conf;")
    run = audited(audit, tmp_path, project(tmp_path / "d", {}), project(tmp_path / "p", {"nginx/nginx.conf": own}))
    assert of(run, "nginx") == {"nginx.not-compared/web//etc/nginx/extra.conf@prod": "low"}
    # What a mount decides is known: this one is missing.
    own = NGINX.replace("mime.types;", "mime.types;\n  include /etc/nginx/conf.d/gone.inc;")
    run = audited(audit, tmp_path, project(tmp_path / "d2", {}), project(tmp_path / "p2", {"nginx/nginx.conf": own}))
    (missing,) = [name for name in of(run, "nginx") if name.startswith("nginx.refused/web/")]
    assert "missing" in missing


def test_the_main_file_of_the_official_image_is_assumed_and_of_no_other(audit, tmp_path):
    short = COMPOSE.replace("    - ./nginx/nginx.conf:/etc/nginx/nginx.conf:ro\n", "")
    dev = project(tmp_path / "d", {}, short)
    prod = project(tmp_path / "p", {"nginx/conf.d/site.conf": LOST}, short)
    found = of(audited(audit, tmp_path, dev, prod), "nginx")
    assert not [name for name in found if name.startswith("nginx.not-compared/")]
    assert "nginx.refused/web/misplaced_directive:proxy_pass:conf.d/site.conf@prod" in found
    # What another image begins with is anybody's guess: nothing is compared.
    made = short.replace("image: nginx:${NGINX_VERSION:-1.27.3}", "image: example/nginx-edge:4")
    found = of(audited(audit, tmp_path, project(tmp_path / "d2", {}, made), prod), "nginx")
    assert [name for name in found if name.endswith("@dev")] == ["nginx.not-compared/web//etc/nginx/nginx.conf@dev"]


@pytest.mark.parametrize("source", ["/etc/shadow", "../../../outside/secret.conf", "./nginx/link.conf", "/dev/zero"])
def test_nothing_outside_of_the_project_is_sent(audit, tmp_path, source):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.conf").write_text(f"# root:{SECRET}\nset $x stolen-{SECRET};\n")
    compose = COMPOSE.replace(
        "      target: /etc/nginx/conf.d\n",
        f"      target: /etc/nginx/conf.d\n    - {source}:/etc/nginx/conf.d/x.conf\n",
    )
    prod = project(tmp_path / "deep" / "p", {}, compose)
    (tmp_path / "deep" / "p" / "docker" / "nginx" / "link.conf").symlink_to(outside / "secret.conf")
    (tmp_path / "deep" / "p" / "docker" / "nginx" / "conf.d" / "y.conf").symlink_to(outside / "secret.conf")
    run = audited(audit, tmp_path, project(tmp_path / "d", {}), prod)
    whole = "".join(path.read_text() for path in run.report.rglob("*") if path.is_file())
    assert SECRET not in whole
    assert "stolen-" not in whole
    assert "root:" not in whole
    assert (
        any("is outside the project directory" in one["why"] for one in run.findings["unseen"]) or source == "/dev/zero"
    )
