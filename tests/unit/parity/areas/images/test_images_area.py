"""What no example of a rule shows: several environments, what cannot be told, and what belongs together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from stacks import KNOWN, images, stack

from parity.domain.findings import Finding
from parity.judge.audit import Settings, audit, differences, judge

SHOP = "registry.example.org/shop:1.4.2"
AMD, ARM = "linux/amd64", "linux/arm64"
SCHEMA = json.loads((Path(__file__).resolve().parents[5] / "schemas/findings.schema.json").read_text())


def pulled(name: str, digest: str = "", **more: Any) -> dict[str, Any]:
    """Return an image that a registry has."""
    return {"id": name, "platform": AMD, "digests": [f"registry.example.org/shop@sha256:{digest or name}"], **more}


def built(name: str, **more: Any) -> dict[str, Any]:
    """Return an image that was built on its host."""
    return {"id": name, "platform": AMD, "digests": [], **more}


def side(environment: str, told: dict[str, Any] | None, image: str = SHOP, **settings: Any) -> dict[str, Any]:
    """Return an environment with the service `api`; of its image nothing is told where `told` is None."""
    return sides(environment, {} if told is None else {"api": told}, image, **settings)


def sides(environment: str, told: dict[str, Any], image: str = SHOP, **settings: Any) -> dict[str, Any]:
    made = stack(environment, {name: {"image": image, **settings} for name in told or ("api",)})
    (facts,) = made["hosts"].values()
    if told:
        facts["images"] = images(facts["engine"]["containers"], told)
    return made


def found(*snapshots: dict[str, Any]) -> dict[str, Finding]:
    comparison, all_found = differences(snapshots, KNOWN, {})
    judged = [judge(one, comparison, KNOWN) for one in all_found]
    return {one.id: one for one in judged if one.area == "images"}


def open_ones(*snapshots: dict[str, Any]) -> dict[str, str]:
    return {name: one.severity.word for name, one in found(*snapshots).items() if one.status == "open"}


@pytest.mark.parametrize(
    ("dev", "prod"),
    [
        (pulled("a"), pulled("a")),
        (pulled("a", layers="1"), pulled("b", layers="1")),  # an index's digest, and a platform's
        (pulled("a"), pulled("b", platform="")),
        (pulled("a"), {"id": "b"}),
        (pulled("a"), None),
        (built("a"), built("a")),
        (built("a", labels={"revision": "4f1c2ab"}), built("b", labels={"revision": "4f1c2ab"})),
    ],
)
def test_images_that_are_the_same_or_cannot_be_compared(dev: dict[str, Any], prod: dict[str, Any] | None) -> None:
    assert found(side("dev", dev), side("prod", prod)) == {}


def test_other_platforms_are_said_to_be_that() -> None:
    both = {name: pulled(f"a{name}") for name in ("api", "web")}
    for digest in ("a", "other"):  # one index with both platforms, and what cannot be told
        arm = {name: pulled(f"b{name}", f"{digest}{name}", platform=ARM) for name in both}
        told = found(sides("dev", both), sides("prod", arm))
        assert {name: one.status for name, one in told.items()} == {"images.platform-differs@dev+prod": "expected"}


@pytest.mark.parametrize(
    ("dev", "prod", "rule"),
    [
        (built("a"), pulled("b"), "images.content-differs"),
        (built("a"), built("b"), "images.content-differs"),
        (
            built("a", labels={"revision": "4f1c2ab"}),
            built("b", labels={"revision": "90d3e77"}),
            "images.revision-differs",
        ),
    ],
)
def test_what_an_environment_builds_differs_by_nature(dev: dict[str, Any], prod: dict[str, Any], rule: str) -> None:
    told = found(side("dev", dev), side("prod", prod))
    assert {name: one.status for name, one in told.items()} == {f"{rule}/api@dev+prod": "expected"}


@pytest.mark.parametrize("declared", [{"image": SHOP, "build": {"context": "."}}, {"build": {"context": "."}}])
def test_a_compose_file_says_that_an_image_is_built_though_its_engine_gives_it_a_digest(declared: Any) -> None:
    dev = side("dev", pulled("a"))
    (facts,) = dev["hosts"].values()
    facts["rendered"] = {"state": "rendered", "services": {"api": declared}}
    assert open_ones(dev, side("prod", pulled("b"))) == {}


@pytest.mark.parametrize(
    ("tag", "severity"),
    [
        ("1.4.2", "medium"),
        ("2026-11.20261120", "medium"),
        ("main-4f1c2ab", "medium"),
        ("latest", "low"),
        ("15", "low"),
        ("7.2-alpine", "low"),
    ],
)
def test_a_tag_of_a_series_is_meant_to_move(tag: str, severity: str) -> None:
    image = f"registry.example.org/shop:{tag}"
    told = open_ones(side("dev", pulled("a"), image), side("prod", pulled("b"), image))
    assert told == {"images.content-differs/api@dev+prod": severity}


def test_a_name_is_one_however_it_is_spelled() -> None:
    dev, prod = side("dev", pulled("a"), "redis"), side("prod", pulled("b"), "docker.io/library/redis:latest")
    assert [name for name in open_ones(dev, prod) if "content" in name] == ["images.content-differs/api@dev+prod"]


def test_other_names_and_digests_are_not_one_tag() -> None:
    assert found(side("dev", pulled("a")), side("prod", pulled("b"), "registry.example.org/shop:1.5.0")) == {}
    pinned = "registry.example.org/shop@sha256:bb"
    assert found(side("dev", pulled("a"), pinned), side("prod", pulled("b"), pinned)) == {}


def three(dev: Any, staging: Any, prod: Any, image: str = SHOP) -> dict[str, str]:
    told = (("dev", dev), ("staging", staging), ("prod", prod))
    return open_ones(*(side(environment, one, image) for environment, one in told))


def test_of_three_environments_the_odd_one_is_named_and_staging_weighs_more() -> None:
    a, b, c = pulled("a"), pulled("b"), pulled("c")
    assert three(a, a, b) == {"images.content-differs/api@prod": "medium"}
    assert three(b, a, a) == {"images.content-differs/api@dev": "low"}
    assert three(a, b, a) == {"images.content-differs/api@staging": "medium"}
    assert three(a, b, c) == {"images.content-differs/api@dev+prod+staging": "medium"}
    moving = "registry.example.org/shop:latest"
    assert three(a, a, b, moving) == {"images.content-differs/api@prod": "medium"}
    assert three(b, a, a, moving) == {"images.content-differs/api@dev": "info"}
    (odd,) = found(*(side(e, one) for e, one in (("dev", b), ("staging", a), ("prod", a)))).values()
    assert odd.title == "dev: api runs registry.example.org/shop:1.4.2 with different content than elsewhere"
    assert odd.cause.startswith("staging, prod run one image of this name and tag, and dev another one")


def test_an_environment_that_was_not_seen_is_not_equal() -> None:
    a, b = pulled("a"), pulled("b")
    assert three(None, a, b) == {"images.content-differs/api@prod+staging": "medium"}
    assert three(a, None, a) == {}
    arm = pulled("c", "a", platform=ARM)  # of the index of which `a` is another platform
    assert three(arm, a, b) == {"images.content-differs/api@prod": "medium"}
    assert three(a, pulled("c", platform=ARM), b) == {"images.content-differs/api@dev+prod": "medium"}


def test_replicas_that_run_several_images_are_not_compared() -> None:
    prod = side("prod", pulled("b"))
    (facts,) = prod["hosts"].values()
    other = {**facts["engine"]["containers"][0], "id": "other", "name": "other", "image_id": "c"}
    facts["engine"]["containers"].append(other)
    facts["images"]["images"]["c"] = pulled("c")
    assert open_ones(side("dev", pulled("a")), prod) == {}


def test_a_container_of_an_older_image_is_one_problem_with_the_difference() -> None:
    now = {"id": "a", "created": "2026-11-20T08:00:00Z"}
    old = pulled("b", created="2026-10-01T08:00:00Z", tag_names=now)
    data = audit([side("dev", pulled("a")), side("prod", old)], KNOWN, Settings(), "2026-11-24T08:00:00Z", "0")
    (problem,) = [one for one in data["problems"] if one["status"] == "open"]
    assert problem["findings"] == ["images.not-recreated/api@prod", "images.content-differs/api@dev+prod"]


@pytest.mark.parametrize(
    ("created", "says"),
    [("2026-11-20T08:00:00Z", "an outdated"), ("2026-09-01T08:00:00Z", "a newer"), ("", "an outdated")],
)
def test_a_tag_that_was_moved_back_is_said_to_be(created: str, says: str) -> None:
    old = pulled("b", created="2026-10-01T08:00:00Z", tag_names={"id": "a", "created": created})
    (one,) = found(side("dev", pulled("b")), side("prod", old)).values()
    assert one.title.startswith(f"prod: api runs {says} build ")


def test_a_job_that_ended_is_not_recreated() -> None:
    old = pulled("b", tag_names={"id": "a", "created": ""})
    job = {"state": "exited", "exit_code": 0, "restart_policy": "no"}
    assert found(side("dev", pulled("b")), side("prod", old, **job)) == {}


@pytest.mark.parametrize(
    ("health", "expected"),
    [({"status": "unhealthy"}, "high"), ({"status": "starting"}, "high"), (None, "high"), ({"status": "healthy"}, "")],
)
def test_a_check_that_passed_has_its_program(health: Any, expected: str) -> None:
    check = {"healthcheck": {"test": ["CMD", "curl"]}, "health": health}
    told = open_ones(side("dev", pulled("a"), **check), side("prod", pulled("a", check_lacks="curl"), **check))
    assert told == ({"images.check-program-missing/api/curl@prod": expected} if expected else {})


def test_a_missing_program_is_the_cause_of_its_own_unhealthy_container() -> None:
    check = {"healthcheck": {"test": ["CMD", "curl"]}, "health": {"status": "unhealthy", "output": "no"}}
    prod = sides("prod", {"api": pulled("a", check_lacks="curl"), "web": pulled("a")}, **check)
    data = audit(
        [sides("dev", {"api": pulled("a"), "web": pulled("a")}), prod], KNOWN, Settings(), "2026-11-24T08:00:00Z", "0"
    )
    by_id = {one["id"]: one for one in data["findings"]}
    assert by_id["containers.unhealthy/api@prod"]["caused_by"] == "images.check-program-missing/api/curl@prod"
    assert by_id["containers.unhealthy/web@prod"]["caused_by"] == ""


def release(name: str, version: str) -> dict[str, Any]:
    return {"os": {"id": name, "version": version, "name": f"{name} {version}"}}


@pytest.mark.parametrize(
    ("dev", "prod", "severity"),
    [
        (release("debian", "12"), release("debian", "13"), "low"),
        (release("debian", "12"), release("alpine", "3.22.1"), "medium"),
        (release("alpine", "3.22.0"), release("alpine", "3.22.3"), ""),
        (release("rocky", "9.5"), release("rocky", "9.6"), ""),
        (release("unheard-of", "1.1"), release("unheard-of", "1.2"), "low"),
        (release("debian", "12"), {"os": {}}, ""),
    ],
)
def test_bases_are_compared_by_the_release_of_a_distribution(dev: Any, prod: Any, severity: str) -> None:
    told = open_ones(side("dev", pulled("a", **dev)), side("prod", pulled("a", **prod)))
    assert told == ({"images.base-differs/api@dev+prod": severity} if severity else {})


def test_the_base_of_a_database_decides_how_it_sorts() -> None:
    told = [side(e, pulled("a", **release("debian", v)), "postgres:16.4") for e, v in (("dev", "12"), ("prod", "13"))]
    assert open_ones(*told) == {"images.base-differs/api@dev+prod": "medium"}


def test_an_end_of_support_is_one_fault_of_all_services() -> None:
    old, new = pulled("a", **release("alpine", "3.18.4")), pulled("a", **release("alpine", "3.22.0"))
    both = {"api": old, "web": old}
    told = open_ones(sides("dev", {"api": new, "web": new}), sides("prod", both))
    assert told == {
        "images.unsupported-base/alpine-3.18@prod": "low",
        "images.base-differs/api@dev+prod": "low",
        "images.base-differs/web@dev+prod": "low",
    }


def test_the_last_day_of_support_is_one() -> None:
    def on(day: str) -> dict[str, str]:
        prod = side("prod", pulled("a", **release("alpine", "3.18.4")))
        return open_ones(side("dev", None), {**prod, "taken": f"{day}T08:00:00Z"})

    assert on("2025-05-09") == {}
    assert on("2025-05-10") == {"images.unsupported-base/api/alpine-3.18@prod": "low"}


def test_the_facts_say_how_old_an_image_is_and_follow_the_schema() -> None:
    dev = side(
        "dev", pulled("a", created="2026-11-14T08:00:00Z", labels={"version": "1.4.2"}, **release("debian", "12"))
    )
    prod = side("prod", built("b", created="1970-01-01T00:00:00Z"))
    data = audit([dev, prod, side("qa", None)], KNOWN, Settings(), "2026-11-24T08:00:00Z", "0")
    of_dev, of_prod = data["images"]
    assert (of_dev["age_days"], of_dev["supported_until"], of_dev["distribution"]) == (10, "2028-06-30", "debian 12")
    assert (of_prod["age_days"], of_prod["supported_until"], of_prod["digests"]) == (None, "", [])
    jsonschema.validate(data["images"], SCHEMA["properties"]["images"])


def test_a_recording_of_the_first_schema_is_read() -> None:
    assert found(side("dev", None), side("prod", None)) == {}
