"""The SBOM of an environment: valid by CycloneDX's own schema, with each package once, under the URL that it has."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from stacks import images, packages, stack

from parity.report.exports import sbom

PACKAGES = {
    "api": {
        "dpkg": {"libssl3": "3.0.17-1~deb12u2", "libstdc++6": "12.2.0-14+deb12u1"},
        "python": {"django": "4.2.16", "torch": "2.5.1+cpu", "epoch": "1!2.0"},
        "runtime": {"python": "3.12.7"},
    },
    "web": {
        "dpkg": {"libssl3": "3.0.17-1~deb12u2", "bind9-libs": "1:9.18.33-1"},
        "npm": {"@scope/ui": "2.0.0", "qs": "6.11.0 6.13.0"},
        "composer": {"symfony/console": "7.1.5"},
        "gem": {"rack": "3.1.8"},
    },
}


def snapshot(told: dict[str, Any], **parts: Any) -> dict[str, Any]:
    made = {**stack("prod", {name: {} for name in told or ("api",)}), "taken": "2026-11-24T08:00:00Z", **parts}
    (facts,) = made["hosts"].values()
    release = {"id": "debian", "version": "12", "name": "Debian 12"}
    facts["images"] = images(facts["engine"]["containers"], {name: {"id": name, "os": release} for name in told})
    facts["packages"] = packages(facts["engine"]["containers"], told)
    return made


def test_packages_are_listed_once_with_the_services_that_have_them() -> None:
    (text,) = sbom.render([snapshot(PACKAGES)]).values()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    data = json.loads(text)
    assert {one["purl"]: [told["value"] for told in one["properties"]] for one in data["components"]} == {
        "pkg:deb/debian/libssl3@3.0.17-1~deb12u2?distro=debian-12": ["api", "web"],
        "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?distro=debian-12": ["api"],
        "pkg:deb/debian/bind9-libs@1:9.18.33-1?distro=debian-12": ["web"],
        "pkg:pypi/django@4.2.16": ["api"],
        "pkg:pypi/epoch@1%212.0": ["api"],
        "pkg:pypi/torch@2.5.1%2Bcpu": ["api"],
        "pkg:generic/python@3.12.7": ["api"],
        "pkg:npm/%40scope/ui@2.0.0": ["web"],
        "pkg:npm/qs@6.11.0": ["web"],
        "pkg:npm/qs@6.13.0": ["web"],
        "pkg:composer/symfony/console@7.1.5": ["web"],
        "pkg:gem/rack@3.1.8": ["web"],
    }
    assert (data["metadata"]["component"]["name"], data["metadata"]["timestamp"]) == ("prod", "2026-11-24T08:00:00Z")


def test_cyclonedx_and_package_urls_own_libraries_read_the_same() -> None:
    (text,) = sbom.render([snapshot(PACKAGES)]).values()
    data = json.loads(text)
    read = Bom.from_json(data)  # type: ignore[attr-defined]
    assert len(read.components) == len(data["components"]) == 12
    for one in data["components"]:
        url = PackageURL.from_string(one["purl"])
        assert url.to_string() == one["purl"]
        assert (url.namespace or "", url.name, url.version) == (one.get("group", ""), one["name"], one["version"])


def test_a_file_is_named_for_its_environment_and_the_same_data_make_the_same_bytes() -> None:
    first, second = (sbom.render([snapshot(PACKAGES)]) for _ in range(2))
    assert (list(first), first) == (["sbom-prod.cdx.json"], second)


@pytest.mark.parametrize("taken", ["", "soon", "2026-11-24T08:00:00Z"])
def test_where_nothing_was_listed_there_is_no_file(taken: str) -> None:
    assert sbom.render([snapshot({}, taken=taken)]) == {}
    (text,) = sbom.render([snapshot(PACKAGES, taken=taken)]).values()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_thousands_of_packages_take_no_time() -> None:
    many = snapshot({f"s{number}": {"npm": {f"p{name}": "1.0.0" for name in range(1000)}} for number in range(5)})
    started = time.process_time()
    assert sbom.render([many])
    assert time.process_time() - started < 0.5
