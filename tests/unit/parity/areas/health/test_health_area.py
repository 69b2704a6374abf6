"""What the services' own answers lead to: endpoints, health JSON, datastores, Prometheus."""

from __future__ import annotations

from typing import Any

import pytest
from health_stacks import container, findings, of, probe, side

from parity_host.secrets.token import UNKNOWN, make

DOWN = "connection to 127.0.0.1:8000 refused"


def test_an_endpoint_that_does_not_answer_is_graver_in_production():
    probes = [probe("api", state="failed", reason=DOWN)]
    assert of(probes)["health.endpoint-down/api@prod"]["severity"] == "high"
    found = of(probes, environment="dev")["health.endpoint-down/api@dev"]
    assert found["severity"] == "medium"
    assert DOWN in found["cause"]
    assert found["evidence"][0]["place"] == ":8000/health of container shop_api"


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "exited", "exit_code": 1},
        {"state": "restarting"},
        {"restarts": 5, "health": {"status": "starting"}},
        {"health": {"status": "unhealthy"}},
    ],
)
def test_of_a_container_that_is_reported_already_nothing_is_said_twice(fields):
    assert of([probe("api", state="failed", reason=DOWN)], **fields) == {}
    assert of([probe("worker", "celery-worker", "failed", "no answer", stage="done")], **fields) == {}


def test_several_endpoints_of_one_service_are_one_finding():
    targets = (":9090/-/healthy", ":9090/api/v1/targets?state=active")
    found = of([probe("prometheus", "prometheus", "failed", DOWN, target=target) for target in targets])
    assert list(found) == ["health.endpoint-down/prometheus@prod"]
    assert len(found["health.endpoint-down/prometheus@prod"]["evidence"]) == 2


def test_one_address_that_is_silent_beside_others_that_answer_is_less():
    probes = [probe("nginx", "nginx", target=":80/"), probe("nginx", "nginx", "failed", DOWN, target=":443/")]
    found = of(probes)
    assert list(found) == ["health.address-down/nginx/:443/@prod"]
    assert found["health.address-down/nginx/:443/@prod"]["severity"] == "medium"


def test_a_part_that_is_ill_says_more_than_the_endpoint_that_fails_for_it():
    health = {"status": "DOWN", "components": {"redis": {"status": "DOWN", "details": {"error": "no route"}}}}
    found = of([probe("api", state="failed", reason="it answers with status 503", status=503, health=health)])
    assert list(found) == ["health.part-unhealthy/api/redis@prod"]
    assert "no route" in found["health.part-unhealthy/api/redis@prod"]["cause"]


def test_a_part_is_ill_even_where_the_endpoint_answers_that_all_is_well():
    health = {"status": "healthy", "services": {"database": {"status": "unhealthy"}}}
    assert list(of([probe("api", status=200, health=health)])) == ["health.part-unhealthy/api/database@prod"]


def test_a_part_that_says_that_it_is_degraded_is_less():
    health = {"status": "ok", "services": {"search": {"status": "degraded", "error": "it has one replica of three"}}}
    finding = of([probe("api", status=200, health=health)])["health.part-degraded/api/search@prod"]
    assert finding["severity"] == "medium"
    assert "one replica of three" in finding["cause"]


def test_a_part_whose_service_stands_still_is_not_reported_beside_it():
    health = {"status": "unhealthy", "services": {"database": {"status": "unhealthy"}, "mail": {"status": "down"}}}
    stack = [container("api"), container("postgres", state="exited", exit_code=1)]
    found = findings(side("prod", stack, [probe("api", status=200, health=health)]))
    assert list(found) == ["health.part-unhealthy/api/mail@prod"]


def test_a_pool_that_is_nearly_full_is_reported():
    health = {"status": "ok", "services": {"connection_pool": {"status": "ok", "utilization": 0.95}}}
    found = of([probe("api", health=health)])
    assert found["health.nearly-full/api/connection_pool@prod"]["title"] == "prod: connection_pool of api is 95% full"
    calm = {"status": "ok", "services": {"connection_pool": {"status": "ok", "utilization": 0.85}}}
    assert of([probe("api", health=calm)]) == {}


