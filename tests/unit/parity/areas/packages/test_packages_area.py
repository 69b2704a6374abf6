"""What no example of a rule shows: what cannot be compared, how bad a difference is, and what belongs together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from stacks import KNOWN, images, packages, stack

from parity.domain.findings import Finding
from parity.judge.audit import Settings, audit, differences, judge

SCHEMA = json.loads((Path(__file__).resolve().parents[5] / "schemas/findings.schema.json").read_text())
DJANGO = {"django": "4.2.16", "celery": "5.4.0", "requests": "2.32.3", "urllib3": "2.2.3"}
DEBIAN = {f"lib{number}": f"{number}.0.1-1" for number in range(100)}
NEWER = {f"lib{number}": f"{number}.0.1-1+deb12u1" for number in range(100)}
BASE = {f"lib{number}": f"{number + 1}.0.1-1" for number in range(100)}


def side(environment: str, *told: dict[str, Any] | None, **services: dict[str, Any]) -> dict[str, Any]:
    """Return an environment with the service `api`, or with these, of which these packages are told."""
    known = services or {"api": told[0]}
    made = stack(environment, {name: {} for name in known})
    (facts,) = made["hosts"].values()
    kinds = {name: kinds for name, kinds in known.items() if kinds is not None}
    facts["packages"] = packages(facts["engine"]["containers"], kinds)
    return made


def found(*snapshots: dict[str, Any]) -> dict[str, Finding]:
    comparison, all_found = differences(snapshots, KNOWN, {})
    judged = [judge(one, comparison, KNOWN) for one in all_found]
    return {one.id: one for one in judged if one.area == "packages"}


def open_ones(*snapshots: dict[str, Any]) -> dict[str, str]:
    return {name: one.severity.word for name, one in found(*snapshots).items() if one.status == "open"}


@pytest.mark.parametrize(
    ("dev", "prod"),
    [
        ({"python": DJANGO, "dpkg": DEBIAN}, {"python": DJANGO, "dpkg": DEBIAN}),
        ({"python": DJANGO}, None),
        ({"python": DJANGO}, {}),
        ({"python": DJANGO}, {"python": None}),
        ({"python": DJANGO, "direct": {"python": list(DJANGO)}}, {"python": {"pip": "24.0", "setuptools": "70.0"}}),
        ({"npm": {"npm": "10.9.0"}}, {"npm": {"npm": "11.0.0"}}),
        ({"dpkg": DEBIAN}, {"apk": {"musl": "1.2.5-r0"}}),
        ({"runtime": {"python": "3.12.7"}}, {"runtime": {"python": "3.12.7", "node": "22.1.0"}}),
        ({"python": DJANGO}, {"python": {**DJANGO, "django": "5.0.1", "x\x1b[31m": "1"}}),
        ({"python": DJANGO}, {"python": {**DJANGO, "django": "<script>"}}),
        ({"python": DJANGO}, {"python": ["django"]}),
        ({"python": DJANGO}, {"python": {**DJANGO, "django": 5}}),
    ],
)
def test_the_same_packages_and_what_cannot_be_compared(dev: dict[str, Any], prod: dict[str, Any] | None) -> None:
    assert found(side("dev", dev), side("prod", prod)) == {}


@pytest.mark.parametrize(
    ("changed", "direct", "severity"),
    [
        ({"django": "5.0.1"}, ["django"], "medium"),
        ({"django": "5.0.1"}, ["celery"], "low"),
        ({"django": "5.0.1"}, [], "low"),
        ({"django": "4.3.0"}, ["django"], "low"),
        ({"django": "4.2.17", "urllib3": "2.2.4"}, ["django"], "info"),
        ({"django": "4.2.17", "urllib3": "3.0.0"}, ["django"], "low"),
    ],
)
def test_steps_and_whether_the_application_names_a_package(
    changed: dict[str, str], direct: list[str], severity: str
) -> None:
    dev = {"python": DJANGO, "direct": {"python": direct}}
    assert open_ones(side("dev", dev), side("prod", {"python": {**DJANGO, **changed}})) == {
        "packages.versions-differ/api/python@dev+prod": severity
    }


@pytest.mark.parametrize(
    ("dev", "prod", "severity"),
    [
        ({"python": "3.12.7"}, {"python": "3.11.9"}, "medium"),
        ({"python": "3.12.7"}, {"python": "3.12.3"}, "low"),
        ({"node": "22.1.0"}, {"node": "20.9.0"}, "medium"),
        ({"node": "22.1.0"}, {"node": "22.11.0"}, "low"),
        ({"php": "8.3.1"}, {"php": "8.4.1"}, "medium"),
    ],
)
def test_releases_of_languages(dev: dict[str, str], prod: dict[str, str], severity: str) -> None:
    (name,) = dev
    assert open_ones(side("dev", {"runtime": dev}), side("prod", {"runtime": prod})) == {
        f"packages.runtime-differs/api/{name}@dev+prod": severity
    }


def test_what_only_development_has_is_expected_unless_the_application_names_it() -> None:
    more = {**DJANGO, "pytest": "8.3.3", "pluggy": "1.5.0"}
    told = found(side("dev", {"python": more}), side("prod", {"python": DJANGO}))
    assert {name: one.status for name, one in told.items()} == {"packages.only-in-some/api/python@dev+prod": "expected"}
    assert open_ones(side("dev", {"python": DJANGO}), side("prod", {"python": more})) == {
        "packages.only-in-some/api/python@dev+prod": "info"
    }
    names = {"python": ["pytest", "not-installed-anywhere"]}
    named = {"python": more, "direct": names}  # other files may be what production installs from
    assert open_ones(side("dev", named), side("prod", {"python": DJANGO})) == {}
    assert open_ones(side("dev", {"python": more}), side("prod", {"python": DJANGO, "direct": names})) == {
        "packages.missing/api/python@prod": "medium"
    }
    assert open_ones(side("dev", {"python": DJANGO, "direct": names}), side("prod", {"python": more})) == {
        "packages.missing/api/python@dev": "low",
        "packages.only-in-some/api/python@dev+prod": "info",
    }


def test_what_only_one_platform_has_is_not_missing_on_the_other() -> None:
    dev, prod = side("dev", {"dpkg": DEBIAN}), side("prod", {"dpkg": {**DEBIAN, "libquadmath0": "12.2.0-14"}})
    for made, platform in ((dev, "linux/arm64"), (prod, "linux/amd64")):
        (facts,) = made["hosts"].values()
        facts["images"] = images(facts["engine"]["containers"], {"api": {"id": platform, "platform": platform}})
    assert open_ones(dev, prod) == {}
    facts["images"]["images"]["linux/amd64"]["platform"] = "linux/arm64"
    assert open_ones(dev, prod) == {"packages.system-differs/api/dpkg@dev+prod": "info"}


def test_many_packages_are_one_finding_with_a_short_table() -> None:
    told = found(side("dev", {"dpkg": DEBIAN}), side("prod", {"dpkg": BASE}))
    (one,) = told.values()
    assert (one.id, one.severity.word) == ("packages.system-differs/api/dpkg@dev+prod", "low")
    assert one.title == "api is built from different bases: 100 dpkg packages differ"
    assert len(one.evidence) == 2 * 21
    assert {piece.shown for piece in one.evidence if "more" in piece.shown} == {"and 80 more"}
    (fixes,) = found(side("dev", {"dpkg": DEBIAN}), side("prod", {"dpkg": NEWER})).values()
    assert fixes.severity.word == "info"


def test_the_odd_one_is_named_and_staging_weighs_more() -> None:
    old, new = {"python": DJANGO}, {"python": {**DJANGO, "django": "4.3.0"}}
    three = [side("dev", old), side("staging", old), side("prod", new)]
    assert open_ones(*three) == {"packages.versions-differ/api/python@prod": "low"}
    three = [side("dev", new), side("staging", old), side("prod", new)]
    assert open_ones(*three) == {"packages.versions-differ/api/python@staging": "low"}
    three = [side("dev", old), side("staging", None), side("prod", new)]
    assert open_ones(*three) == {"packages.versions-differ/api/python@dev+prod": "low"}


def test_containers_of_one_service_that_have_different_packages_are_not_compared() -> None:
    dev = side("dev", {"python": DJANGO})
    (facts,) = dev["hosts"].values()
    other = {**facts["engine"]["containers"][0], "id": "other", "name": "other"}
    facts["engine"]["containers"].append(other)
    facts["packages"]["lists"]["other"] = {"packages": {"python": {"django": "1.0"}}, "direct": {}}
    facts["packages"]["containers"]["other"] = {"application": "other"}
    assert found(dev, side("prod", {"python": {**DJANGO, "django": "5.0.1"}})) == {}


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"state": "seen", "lists": 7, "containers": []},
        {
            "state": "seen",
            "lists": {"a": {"packages": []}},
            "containers": {"api": {"system": "a", "application": ["a"]}},
        },
        {
            "state": "seen",
            "lists": {"a": {"packages": {"python": {"x": {}}}, "direct": {"python": 7}}},
            "containers": {"api": {"system": "a"}},
        },
        {"state": "unseen", "reason": "a bug in Parity (KeyError at packages.py:1); please report it"},
    ],
)
def test_what_a_host_sends_in_another_shape_is_not_known(told: Any) -> None:
    dev, prod = side("dev", {"python": DJANGO}), side("prod", {"python": {**DJANGO, "django": "5.0.1"}})
    (facts,) = prod["hosts"].values()
    facts["packages"] = told
    facts["engine"]["containers"][0]["id"] = "api"
    data = audit([dev, prod], KNOWN, Settings(), "2026-11-24T08:00:00Z", "0")
    assert not [one for one in data["findings"] if one["area"] == "packages"]
    assert [piece["what"] for piece in data["unseen"]] == (["the packages"] if told.get("state") == "unseen" else [])


def test_what_one_build_changed_is_one_problem_of_each_service() -> None:
    dev = {"python": DJANGO, "dpkg": DEBIAN}
    prod = {"python": {**DJANGO, "django": "5.0.1"}, "dpkg": NEWER}
    data = audit([side("dev", dev), side("prod", prod)], KNOWN, Settings(), "2026-11-24T08:00:00Z", "0")
    jsonschema.validate(data, SCHEMA)
    problems = [one for one in data["problems"] if any(name.startswith("packages.") for name in one["findings"])]
    assert [len(one["findings"]) for one in problems] == [2]
    assert data["packages"] == [
        {"service": "api", "environment": name, "counts": {"dpkg": 100, "python": 4}, "unread": ""}
        for name in ("dev", "prod")
    ]


def test_a_habit_of_many_services_is_one_problem() -> None:
    names = ("api", "web", "worker")
    dev, prod = ({name: {"dpkg": told} for name in names} for told in (DEBIAN, BASE))
    data = audit([side("dev", **dev), side("prod", **prod)], KNOWN, Settings(), "2026-11-24T08:00:00Z", "0")
    problems = [one for one in data["problems"] if any(name.startswith("packages.") for name in one["findings"])]
    assert [len(one["findings"]) for one in problems] == [3]
