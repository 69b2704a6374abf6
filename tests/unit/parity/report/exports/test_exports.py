"""The report for programs, read by programs: SARIF by its schema and by Microsoft's validator, the others by parsers."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import npm_package
import pytest
from junitparser import JUnitXml
from prometheus_client.parser import text_string_to_metric_families
from stacks import KNOWN, stack

from parity.judge import history
from parity.judge.audit import Settings, audit, completed
from parity.judge.gate import GateSettings
from parity.judge.waivers import read_waivers
from parity.report import exports
from parity.report.exports.checkout import Checkout, Repository

ROOT = Path(__file__).resolve().parents[5]
MULTITOOL = "@microsoft/sarif-multitool-linux@5.7.0"
HOSTILE = "]]>\x00\x1b[31m<script>\u202e\ud800\uffff&amp;\"' " + "x" * 9000
NOW = "2026-11-24T08:00:00Z"


@pytest.fixture(scope="session")
def multitool() -> Path:
    """Microsoft's SARIF tool, which ships the standard's schema; fetched once into the project's cache."""
    folder = ROOT / ".cache" / "sarif"
    if not (folder / "package" / "sarif-2.1.0.json").exists():
        try:
            npm_package.unpacked(MULTITOOL, folder)
        except (OSError, subprocess.CalledProcessError) as error:
            why = f"npm cannot fetch {MULTITOOL}: {getattr(error, 'stderr', '') or error}"
            if os.environ.get("PARITY_REQUIRE_ENGINE"):
                pytest.fail(why)
            pytest.skip(f"SARIF was not held against its schema: {why}")
    program = folder / "package" / "Sarif.Multitool"
    program.chmod(0o755)
    return folder / "package"


@pytest.fixture
def data(tmp_path: Path) -> dict[str, Any]:
    """Findings of every status and change, with what a hostile host can make of them."""
    waivers = tmp_path / "waivers.yml"
    entry = "{finding: environment.missing/WAIVED@dev, reason: not sold, author: me, until: 2027-01-01}"
    verify = "{finding: environment.missing/LOOK@dev, reason: look, author: me, until: 2027-01-01, verify: true}"
    waivers.write_text(f"waivers:\n  - {entry}\n  - {verify}\n")
    dev = {"image": "nginx:1.22.1", "env": {"LOG_LEVEL": "debug", "GONE": "yes"}, "log_tail": [HOSTILE]}
    prod = {"env": {"LOG_LEVEL": "info", "WAIVED": "x", "LOOK": "y", "DEBUG": "true", "VALUE": HOSTILE, "GONE": "yes"}}
    settings = Settings(GateSettings("high"), waivers=read_waivers(waivers))
    history.remember(
        audit([stack("dev", {"api": {}}), stack("prod", {"api": prod})], KNOWN, settings, NOW, "1"), tmp_path
    )
    del prod["env"]["GONE"]
    snapshots = [stack("dev", {"api": dev}), stack("prod", {"api": prod})]
    snapshots[0]["hosts"]["dev1"]["project"] = {"state": "unseen", "reason": HOSTILE}
    found = completed(history.remember(audit(snapshots, KNOWN, settings, NOW, "1"), tmp_path))
    assert {finding["status"] for finding in found["findings"]} == {"open", "expected", "waived", "verify"}
    assert {finding["change"] for finding in found["findings"]} == {"new", "open"}
    assert found["unseen"]
    return found


def rendered(data: dict[str, Any]) -> dict[str, str]:
    return exports.render(data, KNOWN.rules)


def test_sarif_keeps_to_its_schema(data, multitool):
    log = json.loads(rendered(data)["parity.sarif"])
    schema = json.loads((multitool / "sarif-2.1.0.json").read_text(encoding="utf-8-sig"))
    jsonschema.validators.validator_for(schema)(schema).validate(log)
    assert schema["title"].startswith("Static Analysis Results Format")


def test_microsofts_validator_has_nothing_against_it_and_something_against_a_bad_one(data, multitool, tmp_path):
    def found(logs: Mapping[str, str]) -> dict[str, set[str]]:
        """Return the rules that each log breaks; the program takes seconds to start, so it is started once."""
        for name, text in logs.items():
            (tmp_path / name).write_text(text, encoding="utf-8", errors="replace")
        out = tmp_path / "out.json"
        command = [str(multitool / "Sarif.Multitool"), "validate", *(str(tmp_path / name) for name in logs)]
        env = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
        more = ["--output", str(out), "--log", "ForceOverwrite"]
        subprocess.run([*command, *more], capture_output=True, check=False, env=env, timeout=120)
        broken: dict[str, set[str]] = {name: set() for name in logs}
        for result in json.loads(out.read_text(encoding="utf-8-sig"))["runs"][0]["results"]:
            uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            broken[uri.rpartition("/")[2]].add(result["ruleId"])
        return broken

    in_checkout = Checkout(Repository("/", "https://git.example.org/shop.git", "0" * 40, "main"), {})
    text = exports.render(data, KNOWN.rules, in_checkout, "https://git.example.org/parity")["parity.sarif"]
    bad = text.replace('"ruleIndex": 0', '"ruleIndex": 99')
    broken = found({"cloned.sarif": text, "copied.sarif": rendered(data)["parity.sarif"], "bad.sarif": bad})
    # SARIF2007 asks for paths in the repository, where these hosts' files are not.
    assert broken["cloned.sarif"] <= {"SARIF2007"}
    # SARIF2005 asks for a page of the tool on the web, which a copy that was not cloned has not.
    assert broken["copied.sarif"] <= {"SARIF2005"}
    assert "SARIF1009" in broken["bad.sarif"]