@pytest.mark.parametrize(
    ("dev", "prod", "expected"),
    [
        (0.1, 0.9, ["health.slow/api//health@prod"]),
        (0.9, 0.1, ["health.slow/api//health@dev"]),
        (0.3, 0.8, []),
        (0.01, 0.4, []),
    ],
)
def test_slow_is_what_takes_thrice_as_long_and_more_than_half_a_second(dev, prod, expected):
    sides = [
        side(name, [container("api")], [probe("api", path="/health", answer_seconds=seconds)])
        for name, seconds in (("dev", dev), ("prod", prod))
    ]
    assert list(findings(*sides)) == expected


def test_parts_are_compared_too_and_in_whatever_unit():
    sides = [
        side(
            "dev", [container("api")], [probe("api", answer_seconds=0.1, path="/h", health={"db": {"latency_ms": 20}})]
        ),
        side(
            "prod", [container("api")], [probe("api", answer_seconds=0.9, path="/x", health={"db": {"latency": 0.81}})]
        ),
    ]
    found = findings(*sides)
    assert list(found) == ["health.slow/api/db@prod"]
    assert "810 ms in prod and 20 ms elsewhere" in found["health.slow/api/db@prod"]["cause"]


def test_what_could_not_be_asked_is_said():
    found = of([probe("api", state="unknown", reason="it requires a login (status 401)")])
    assert found["health.not-known/api@prod"]["severity"] == "info"
    assert "login" in found["health.not-known/api@prod"]["cause"]
    assert of([probe("api", state="unknown", reason="the container is exited")], state="exited") == {}


def test_loki_that_is_not_ready_has_a_rule_of_its_own():
    said = "it says: Ingester not ready: waiting for 15s after being ready"
    found = of([probe("loki", "loki", "failed", said, target=":3100/ready", status=503)])
    assert list(found) == ["health.loki-not-ready/loki@prod"]
    assert "Ingester not ready" in found["health.loki-not-ready/loki@prod"]["cause"]
    assert list(of([probe("loki", "loki", "failed", DOWN, target=":3100/ready")])) == ["health.endpoint-down/loki@prod"]


def postgres(**facts: Any) -> dict[str, Any]:
    known = {"connections": 5, "connections_limit": 100, "connections_reserved": 3, "version": "15.14"}
    return probe("postgres", "postgres", **{**known, **facts})


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"connections": 77}, []),
        ({"connections": 78}, ["health.postgres-connections/postgres@prod"]),
        ({"connections": 3, "connections_limit": 3}, []),
        (
            {"state": "failed", "reason": "pg_isready: it does not answer"},
            ["health.postgres-not-accepting/postgres@prod"],
        ),
    ],
)
def test_postgresql_is_judged_by_what_it_accepts(facts, expected):
    assert list(of([postgres(**facts)])) == expected


def versions(kind: str, *shown: tuple[str, str]) -> list[str]:
    sides = [
        side(name, [container(kind, image=image)], [probe(kind, kind, version=version)])
        for name, (image, version) in zip(("dev", "prod"), shown, strict=True)
    ]
    return list(findings(*sides))


def test_versions_are_compared_where_the_images_do_not_say_it_already():
    assert versions("postgres", ("pg:15", "15.14"), ("pg:15", "15.14")) == []
    assert versions("postgres", ("pg:15", "15.14"), ("pg:15", "15.9")) == ["health.version-differs/postgres@dev+prod"]
    assert versions("postgres", ("pg:15.9", "15.9"), ("pg:15.14", "15.14")) == []
    assert versions("postgres", ("pg:15", "15.14"), ("pg:16", "16.2")) == [
        "health.postgres-version-differs/postgres@dev+prod"
    ]
    assert versions("grafana", ("g:latest", "10.4.2"), ("g:latest", "11.0.0")) == [
        "health.version-differs/grafana@dev+prod"
    ]


def redis(used: float, limit: float, policy: str) -> dict[str, Any]:
    return probe("redis", "redis", memory_used=used, memory_limit=limit, policy=policy, version="7.0.15")


