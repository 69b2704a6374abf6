"""An audit leaves nothing in the logs of what it asks that the next audit would report."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator

import pytest
from nginx_containers import docker

from parity_host.gather import host
from parity_host.health.http_probe import USER_AGENT

LABEL = "com.docker.compose."
NGINX = """\
error_log /dev/stderr notice;
events {}
http {
  log_format main '$remote_addr "$request" $status "$http_user_agent"';
  access_log /dev/stdout main;
  server { listen 80; location / { return 200 "ok"; } }
}
"""
# As the official image sets it up: whoever is on the socket is let in, so that an unknown user is looked for and logged.
POSTGRES = """\
export PATH=/usr/lib/postgresql/15/bin:$PATH
install -d -o postgres /run/postgresql
su postgres -c "initdb --auth=trust --username=$POSTGRES_USER /tmp/data" >/dev/null
exec su postgres -c "postgres -D /tmp/data -k /run/postgresql"
"""
# By service its options, its program, and what it says once it can be asked. The database's name was changed since.
SERVICES = {
    "postgres": (
        ["-e", "POSTGRES_USER=shop", "-e", "POSTGRES_PASSWORD=Xk29aLq7vb", "-e", "POSTGRES_DB=shop-new"],
        ["sh", "-c", POSTGRES],
        "database system is ready to accept connections",
    ),
    "redis": ([], ["redis-server", "--requirepass", "Rt5yu7Qw1z"], "Ready to accept connections"),
    "nginx": (["-v", "{folder}/nginx.conf:/etc/nginx/nginx.conf:ro"], ["nginx", "-g", "daemon off;"], "start worker"),
}


@pytest.fixture(scope="module")
def project(lab_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    name, folder = f"parity-no-trace-{os.getpid()}", tmp_path_factory.mktemp("nginx")
    (folder / "nginx.conf").write_text(NGINX)
    try:
        for service, (options, (program, *words), _) in SERVICES.items():
            labels = [f"--label={LABEL}project={name}", f"--label={LABEL}service={service}"]
            given = [one.format(folder=folder) for one in options]
            named = ["--name", f"{name}-{service}", "--init", "--entrypoint", program]
            docker("run", "-d", *named, *labels, *given, lab_image, *words)
        late = time.monotonic() + 60
        while not all(said in log(name, service) for service, (_, _, said) in SERVICES.items()):
            assert time.monotonic() < late, "the services did not start"
            time.sleep(0.5)
        time.sleep(1)
        yield name
    finally:
        docker("rm", "-f", "-v", *(f"{name}-{service}" for service in SERVICES), check=False)


def log(project: str, service: str) -> str:
    words = ["docker", "logs", f"{project}-{service}"]
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout


def test_all_logs_are_as_they_were(project: str) -> None:
    asked = host.GatherOptions(project, "", [], [], "", False, "prod", "", 200, [], [], 5.0, False, True)
    before = {service: set(log(project, service).splitlines()) for service in SERVICES}
    facts = host.gather(asked, "key", dict(os.environ))
    probes = facts["health"]["probes"]
    assert {probe["service"]: (probe["state"], probe["reason"]) for probe in probes} == dict.fromkeys(
        SERVICES, ("ok", "")
    )
    time.sleep(1)
    added = {service: set(log(project, service).splitlines()) - before[service] for service in SERVICES}
    assert added["postgres"] == added["redis"] == set()
    assert added["nginx"]
    assert [line for line in added["nginx"] if USER_AGENT not in line] == []
    again = host.gather(asked, "key", dict(os.environ))["engine"]["containers"]
    told = [line for one in again for line in one["log_tail"]]
    assert [line for line in told if "GET /" in line] == []
