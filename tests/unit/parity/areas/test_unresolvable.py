"""Whether hosts can be found: what nginx and variables name, held against networks, aliases, states and logs."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

MAIN = "/etc/nginx/nginx.conf"
SAID = '2026/11/24 01:54:06 [emerg] 1#1: host not found in upstream "{}" in /etc/nginx/nginx.conf:1'


def conf(text: str) -> str:
    return f"events {{}} http {{ server {{ listen 80; {text} }} }}"


def passing(host: str) -> str:
    return conf(f"location / {{ proxy_pass http://{host}; }}")


def on(*networks: str, aliases: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"networks": {name: {"aliases": list(aliases)} for name in networks}}


def side(
    environment: str, text: str, services: dict[str, Any] | None = None, /, engine: Any = None, **web: Any
) -> dict[str, Any]:
    """Return an environment with nginx as `web` and the given services."""
    found = {"web": {"image": "nginx:1.22.1", **web}, **({"api": {}} if services is None else services)}
    made = stack(environment, found, config={"web": ("nginx", {MAIN: text})})
    (facts,) = made["hosts"].values()
    facts["engine"]["networks"] = engine or {}
    return made


def names(*sides: dict[str, Any]) -> dict[str, Any]:
    """Return the findings about names, of nginx and of variables, and those that tell the same."""
    parts = ("unresolvable", "name-unknown", "upstream-port", "nginx.refused", "logs.nginx-")
    return {name: finding for name, finding in audited(*sides).items() if any(part in name for part in parts)}


GOOD = side("dev", passing("api:8000"))
WORKER = {"image": "example/worker:1", "env": {"QUEUE": "a", "MODE": "b"}, "command": ["celery", "worker"]}


@pytest.mark.parametrize(
    ("text", "services", "web", "why"),
    [
        # No such service here, and the other environment has it.
        (passing("api:8000"), {}, {}, "No container on its networks has the name api. It exists in dev."),
        # It is there, on another network.
        (
            passing("api:8000"),
            {"api": on("back", aliases=("api",))},
            {},
            "api has this name, but is on different networks: back, not app.",
        ),
        # A network is shared, and the name is known on another one only.
        (
            passing("api:8000"),
            {"api": {"networks": {"app": {"aliases": []}, "back": {"aliases": ["api"]}}}},
            {},
            "api is on the same network (app), but does not have the name api there.",
        ),
        # It is there and does not run; neither does nginx.
        (
            passing("api:8000"),
            {"api": {"state": "exited"}},
            {"state": "restarting"},
            "api has this name, but its container is exited; Docker resolves only running containers.",
        ),
        # Docker's default network has no names.
        (
            passing("api:8000"),
            {"api": on("bridge")},
            on("bridge"),
            "api has this name, but Docker resolves no names on bridge.",
        ),
        (
            passing("api:8000"),
            {"api": {"network_mode": "host", "networks": {}}},
            {},
            "is on different networks: network mode host, not app.",
        ),
    ],
)
def test_a_host_that_cannot_be_found_is_said_with_its_cause(text, services, web, why):
    found = names(GOOD, side("prod", text, services, **web))
    finding = found["nginx.unresolvable/web/api@prod"]
    assert why in finding.cause
    assert finding.severity.word == "high"
    assert f"{MAIN}:1 uses the host api." in finding.cause
    assert {piece.place for piece in finding.evidence} >= {f"{MAIN}:1", "container app-web-prod"}
    assert not any("{" in text for text in (finding.title, finding.cause, finding.impact, finding.action))
    assert list(found) == ["nginx.unresolvable/web/api@prod"]


def test_both_sides_show_their_networks():
    (finding,) = names(GOOD, side("prod", passing("api"), {"api": on("back", "b2", aliases=("api",))})).values()
    assert [(piece.shown, piece.place) for piece in finding.evidence] == [
        ("proxy_pass http://api", f"{MAIN}:1"),
        ("networks: app", "container app-web-prod"),
        ("networks: b2, back", "container app-api-prod"),
        ("is named api", "container app-api-dev"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        conf("location / { return 200; proxy_pass http://gone; }"),
        conf("location / { fastcgi_pass gone:9000; }"),
        conf("location / { uwsgi_pass gone:3031; }"),
        conf("location / { grpc_pass grpc://gone:50051; }"),
        conf("access_log syslog:server=gone:514;"),
        conf("resolver gone;"),
        "events {} http { upstream u { server gone:80; server api:80; } }",
        "events {} stream { server { listen 1; proxy_pass gone:6379; } }",
        "events {} stream { upstream u { server gone:80; } }",
        conf("location / { proxy_pass http://GONE/; }"),
        conf("location / { proxy_pass http://gone.; }").replace("gone.", "gone"),
    ],
)
def test_everything_that_nginx_looks_up_at_its_start_counts(text):
    dev = side("dev", passing("api"), {"api": {}, "gone": {}})
    assert "nginx.unresolvable/web/gone@prod" in names(dev, side("prod", text))


def test_the_log_and_the_proof_are_one_finding():
    log = [SAID.format("api:8000")]
    for state in ({"state": "restarting"}, {}):
        found = names(GOOD, side("prod", passing("api:8000"), {}, log_tail=log, **state))
        (finding,) = found.values()
        assert finding.id == "nginx.unresolvable/web/api@prod"
        assert ("container app-web-prod" in finding.evidence[-2].place) or "is named" in finding.evidence[-2].shown
        assert finding.evidence[-1].place == "the log of container app-web-prod"
        assert finding.evidence[-1].shown.startswith('host not found in upstream "api:8000"')


def test_what_the_log_says_of_another_name_stays():
    log = [SAID.format("api:8000"), SAID.format("mail.example.org")]
    found = names(GOOD, side("prod", passing("api:8000"), {}, state="restarting", log_tail=log))
    assert set(found) == {"nginx.unresolvable/web/api@prod", "nginx.refused/web/host_not_found:nginx.conf@prod"}


def test_a_renamed_service_is_suggested():
    dev = side("dev", passing("worker:9"), {"worker": WORKER})
    prod = side("prod", passing("worker:9"), {"ai_worker": WORKER})
    (finding,) = names(dev, prod).values()
    assert "The service worker of dev is called ai_worker in prod." in finding.cause
    assert finding.action == "Use ai_worker, or give ai_worker the network alias worker."
    (finding,) = names(GOOD, side("prod", passing("workers"), {"ai_worker": WORKER}, state="exited")).values()
    assert finding.id == "nginx.name-unknown/web/workers@prod"
    assert finding.action == "Use ai_worker if you mean that service, or add the service workers."


@pytest.mark.parametrize(
    "host",
    [
        "10.1.2.3:80",
        "[::1]:80",
        "www.example.org",
        "host.docker.internal:5000",
        "gateway.docker.internal",
        "tasks.api",
        "api.internal",
        "localhost:9",
        "x.localhost",
        "127.0.0.1",
        "unix:/run/x.sock",
        "nas",  # nginx serves: whatever it is, it was found
        "0x7f000001",
    ],
)
def test_what_cannot_be_proven_is_not_said(host):
    assert names(GOOD, side("prod", passing(host))) == {}


def test_a_name_that_nobody_filled_in_is_none():
    assert list(names(GOOD, side("prod", passing("${API_HOST}")))) == ["nginx.refused/web/unknown_variable@prod"]


@pytest.mark.parametrize(
    ("host", "services", "web"),
    [
        ("API", None, {}),
        ("api.", None, {}),
        ("api.app", None, {}),  # Docker answers to name.network
        ("api.net", {"api": on("net", aliases=("api",))}, on("net")),
        ("backend", {"api": on("app", aliases=("backend",))}, {}),
        ("app-api-prod", {"api": on("app")}, {}),
        ("app-api-1", {"api": {**on("app"), "name": "app-api-1"}}, {}),
        ("api", {"api": {"state": "paused"}}, {}),
        ("api", {"api": {"state": "exited"}}, {}),  # nginx serves: the area containers says what does not run
        ("inner", {"api": {"lookup": {"hostname": "inner"}}}, {}),
        ("named", {"api": {"networks": {"app": {"names": ["named"]}}}}, {}),
        ("api", {}, {"lookup": {"extra_hosts": ["api"]}}),
        ("api", {}, {"networks": {"app": {"links": ["api"]}}}),
        ("api", {}, {"lookup": {"own_dns": True}}),
        ("api", {}, {"network_mode": "host", "networks": {"host": {}}}),
        ("web", {}, {}),
        ("web", {}, {"state": "restarting"}),  # its own name is there once it starts
        (
            "api",
            {"api": on("back", aliases=("api",)), "vpn": on("back")},
            {"network_mode": "container:app-vpn-prod", "networks": {}},
        ),
        ("api", {}, {"network_mode": "container:4f5e6a", "networks": {}}),
    ],
)
def test_a_name_that_is_answered_is_not_said(host, services, web):
    dev = side("dev", passing("api"), {"api": {}, "web2": {}})
    assert names(dev, side("prod", passing(host), services, **web)) == {}


def test_other_projects_on_a_network_answer_too():
    outside = {"driver": "bridge", "whole": True, "names": ["API"]}
    assert names(GOOD, side("prod", passing("api"), {}, {"app": outside})) == {}
    assert len(names(GOOD, side("prod", passing("api"), {}, {"app": {**outside, "names": ["x"]}}))) == 1
    # Not all of it was seen: a network that spans engines.
    assert names(GOOD, side("prod", passing("api"), {}, {"app": {**outside, "names": [], "whole": False}})) == {}


def test_one_of_several_replicas_is_enough():
    prod = side("prod", passing("api"))
    (facts,) = prod["hosts"].values()
    running = facts["engine"]["containers"]
    running += [{**running[1], "name": "app-api-2", "state": "exited"}]
    assert names(GOOD, prod) == {}


def test_a_container_on_another_host_is_not_judged():
    prod = side("prod", passing("api"), {})
    prod["hosts"]["other"] = next(iter(stack("prod", {"api": {}})["hosts"].values()))
    assert names(GOOD, prod) == {}


VARIABLE = "set $up http://api:8000; location / { RESOLVER proxy_pass $up; }"


def test_a_name_in_a_variable_matters_when_it_is_asked_for():
    def prod(resolver: str, services: dict[str, Any] | None = None, **web: Any) -> dict[str, Any]:
        return names(GOOD, side("prod", conf(VARIABLE.replace("RESOLVER", resolver)), services, **web))

    assert prod("resolver 127.0.0.11;") == {}
    assert prod("resolver 10.0.0.2;") == {}
    (finding,) = prod("").values()
    assert (finding.id, finding.severity.word) == ("nginx.unresolvable-later/web/api@prod", "medium")
    assert "no resolver is set" in finding.cause
    (finding,) = prod("resolver 8.8.8.8;").values()
    assert "8.8.8.8, which does not know Docker's service names" in finding.cause
    # nginx's own resolver does not read /etc/hosts.
    (finding,) = prod("resolver 127.0.0.11;", {}, lookup={"extra_hosts": ["api"]}).values()
    assert "No container on its networks has the name api" in finding.cause
    log = ["2026/11/24 02:59:29 [error] 55#55: *14 api could not be resolved (3: Host not found), client: 1, server: "]
    assert list(prod("resolver 127.0.0.11;", {}, log_tail=log)) == ["nginx.unresolvable-later/web/api@prod"]


def test_a_host_that_is_an_upstream_is_looked_up_by_nobody():
    text = (
        "events {} http { upstream Backend { server api:8000; } server { location / { proxy_pass http://backend; } } }"
    )
    assert names(GOOD, side("prod", text, None, state="exited")) == {}


@pytest.mark.parametrize(
    ("command", "port", "found"),
    [
        (["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"], 9000, True),  # noqa: S104
        (["uvicorn", "main:app", "--port=8000"], 8000, False),
        (["gunicorn", "-b", "0.0.0.0:8000", "app"], 80, True),
        (["gunicorn", "--bind", "[::]:8000", "app"], 8000, False),
        (["python", "manage.py", "runserver", "0.0.0.0:8000"], 8001, True),
        (["sh", "-c", "uvicorn main:app --port 8000"], 9000, False),
        (["uvicorn", "main:app", "--port", "$PORT"], 9000, False),
        (["uvicorn", "main:app"], 9000, False),
        (["node", "server.js", "--port", "8000"], 9000, False),
        (["supervisord", "uvicorn --port 8000"], 9000, False),
    ],
)
def test_a_port_on_which_nothing_listens_is_said_where_the_command_tells(command, port, found):
    prod = side("prod", passing(f"api:{port}"), {"api": {"command": command}})
    assert list(names(GOOD, prod)) == ([f"nginx.upstream-port/web/api:{port}@prod"] if found else [])
    spoken = {"command": command, "env": {"METRICS_PORT": str(port)}}
    assert names(GOOD, side("prod", passing(f"api:{port}"), {"api": spoken})) == {}


def variables(environment: str, env: dict[str, str], services: dict[str, Any]) -> dict[str, Any]:
    return stack(environment, {"api": {"env": env}, **services})


@pytest.mark.parametrize(
    ("variable", "value", "found"),
    [
        ("DATABASE_URL", "postgresql://postgres:5432/app", True),
        ("DB_HOST", "postgres", True),
        ("CACHE_SERVERS", "10.0.0.1:1,postgres:2", True),
        ("POSTGRES_HOST_AUTH_METHOD", "trust", False),
        ("ALLOWED_HOSTS", "postgres", False),
        ("CORS_ORIGIN_URL", "http://postgres", False),
        ("DATABASE_URL", "postgresql://db.example.org/app", False),
        ("DATABASE_URL", "postgresql://nas/app", False),
        ("TITLE", "postgres", False),
        ("DATABASE_URL", "http://[postgres", False),
    ],
)
def test_a_variable_that_names_a_service_of_the_other_environment(variable, value, found):
    dev = variables("dev", {}, {"postgres": {}})
    prod = variables("prod", {variable: value}, {})
    expected = [f"containers.unresolvable/api/{variable}@prod"] if found else []
    assert list(names(dev, prod)) == expected
    assert names(dev, variables("prod", {variable: value}, {"postgres": {}})) == {}
    assert names(dev, variables("prod", {variable: value}, {"postgres": {"state": "exited"}})) == {}


def declared(environment: str, services: dict[str, Any], **rendered: Any) -> dict[str, Any]:
    """Return an environment of files alone, as Compose renders it, with nginx's configuration of `web`."""
    image = {"web": {"image": "nginx:1.22.1"}, "api": {"image": "example/api:1"}}
    full = {name: {"networks": {"app": None}, **image.get(name, {}), **one} for name, one in services.items()}
    made = stack(environment, None, declared=full, config={"web": ("nginx", {MAIN: passing("api:8000")})})
    (facts,) = made["hosts"].values()
    facts["config"]["found"][0]["container"] = ""
    facts["rendered"].update(rendered)
    return made