@pytest.mark.parametrize(
    ("used", "limit", "policy", "broker", "expected"),
    [
        (10, 100, "noeviction", True, []),
        (91, 100, "noeviction", True, ["redis-memory"]),
        (10, 0, "noeviction", False, ["redis-no-limit"]),
        (10, 100, "allkeys-lru", False, []),
        (10, 100, "allkeys-lru", True, ["redis-evicts-tasks"]),
        (10, 100, "volatile-ttl", True, ["redis-evicts-tasks"]),
    ],
)
def test_redis_is_judged_by_its_memory_and_by_what_it_is_used_for(used, limit, policy, broker, expected):
    worker = container("worker", environment={"CELERY_BROKER_URL": "redis://redis:6379/0" if broker else "amqp://mq/"})
    found = findings(side("prod", [container("redis"), worker], [redis(used, limit, policy)]))
    assert list(found) == [f"health.{rule}/redis@prod" for rule in expected]


def test_the_broker_is_the_redis_that_celery_itself_names():
    beat = probe("beat", "celery-beat", stage="done", broker={"transport": "redis", "host": "cache", "port": 6379})
    cache = probe("cache", "redis", memory_used=1, memory_limit=9, policy="allkeys-lru")
    found = of([redis(1, 9, "allkeys-lru"), cache, beat])
    assert list(found) == ["health.redis-evicts-tasks/cache@prod"]


def test_redis_that_answers_with_an_error_is_down():
    found = of([probe("redis", "redis", "failed", "PING was answered with: MISCONF Redis is configured to save")])
    assert list(found) == ["health.redis-not-answering/redis@prod"]


def target(job: str, host: str, health: str = "down", error: str = "connection refused") -> dict[str, str]:
    return {"job": job, "instance": host, "url": f"http://{host}/metrics", "health": health, "error": error}


def prometheus(*targets: dict[str, str]) -> dict[str, Any]:
    return probe("prometheus", "prometheus", target=":9090/api/v1/targets", targets=list(targets))


STACK = [container("prometheus"), container("api"), container("redis-exporter", state="exited", exit_code=1)]


@pytest.mark.parametrize(
    ("scraped", "expected"),
    [
        (target("api", "api:8000", "up"), []),
        (target("api", "api:8000", "unknown", ""), []),
        (target("api", "api:8000"), ["health.target-down/prometheus/api/api:8000@prod"]),
        (target("api", "shop_api:8000"), ["health.target-down/prometheus/api/shop_api:8000@prod"]),
        (target("redis", "redis-exporter:9121"), []),
        (
            target("pg", "postgres-exporter:9187"),
            ["health.target-without-service/prometheus/pg/postgres-exporter:9187@prod"],
        ),
        (target("web", "www.example.org:443"), ["health.target-down/prometheus/web/www.example.org:443@prod"]),
        (target("self", "localhost:9090"), ["health.target-down/prometheus/self/localhost:9090@prod"]),
    ],
)
def test_a_target_is_judged_by_what_stands_behind_its_address(scraped, expected):
    assert list(findings(side("prod", STACK, [prometheus(scraped)]))) == expected


@pytest.mark.parametrize(
    ("error", "why"),
    [
        ("server returned HTTP status 404 Not Found", "404 Not Found"),
        ("Get http://api:8000/metrics: dial tcp 172.18.0.2:8000: connect: connection refused", "connection refused"),
        ("Get http://api:8000/metrics: context deadline exceeded", "context deadline exceeded"),
        ("expected a valid start token", "job api"),
    ],
)
def test_a_title_says_in_short_why_a_target_is_down(error, why):
    found = findings(side("prod", STACK, [prometheus(target("api", "api:8000", error=error))]))
    assert [one["title"] for one in found.values()] == [f"prod: Prometheus target api:8000 is down ({why})"]


def test_it_is_said_where_the_missing_service_does_exist():
    sides = [
        side("dev", [container("prometheus")], [prometheus(target("pg", "exporter:9187"))]),
        side(
            "prod", [container("prometheus"), container("exporter")], [prometheus(target("pg", "exporter:9187", "up"))]
        ),
    ]
    found = findings(*sides)
    assert list(found) == ["health.target-without-service/prometheus/pg/exporter:9187@dev"]
    assert "prod has it" in found["health.target-without-service/prometheus/pg/exporter:9187@dev"]["cause"]


