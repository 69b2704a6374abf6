"""The environments side by side: what is compared, what it is called, and what is never taken for equal."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import KNOWN, container, stack

from parity.judge.audit import Settings, audit

Facts = dict[str, Any]
ENVIRONMENTS = ("dev", "test", "prod")


def facts(*snapshots: dict[str, Any]) -> Facts:
    found: Facts = audit(snapshots, KNOWN, Settings(), "2026-11-24T08:00:00Z", "0")["side_by_side"]
    return found


def row(found: Facts, name: str, service: str = "") -> dict[str, Any]:
    rows = (
        next(one["rows"] for one in found["services"] if one["service"] == service) if service else found["variables"]
    )
    (one,) = [row for row in rows if row["name"] == name]
    return dict(one)


def shown(row: dict[str, Any]) -> list[str]:
    return [cell["shown"] + cell["mark"] + (" odd" if cell["odd"] else "") for cell in row["cells"]]


def with_variable(*values: str | None, name: str = "GREETING") -> Facts:
    variables = [{} if value is None else {name: value} for value in values]
    names = ENVIRONMENTS if len(values) > 2 else ("dev", "prod")
    return facts(*(stack(e, {"api": {"env": one}}) for e, one in zip(names, variables, strict=True)))


@pytest.mark.parametrize(
    ("values", "verdict", "cells"),
    [
        (("hello", "hello"), "same", ["hello", "hello"]),
        (("hello", "good day"), "different", ["hello", "good day"]),
        (("hello", None), "missing", ["hello", "not set"]),
        (("hello", ""), "different", ["hello", "(empty)"]),
        (("", ""), "same", ["(empty)", "(empty)"]),
        (("hello", "hello", "good day"), "different", ["hello", "hello", "good day odd"]),
        (("hello", None, "hello"), "missing", ["hello", "not set odd", "hello"]),
        (("one", "two", "three"), "different", ["one", "two", "three"]),
        ((None, None, "hello"), "missing", ["not set", "not set", "hello odd"]),
    ],
)
def test_a_variable(values: tuple[str | None, ...], verdict: str, cells: list[str]) -> None:
    one = row(with_variable(*values), "GREETING")
    assert (one["verdict"], shown(one), one["services"]) == (verdict, cells, ["api"])


@pytest.mark.parametrize(
    ("values", "verdict", "marks"),
    [
        (("correct horse battery", "correct horse battery"), "same", ["1", "1"]),
        (("correct horse battery", "staple horse battery"), "expected", ["1", "2"]),
        (("correct horse battery", None), "missing", ["1", ""]),
        (("battery staple 1", "battery staple 2", "battery staple 1"), "expected", ["1", "2", "1"]),
    ],
)
def test_a_secret_is_shown_by_a_mark_and_never_itself(
    values: tuple[str | None, ...], verdict: str, marks: list[str]
) -> None:
    found = with_variable(*values, name="API_PASSWORD")
    one = row(found, "API_PASSWORD")
    assert (one["verdict"], [cell["mark"] for cell in one["cells"]]) == (verdict, marks)
    assert "battery" not in str(found)
    assert "parity-secret" not in str(found)


def test_secrets_within_addresses_are_told_apart() -> None:
    one = row(with_variable("redis://:first-password-1@redis", "redis://:other-password-2@redis", name="REDIS_URL"), "REDIS_URL")  # fmt: skip
    assert shown(one) == ["redis://:…@redis1", "redis://:…@redis2"]
    assert one["verdict"] != "same"


def test_secrets_of_different_runs_are_neither_equal_nor_different() -> None:
    dev, prod = (stack(e, {"api": {"env": {"API_PASSWORD": "correct horse battery"}}}) for e in ("dev", "prod"))
    found = facts(dev, {**prod, "run": "another"})
    one = row(found, "API_PASSWORD")
    assert (one["verdict"], [cell["mark"] for cell in one["cells"]]) == ("not-compared", ["?", "?"])
    assert found["not_compared"] == 1


def test_a_secret_of_another_run_is_not_called_the_odd_one() -> None:
    values = (
        "one secret phrase",
        "one secret phrase",
        "another secret phrase",
        "one secret phrase",
        "who knows what it is",
    )
    snapshots = [stack(f"env{n}", {"api": {"env": {"API_PASSWORD": value}}}) for n, value in enumerate(values)]
    one = row(facts(*snapshots[:-1], {**snapshots[-1], "run": "another"}), "API_PASSWORD")
    assert one["verdict"] != "same"
    assert [cell["odd"] for cell in one["cells"]] == [False, False, True, False, False]
    assert {cell["mark"] for cell in one["cells"]} == {"?"}


def test_a_shared_secret_is_the_same_and_says_how_bad_that_is() -> None:
    one = row(with_variable("correct horse battery", "correct horse battery", name="JWT_SECRET"), "JWT_SECRET")
    assert (one["verdict"], one["severity"]) == ("same", "high")


def test_services_that_have_a_variable_alike_share_a_row() -> None:
    services = {name: {"env": {"GREETING": "hello"}} for name in ("api", "worker")}
    other = {**services, "web": {"env": {"GREETING": "good day"}}}
    found = facts(stack("dev", other), stack("prod", other))
    rows = [one for one in found["variables"] if one["name"] == "GREETING"]
    assert [(one["services"], shown(one)) for one in rows] == [
        (["api", "worker"], ["hello", "hello"]),
        (["web"], ["good day", "good day"]),
    ]


def port(address: str) -> dict[str, str]:
    return {"container": "80/tcp", "host_ip": address, "host_port": "80"}


@pytest.mark.parametrize(
    ("name", "dev", "prod", "verdict", "cells"),
    [
        ("image", {}, {}, "same", ["example/api", "example/api"]),
        ("image", {"image": "docker.io/library/redis:7"}, {"image": "redis:7"}, "same", ["redis", "redis"]),
        ("image", {"image": "host:5000/api"}, {"image": "api"}, "different", ["host:5000/api", "api"]),
        ("version", {"image": "redis"}, {"image": "redis:latest"}, "same", ["latest", "latest"]),
        ("version", {"image": "redis:7.2"}, {"image": "redis:7.0"}, "different", ["7.2", "7.0"]),
        ("version", {"image": "redis:7@sha256:ab"}, {"image": "redis@sha256:ab"}, "different", ["7@sha256:ab", "@sha256:ab"]),
        ("state", {}, {"state": "exited", "exit_code": 3}, "different", ["running", "exited (3)"]),
        ("health", {}, {"health": {"status": "unhealthy"}}, "different", ["no health check", "unhealthy"]),
        ("memory limit", {}, {"limits": {"memory": 2**29}}, "expected", ["no limit", "512 MiB"]),
        ("CPU limit", {"limits": {"cpus": 0.5}}, {"limits": {"cpus": 0.5}}, "same", ["0.5", "0.5"]),
        ("ports", {"ports": [port(""), port("::")]}, {"ports": [port("")]}, "same", ["80 → 80/tcp", "80 → 80/tcp"]),
        ("ports", {}, {"ports": [port("127.0.0.1")]}, "expected", ["none published", "127.0.0.1:80 → 80/tcp"]),
    ],
)  # fmt: skip
def test_a_service(name: str, dev: dict[str, Any], prod: dict[str, Any], verdict: str, cells: list[str]) -> None:
    one = row(facts(stack("dev", {"api": dev}), stack("prod", {"api": prod})), name, "api")
    assert (one["verdict"], shown(one)) == (verdict, cells)


def test_containers_of_one_service_are_counted() -> None:
    prod = stack("prod", {"api": {}})
    prod["hosts"]["prod1"]["engine"]["containers"] += [
        container("api", "prod-2"),
        container("api", "prod-3", state="exited"),
    ]
    one = row(facts(stack("dev", {"api": {}}), prod), "state", "api")
    assert shown(one) == ["running", "exited (0), 2 running"]


def test_a_service_that_is_not_there_is_one_fact_and_no_more() -> None:
    found = facts(stack("dev", {"api": {}}), stack("prod", {"api": {}, "queue": {"env": {"GREETING": "hello"}}}))
    (rows,) = (one["rows"] for one in found["services"] if one["service"] == "queue")
    assert [(one["name"], shown(one)) for one in rows] == [("service", ["no such service", "queue"])]
    assert found["variables"] == []


def test_of_three_environments_two_are_compared_where_the_third_does_not_have_the_service() -> None:
    has = {"api": {}, "queue": {"env": {"GREETING": "hello"}}}
    found = facts(stack("dev", {"api": {}}), stack("test", has), stack("prod", has))
    assert shown(row(found, "service", "queue")) == ["no such service odd", "queue", "queue"]
    assert shown(row(found, "image", "queue")) == ["-", "example/queue", "example/queue"]
    assert (row(found, "GREETING")["verdict"], shown(row(found, "GREETING"))) == ("same", ["-", "hello", "hello"])


def unreached(environment: str) -> dict[str, Any]:
    return {**stack(environment), "hosts": {f"{environment}1": {"state": "unreachable", "reason": "no route to host"}}}


def test_what_was_not_seen_equals_nothing() -> None:
    seen = {"api": {"env": {"GREETING": "hello"}}}
    found = facts(stack("dev", seen), unreached("prod"))
    rows = [*(one for service in found["services"] for one in service["rows"]), *found["variables"]]
    assert {one["verdict"] for one in rows} == {"not-compared"}
    assert {one["cells"][1]["shown"] for one in rows} == {"not seen"}
    assert (found["agree"], found["compared"], found["not_compared"]) == (0, 0, len(rows))


def test_environments_that_were_seen_are_compared_without_the_one_that_was_not() -> None:
    seen = {"api": {"env": {"GREETING": "hello"}}}
    one = row(facts(stack("dev", seen), unreached("test"), stack("prod", seen)), "GREETING")
    assert (one["verdict"], shown(one)) == ("same", ["hello", "not seen", "hello"])


def test_files_alone_do_not_say_what_runs() -> None:
    declared = {"api": {"image": "example/api:1.2", "environment": {"GREETING": "hello"}}}
    found = facts(stack("dev", declared=declared), stack("prod", {"api": {"env": {"GREETING": "hello"}}}))
    for name in ("state", "health"):
        assert (row(found, name, "api")["verdict"], row(found, name, "api")["cells"][0]["is"]) == (
            "not-compared",
            "not-seen",
        )
    assert row(found, "version", "api")["verdict"] == "same"
    assert row(found, "GREETING")["verdict"] == "same"


@pytest.mark.parametrize(("state", "kind"), [("rendered", "missing"), ("partly", "not-seen")])
def test_a_variable_is_missing_only_where_all_files_were_read(state: str, kind: str) -> None:
    dev = stack("dev", declared={"api": {"image": "example/api:1.2"}}, state=state)
    one = row(facts(dev, stack("prod", {"api": {"env": {"GREETING": "hello"}}})), "GREETING")
    assert one["cells"][0]["is"] == kind


def test_a_difference_that_another_rule_tells_is_judged_by_it() -> None:
    """The redirect URI of an OAuth application differs as each environment's own address does."""

    def variables(address: str) -> dict[str, Any]:
        env = {
            "GOOGLE_CLIENT_ID": f"{address}.apps.googleusercontent.com",
            "GOOGLE_REDIRECT_URI": f"https://{address}/google/callback",
        }
        return {"api": {"env": env}}

    one = row(
        facts(stack("dev", variables("dev.example.org")), stack("prod", variables("example.org"))),
        "GOOGLE_REDIRECT_URI",
    )
    assert one["verdict"] == "expected"


def test_the_counts_are_those_of_the_rows() -> None:
    found = facts(
        stack("dev", {"api": {"env": {"A": "1", "B": "x", "C": "y"}}}),
        stack("prod", {"api": {"env": {"A": "1", "B": "z"}, "image": "example/api:1.3"}}),
    )
    rows = [*(one for service in found["services"] for one in service["rows"]), *found["variables"]]
    verdicts = [one["verdict"] for one in rows]
    assert found["agree"] == verdicts.count("same") > 3
    assert found["differ"] == verdicts.count("different") + verdicts.count("missing") == 3
    assert found["compared"] == found["agree"] + found["expected"] + found["differ"] == len(rows)