@pytest.mark.parametrize(
    ("services", "rendered", "found"),
    [
        ({"web": {}, "api": {}}, {}, ""),
        ({"web": {}}, {}, "nginx.unresolvable/web/api@prod"),
        ({"web": {}, "api": {"networks": {"back": None}}}, {}, "nginx.unresolvable/web/api@prod"),
        ({"web": {}, "api": {"scale": 0}}, {}, "nginx.unresolvable/web/api@prod"),
        ({"web": {}}, {"external": ["app"]}, ""),
        ({"web": {"external_links": ["legacy_api_1:api"]}}, {}, ""),
        ({"web": {"links": ["backend:api"]}, "backend": {}}, {}, ""),
        ({"web": {"extra_hosts": ["api=10.0.0.2"]}}, {}, ""),
        ({"web": {"extra_hosts": ["api:::1"]}}, {}, ""),
        ({"web": {"dns": ["10.0.0.2"]}}, {}, ""),
        ({"web": {"network_mode": "host", "networks": {}}}, {}, ""),
        ({"web": {"network_mode": "service:api", "networks": {}}, "api": {}}, {}, ""),
        ({"web": {"network_mode": "bridge", "networks": {}}, "api": {}}, {}, ""),
        ({"web": {}, "backend": {"networks": {"app": {"aliases": ["api"]}}}}, {}, ""),
        ({"web": {}, "backend": {"container_name": "API"}}, {}, ""),
        ({"web": {}, "backend": {"hostname": "api"}}, {}, ""),
        ({"web": {}, "api": {"profiles": ["full"]}}, {"inactive": ["api"]}, ""),
        ({"web": {"volumes": [{"type": "bind", "source": "/x", "target": "/etc/hosts"}]}}, {}, ""),
    ],
)
def test_names_are_proven_from_compose_files_too(services, rendered, found):
    dev = declared("dev", {"web": {}, "api": {}})
    assert list(names(dev, declared("prod", services, **rendered))) == ([found] if found else [])