@pytest.mark.parametrize(
    ("services", "scraped", "expected"),
    [
        (["api"], [], ["health.scrape-job-missing/prometheus/api@prod"]),
        ([], [], []),
        (["api"], [target("backend", "api:8000", "up")], []),
        (["api"], [target("api", "api:9000", "up")], []),
    ],
)
def test_a_job_is_missing_where_its_service_is_and_nothing_scrapes_it(services, scraped, expected):
    dev = side("dev", [container("prometheus"), container("api")], [prometheus(target("api", "api:8000", "up"))])
    names = ["prometheus", *services]
    found = findings(dev, side("prod", [container(name) for name in names], [prometheus(*scraped)]))
    assert list(found) == expected


HOSTILE: list[Any] = [
    None,
    7,
    "x",
    [],
    [[]],
    {},
    True,
    1e999,
    float("nan"),
    10**30,
    {"a": [{}]},
    [{"job": {}}],
    [1, "x"],
]
HIDDEN = make(b"k" * 48, "Xk9vTq2LmWz8", UNKNOWN)


@pytest.mark.parametrize("hidden", [HIDDEN, "…"])
def test_a_target_whose_address_is_hidden_is_not_said_to_stand_for_nothing(hidden):
    scraped = target("pg", "postgres-exporter:9187") | {"instance": hidden, "url": f"http://{hidden}:9187/metrics"}
    assert list(findings(side("prod", STACK, [prometheus(scraped | {"health": "unknown"})]))) == []
    (found,) = findings(side("prod", STACK, [prometheus(scraped)]))
    other = make(b"l" * 48, "Xk9vTq2LmWz8", UNKNOWN)
    again = {name: text.replace(HIDDEN, other) for name, text in scraped.items()}
    assert list(findings(side("prod", STACK, [prometheus(again)]))) == [found]  # an id is the same in the next run
    assert found.startswith("health.target-down/prometheus/pg")


def test_jobs_that_are_hidden_are_not_missed():
    stacks = [container("prometheus"), container("api")]
    dev = side("dev", stacks, [prometheus(target(HIDDEN, "api:8000", "up"))])
    prod = side("prod", stacks, [prometheus(target("api", "api:8000", "up"))])
    bare = side("prod", stacks, [prometheus(target("self", "localhost:9090", "up"))])
    assert list(findings(dev, bare)) == []
    assert list(findings(dev, prod)) == []


FACTS = ["health", "answer_seconds", "targets", "connections", "connections_limit", "memory_limit", "version", "queues"]
FACTS += ["nodes", "consumed", "registered", "schedule", "broker", "problems", "scheduler", "path", "status", "policy"]


@pytest.mark.parametrize(
    "kind", ["http", "prometheus", "loki", "postgres", "redis", "celery-worker", "celery-beat", "nginx"]
)
@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_a_host_may_send_any_shape(kind, value):
    for state in ("ok", "failed", "unknown"):
        probes = [probe("api", kind, state, **{fact: value}) for fact in FACTS]
        sides = [side(name, [container("api")], probes) for name in ("dev", "prod")]
        assert isinstance(findings(*sides), dict)


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_the_probes_themselves_may_have_any_shape(value):
    assert isinstance(findings(side("prod", [container("api")], value)), dict)
    for field in ("service", "container", "kind", "target", "state", "reason", "seconds", "facts"):
        assert isinstance(findings(side("prod", [container("api")], [{**probe("api"), field: value}])), dict)


def test_a_reason_with_control_characters_does_not_reach_the_report():
    found = of([probe("api", state="failed", reason="\x1b[31mred\u202e")])
    assert "\x1b" not in str(found)


DIAL = "dial tcp store:9000: connect: connection refused"


@pytest.mark.parametrize(
    ("probes", "effect"),
    [
        ([probe("api", health={"disk": {"status": "DOWN", "error": DIAL}})], "health.part-unhealthy/api/disk@prod"),
        ([prometheus(target("api", "api:8000", error=DIAL))], "health.target-down/prometheus/api/api:8000@prod"),
        ([probe("api", state="failed", status=500, text=DIAL)], "health.endpoint-down/api@prod"),
        ([probe("api", state="failed", reason="it has store: no answer")], ""),
    ],
)
def test_what_an_answer_names_is_its_cause_and_no_reason_of_ours_is(probes, effect):
    stack = [container("prometheus"), container("api"), container("store", state="exited", exit_code=1)]
    found = findings(side("prod", stack, probes))
    linked = {name: one["caused_by"] for name, one in found.items() if one["caused_by"]}
    assert linked == ({effect: "containers.not-running/store@prod"} if effect else {})