def test_sarif_says_what_is_new_suppressed_and_gone(data):
    (run,) = json.loads(rendered(data)["parity.sarif"])["runs"]
    by_id = {result["partialFingerprints"]["parityProblem/v1"]: result for result in run["results"]}
    assert by_id["fault:environment.missing/WAIVED"]["suppressions"][0]["justification"] == "not sold"
    assert by_id["fault:environment.missing/LOOK"]["suppressions"][0]["status"] == "underReview"
    assert by_id["fault:environment.debug-in-production/DEBUG"]["baselineState"] == "unchanged"
    assert by_id["fault:environment.missing/GONE"]["baselineState"] == "new"
    assert run["invocations"][0]["executionSuccessful"] is False
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_points_to_the_line_of_a_file():
    text = {
        "docker-compose.yml": ("compose", "services: {api: {image: x, env_file: [.env]}}\n"),
        ".env": ("project", "A=1\nA=2\n"),
    }
    declared = {"api": {"image": "example/api:1", "environment": {"A": "2"}}}
    sides = [stack(name, None, declared=declared, files=text) for name in ("dev", "prod")]
    found = audit(sides, KNOWN, Settings(), NOW, "1")
    (run,) = json.loads(rendered(found)["parity.sarif"])["runs"]
    result = next(one for one in run["results"] if one["ruleId"] == "environment.duplicate")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith(".env")
    assert not place["artifactLocation"]["uri"].startswith("/")
    assert place["region"]["startLine"] in (1, 2)


def test_junit_is_read_by_a_parser_and_counts_what_gates(data, tmp_path):
    (tmp_path / "junit.xml").write_text(rendered(data)["junit.xml"], encoding="utf-8")
    document = JUnitXml.fromfile(str(tmp_path / "junit.xml"))
    suites = {suite.name: suite for suite in document}
    assert sum(suite.failures for suite in suites.values()) == len(data["gate"]["problems"]) > 0
    expected = [one for one in data["findings"] if one["status"] == "expected"]
    skipped = [one for one in data["problems"] if one["status"] != "open"]
    assert sum(suite.skipped for suite in suites.values()) == len(expected) + len(skipped)
    assert suites["What could be seen"].errors == len(data["unseen"])
    assert sum(suite.tests for suite in suites.values() if suite.name != "What could be seen") >= len(data["problems"])


def test_junit_holds_nothing_that_xml_cannot(data):
    root = ElementTree.fromstring(rendered(data)["junit.xml"])  # noqa: S314 - our own text
    assert root.tag == "testsuites"
    assert "\x1b" not in rendered(data)["junit.xml"]


def test_metrics_are_read_by_a_parser_and_count(data):
    families = {family.name: family for family in text_string_to_metric_families(rendered(data)["metrics.prom"])}
    counted = sum(sample.value for sample in families["parity_findings"].samples)
    assert counted == len(data["findings"])
    assert families["parity_gate_passed"].samples[0].value == 0
    assert families["parity_unseen"].samples[0].value == len(data["unseen"])
    assert families["parity_last_audit_timestamp_seconds"].samples[0].value == 1795507200
    labels = {value for family in families.values() for sample in family.samples for value in sample.labels.values()}
    assert not any("script" in label for label in labels)


def test_promtool_has_nothing_against_the_metrics(data):
    images = subprocess.run(
        ["docker", "images", "-q", "parity-lab/prometheus:2.42.0"], capture_output=True, text=True, check=False
    )
    if not images.stdout.strip():
        if os.environ.get("PARITY_REQUIRE_ENGINE"):
            pytest.fail("promtool comes with the lab's image, which is not built, and PARITY_REQUIRE_ENGINE is set")
        pytest.skip("promtool was not asked: it comes with the lab's image, which is not built here")
    command = [
        "docker",
        "run",
        "--rm",
        "-i",
        "--entrypoint",
        "promtool",
        "parity-lab/prometheus:2.42.0",
        "check",
        "metrics",
    ]
    text = rendered(data)["metrics.prom"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    bad = subprocess.run(command, input=text + "not a metric{\n", capture_output=True, text=True, check=False)
    assert bad.returncode != 0