def test_hostile_shapes_cause_nothing():
    for hostile in ([1], "x", {"app": [None]}, {"app": {"names": {"a": 1}, "whole": "no", "aliases": 5}}, None, 7):
        prod = side("prod", passing("api"), {"api": {"networks": hostile, "lookup": hostile}})
        (facts,) = prod["hosts"].values()
        facts["engine"]["networks"] = hostile
        facts["engine"]["containers"][0].update(lookup=hostile, network_mode=hostile, id=hostile)
        audited(GOOD, prod)


PORTS = [
    (["uvicorn", "main:app", "--port", "8000"], 9000, True),
    (["uvicorn", "main:app", "--port", "8000"], 8000, False),
]


@pytest.mark.parametrize(("command", "port", "found"), PORTS)
def test_the_members_of_a_group_with_a_service_s_name_are_looked_up(command, port, found):
    group = f"events {{}} http {{ upstream api {{ server api:{port}; }} server {{ location / {{ proxy_pass http://api; }} }} }}"
    prod = side("prod", group, {"api": {"command": command}})
    assert list(names(GOOD, prod)) == ([f"nginx.upstream-port/web/api:{port}@prod"] if found else [])


@pytest.mark.parametrize(
    ("dev", "prod", "severity"),
    [("active", "absent", "high"), ("inactive", "absent", "medium"), ("inactive", "inactive", "")],
)
@pytest.mark.parametrize("value", ["http://central:8383", '"http://central:8383"'])
def test_a_host_that_only_another_environment_declares_leads_nowhere(
    dev: str, prod: str, severity: str, value: str
) -> None:
    def declared(environment: str, central: str) -> dict[str, Any]:
        on_app = {"restart": "always", "networks": {"app": None}}
        services = {"api": {"image": "app:1", "environment": {"CENTRAL_URL": value}, **on_app}}
        services |= {} if central == "absent" else {"central": {"image": "central:1", **on_app}}
        made = stack(environment, declared=services)
        (facts,) = made["hosts"].values()
        facts["rendered"]["inactive"] = ["central"] if central == "inactive" else []
        return made

    found = audited(declared("dev", dev), declared("prod", prod))
    one = found.get("containers.unresolvable/api/CENTRAL_URL@prod")
    assert (one.severity.word if one else "") == severity
