"""A worker that another environment runs as several is there; any other service that is not there is missing."""

from __future__ import annotations

import pytest
from files_only import Side
from files_only import audited as on_disk
from stacks import audited, stack

APP = {"image": "example/app:1", "restart": "always"}


@pytest.mark.parametrize(
    ("dev", "prod", "missing"),
    [
        (["celery"], ["celery-worker", "celery-beat"], False),
        (["worker"], ["worker_worker-low"], False),
        (["celery"], ["celery-beat"], True),
        (["celery"], ["celery-flower"], True),
        (["celery", "celery-worker"], ["celery-worker"], True),
        (["app"], ["app-worker"], True),
    ],
)
def test_a_worker_of_several_services_is_there(dev, prod, missing):
    sides = [
        {name: {"image": f"example/{name}:1", "restart": "always"} for name in ["api", *names]} for names in (dev, prod)
    ]
    found = audited(stack("dev", declared=sides[0]), stack("prod", declared=sides[1]))
    assert (f"containers.service-missing/{dev[0]}@prod" in found) is missing


@pytest.mark.parametrize(
    ("dev", "prod", "missing"),
    [
        (["celery"], ["celery-worker", "celery-beat"], False),  # one process that works and schedules
        (["celery"], ["celery-beat"], True),
        (["celery"], ["celery-worker", "celery-flower"], True),
        (["worker"], ["celery-worker", "celery-beat"], True),
    ],
)
def test_a_schedule_that_one_worker_of_development_runs_is_there(dev, prod, missing):
    sides = [{name: {**APP, "image": f"example/{name}:1"} for name in ["api", *names]} for names in (dev, prod)]
    found = audited(stack("dev", declared=sides[0]), stack("prod", declared=sides[1]))
    assert (f"containers.service-missing/{prod[-1]}@dev" in found) is missing


@pytest.mark.parametrize(
    ("name", "said", "judged"),
    [
        ("mail", {"image": "axllent/mailpit:v1.20"}, ("expected", "info")),
        ("browser", {"image": "dpage/pgadmin4:8"}, ("expected", "info")),
        ("node", {"image": "node:22", "command": ["sh", "-c", "npm install && npm run watch"]}, ("open", "low")),
        ("front", {"image": "node:22", "command": ["npm", "run", "dev"]}, ("open", "low")),
        ("assets", {"build": {"context": "/srv/app", "target": "builder"}}, ("open", "low")),
        ("css", {"image": "node:22", "command": ["npx", "tailwindcss", "-i", "a.css", "--watch"]}, ("open", "low")),
        ("examples", {"image": "example/app:1", "command": ["manage.py", "loaddata", "examples"]}, ("open", "low")),
        ("runner", {"image": "example/app:1", "command": ["pytest"]}, ("open", "low")),
        ("web", {"image": "node:22", "command": ["node", "server.js"]}, ("open", "medium")),
        ("site", {"image": "example/site:1", "command": ["npm", "start"]}, ("open", "medium")),
        ("search", {"image": "getmeili/meilisearch:v1.10"}, ("open", "medium")),
    ],
)
def test_what_serves_developers_is_told_by_image_and_command(name, said, judged):
    dev = {"app": APP, name: {"restart": "always", "volumes": [], **said}}
    found = audited(stack("dev", declared=dev), stack("prod", declared={"app": APP}))
    one = found[f"containers.service-missing/{name}@prod"]
    assert (one.status, one.severity.word) == judged


@pytest.mark.parametrize("key", [{"scale": 0}, {"deploy": {"replicas": 0}}], ids=["scale", "deploy"])
def test_a_service_without_replicas_does_not_run(key):
    dev = {"app": APP, "billing": APP}
    found = audited(stack("dev", declared=dev), stack("prod", declared={**dev, "billing": {**APP, **key}}))
    assert found["containers.service-missing/billing@prod"].title == "prod runs no container of billing"
    same = {**dev, "billing": {**APP, **key}}
    assert "containers.service-missing/billing@prod" not in audited(
        stack("dev", declared=same), stack("prod", declared=same)
    )


def test_databases_on_internal_networks_call_nobody():
    def side(internal):
        stores = {"db": {"build": {"context": "/srv"}}, "solr": {"image": "ckan/ckan-solr:2.11"}}
        services = {"app": APP, **stores, "mailer": {"image": "example/mailer:1"}}
        declared = {name: {"restart": "always", **said, "networks": {"back": None}} for name, said in services.items()}
        networks = {"networks": {"back": {"name": "app_back", "internal": internal}}}
        return stack("prod" if internal else "dev", declared=declared, resources=networks)

    found = [one for one in audited(side(False), side(True)).values() if one.rule == "containers.network-closed"]
    assert [{piece.service for piece in one.evidence} for one in found] == [{"app", "mailer"}]


@pytest.mark.parametrize(
    ("worker", "image", "severity"),
    [
        ("worker", "example/api:1", "medium"),  # of the application, which sends it tasks
        ("worker", "example/reports:1", "low"),
        ("worker-monitor", "example/api:1", "low"),
        ("shell", "example/api:1", "low"),
    ],
)
def test_a_worker_whose_profile_only_development_uses_is_missed(tmp_path, worker, image, severity):
    text = (
        f"services:\n  api: {{image: 'example/api:1', restart: always}}\n"
        f"  {worker}: {{image: '{image}', restart: always, command: [run], profiles: [jobs]}}\n"
    )
    for environment in ("dev", "prod"):
        (tmp_path / environment).mkdir()
        (tmp_path / environment / "compose.yaml").write_text(text)
    sides = [Side("dev", tmp_path / "dev", profiles=["jobs"]), Side("prod", tmp_path / "prod")]
    found = {one["id"]: one for one in on_disk(sides)["findings"]}
    assert found[f"containers.service-missing/{worker}@prod"]["severity"] == severity
