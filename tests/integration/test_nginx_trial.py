"""`nginx -t` where nginx runs, and in a throw-away copy where it does not, on a real engine with a real nginx."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from nginx_containers import BROKEN, GOOD, SITE, Nginx, docker

from parity_host.engine import trial_container
from parity_host.engine.change import ChangingEngine
from parity_host.engine.client import EngineUnavailableError
from parity_host.gather import configurations, containers, host
from parity_host.nginx import configtest
from parity_host.secrets.redact import Redactor

MISPLACED = '"proxy_pass" directive is not allowed here in /etc/nginx/conf.d/site.conf:1'


def test_a_running_nginx_is_asked_in_its_container(nginx):
    inspected, before = nginx.start(), nginx.hashes()
    changed = sorted(docker("diff", inspected["Id"]).splitlines())
    said = nginx.test(inspected)
    assert (said["how"], said["code"], said["why"]) == ("exec", 0, "")
    assert "test is successful" in said["output"]
    assert said["version"].startswith("1.")
    assert nginx.hashes() == before
    assert sorted(docker("diff", inspected["Id"]).splitlines()) == changed


def test_a_file_that_broke_since_the_start_is_told(nginx):
    inspected = nginx.start()
    nginx.write("conf.d/site.conf", SITE.replace("listen 8080;", "listen 8080"))
    said = nginx.test(inspected)
    assert (said["how"], said["code"]) == ("exec", 1)
    assert "in /etc/nginx/conf.d/site.conf:" in said["output"]


def test_one_that_fell_is_tried_in_a_copy_that_vanishes(nginx):
    nginx.write("conf.d/site.conf", BROKEN)
    inspected, before = nginx.start(), nginx.hashes()
    assert inspected["State"]["Status"] == "exited"
    said = nginx.test(inspected)
    assert (said["how"], said["code"]) == ("throw-away", 1)
    assert MISPLACED in said["output"]
    assert nginx.hashes() == before


def test_one_that_starts_again_and_again_is_told_whenever_it_is_asked(nginx):
    nginx.write("conf.d/site.conf", BROKEN)
    inspected = nginx.start("--restart=always")
    for _ in range(4):
        said = nginx.test(nginx.inspect(inspected["Id"]))
        assert said["code"] == 1, said
        assert MISPLACED in said["output"]


def test_the_masters_own_options_are_used(nginx):
    nginx.write("other.conf", "events {}\nhttp { server { listen 8081; } }\n")
    nginx.write("nginx.conf", "this is not read")
    command = ("-c", "/etc/nginx/other.conf", "-g", "daemon off; error_log stderr notice;")
    said = nginx.test(nginx.start(command=command))
    assert (said["how"], said["code"]) == ("exec", 0)
    assert "/etc/nginx/other.conf" in said["output"]


def test_what_a_script_started_is_read_from_the_process_and_not_from_the_container(nginx):
    (nginx.folder / "conf").mkdir()
    nginx.write("conf/run.conf", "events {}\nhttp { server { listen 8082; } }\n")
    nginx.write("nginx.conf", "this is not read")
    nginx.write("start.sh", "exec nginx -p /etc/nginx/conf -c run.conf -g 'daemon off; pid /tmp/n.pid;'\n")
    inspected = nginx.start(entrypoint="sh", command=("/etc/nginx/start.sh",))
    assert configtest.started(nginx.engine, inspected)[1:5] == ["-p", "/etc/nginx/conf", "-c", "run.conf"]
    said = nginx.test(inspected)
    assert (said["how"], said["code"]) == ("exec", 0)
    assert "/etc/nginx/conf/run.conf test is successful" in said["output"]
    listed = {"id": inspected["Id"][:12], "name": "web", "service": "web", "image": "nginx"}
    listed.update(entrypoint=["sh"], command=["/etc/nginx/start.sh"])
    (entry,) = configurations.gather([listed], "", {}, Redactor(b"k"), [inspected])["found"]
    assert list(entry["files"]) == [entry["main"]] == ["/etc/nginx/conf/run.conf"]


def test_a_test_that_would_make_a_file_on_the_host_is_made_in_a_copy(nginx, tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    inspected = nginx.start("-v", f"{logs}:/logs")
    nginx.write("conf.d/site.conf", SITE.replace("listen", "error_log /logs/new.log; listen"))
    nginx.write("nginx.conf", GOOD.replace("http {", "http { proxy_cache_path /logs/cache keys_zone=z:1m;"))
    said = nginx.test(inspected)
    assert (said["how"], said["code"], said["why"]) == ("throw-away", 0, "")
    assert list(logs.iterdir()) == []


def test_what_nginx_refuses_is_not_written_into_its_live_log(nginx, tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    nginx.write("nginx.conf", "error_log /logs/error.log info;\n" + GOOD)
    inspected = nginx.start("-v", f"{logs}:/logs")
    time.sleep(0.2)
    before = (logs / "error.log").read_text()
    nginx.write("conf.d/site.conf", SITE.replace("{", "{ server_name a;", 1) * 2)
    said = nginx.test(inspected)
    assert (said["how"], said["code"]) == ("exec", 0)
    assert 'conflicting server name "a"' in said["output"]
    nginx.write("conf.d/site.conf", BROKEN)
    assert MISPLACED in nginx.test(inspected)["output"]
    assert (logs / "error.log").read_text() == before


def wrapped(nginx: Nginx, folder: Path, script: str) -> tuple[str, ...]:
    """Return the options that put a script in the place of nginx, which it calls with what is special about it."""
    program = folder / "nginx-wrapper"
    program.write_text(f"#!/bin/bash\n{script}\n")
    program.chmod(0o755)
    (folder / "logs").mkdir()
    return ("-v", f"{program}:/usr/local/bin/nginx:ro", "-v", f"{folder}/logs:/logs")


def test_an_nginx_whose_own_log_is_a_file_does_not_write_the_test_into_it(nginx, tmp_path):
    inspected = nginx.start(*wrapped(nginx, tmp_path, 'exec -a nginx /usr/sbin/nginx -e /logs/own.log "$@"'))
    before = (tmp_path / "logs/own.log").read_text()
    nginx.write("conf.d/site.conf", BROKEN)
    said = nginx.test(inspected)
    assert (said["how"], said["code"]) == ("exec", 1)
    assert MISPLACED in said["output"]
    assert (tmp_path / "logs/own.log").read_text() == before


def test_an_nginx_that_can_only_write_into_its_log_is_tried_in_a_copy(nginx, tmp_path):
    old = """case "$*" in "-e stderr"*) echo 'nginx: invalid option: "e"' >&2; exit 1;; esac"""
    inspected = nginx.start(*wrapped(nginx, tmp_path, old + '\nexec -a nginx /usr/sbin/nginx "$@"'))
    nginx.write("conf.d/site.conf", BROKEN)
    said = nginx.test(inspected)
    assert (said["how"], said["code"]) == ("throw-away", 1)
    assert MISPLACED in said["output"]


def test_names_resolve_in_a_copy_as_they_do_in_its_networks(nginx):
    network = nginx.network()
    nginx.write("conf.d/site.conf", SITE.replace("return 200 ok", "proxy_pass http://backend:80"))
    waiting = nginx.start("--network", network)
    assert 'host not found in upstream "backend"' in nginx.test(waiting)["output"]
    nginx.run("--network", network, "--network-alias", "backend", "--entrypoint", "sleep", nginx.image, "99")
    assert nginx.test(nginx.inspect(waiting["Id"]))["code"] == 0


def test_a_secret_in_what_nginx_says_is_hidden(nginx):
    nginx.write("conf.d/site.conf", "server { listen 8080; set $x postgresql://u:Vx8kQ2mZ7tLp@db/x y; }\n")
    said = nginx.test(nginx.start())
    assert said["code"] == 1
    assert "invalid number of arguments" in said["output"]
    nginx.write("conf.d/site.conf", "include postgresql://u:Vx8kQ2mZ7tLp@db/x;\n")
    said = nginx.test(nginx.start())
    assert "postgresql://u:" in said["output"]
    assert "Vx8kQ2mZ7tLp" not in json.dumps(said)


def test_an_engine_that_refuses_is_said_and_nothing_fails(nginx):
    nginx.write("conf.d/site.conf", "nonsense;\n")
    inspected = nginx.start()

    class Refusing(ChangingEngine):
        def ask(self, *_: Any, **__: Any) -> tuple[int, bytes]:
            raise EngineUnavailableError("the engine rejected the request: not allowed by policy")

    nginx.engine = Refusing("unix:///var/run/docker.sock", {})
    nginx.engine.negotiate()
    said = nginx.test(inspected)
    assert said["how"] == ""
    assert said["why"] == "nginx -t could not be run: the engine rejected the request: not allowed by policy"


def test_what_a_killed_run_left_is_removed_and_what_another_run_uses_is_not(nginx, monkeypatch):
    inspected = nginx.stopped(nginx.start())
    docker("create", "--label", f"{trial_container.LABEL}={inspected['Id']}", nginx.image, "true")
    assert nginx.test(inspected)["how"] == "throw-away"
    assert len(nginx.copies()) == 1  # it is young: somebody may be using it
    monkeypatch.setattr(trial_container, "LEFT_SECONDS", 0.001)
    nginx.test(inspected)
    assert nginx.copies() == []


def test_a_trial_that_does_not_end_is_removed(nginx):
    inspected = nginx.stopped(nginx.start())
    started = time.monotonic()
    with pytest.raises(EngineUnavailableError, match="timed out"):
        trial_container.run(nginx.engine, inspected, ["sleep", "60"], {}, started + 2)
    assert time.monotonic() - started < 20


def test_the_audit_has_the_answer_in_its_configuration_and_never_sees_the_copy(nginx):
    project = nginx.prefix
    labels = {"com.docker.compose.project": project, "com.docker.compose.service": "web"}
    options = [part for pair in labels.items() for part in ("--label", "=".join(pair))]
    nginx.write("conf.d/site.conf", BROKEN)
    inspected = nginx.start(*options)
    docker(
        "create",
        "--name",
        f"{project}-copy",
        "--label",
        f"{trial_container.LABEL}=x",
        *options,
        nginx.image,
    )
    seen: list[dict[str, Any]] = []
    try:
        asked = containers.ContainerOptions("", project, "", "", 0)
        engine = containers.gather(asked, {}, Redactor(b"k"), seen)
    finally:
        docker("rm", "-f", f"{project}-copy")
    assert [one["name"] for one in engine["containers"]] == [inspected["Name"].lstrip("/")]
    (entry,) = configurations.gather(engine["containers"], "", {}, Redactor(b"k"), seen)["found"]
    assert entry["test"]["how"] == "throw-away"
    assert MISPLACED in entry["test"]["output"]
    (untested,) = configurations.gather(engine["containers"], "", {}, Redactor(b"k"), [])["found"]
    assert "test" not in untested
    assert host.GatherOptions._fields[-2:] == ("nginx_test", "packages")
