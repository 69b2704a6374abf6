"""Ports on which programs ask for no login: which are reported, and how bad each is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from stacks import audited, stack

from parity.areas.containers.open_ports import load
from parity.domain.findings import ParityError

BUILT = {"build": {"context": "/srv/app"}}


def _severity(service: dict[str, Any], port: int, name: str = "it", address: str = "") -> str:
    published = {"target": port, "published": "7000", **({"host_ip": address} if address else {})}
    declared = {name: {"restart": "always", **service, "ports": [published]}}
    found = audited(stack("dev", declared=declared), stack("prod", declared=declared))
    one = found.get(f"containers.admin-exposed/{name}/{port}/tcp@prod")
    return one.severity.word if one else ""


@pytest.mark.parametrize(
    ("image", "port", "severity"),
    [
        ("temporalio/auto-setup:1.29", 7233, "high"),
        ("nvcr.io/nvidia/tritonserver:24.05-py3", 8000, "medium"),
        ("nvcr.io/nvidia/tritonserver:24.05-py3", 8002, "low"),
        ("prom/statsd-exporter:v0.27.0", 9102, "low"),
        ("apache/kafka:3.9.0", 9092, "high"),
        ("nats:2.10", 4222, "high"),
        ("selenium/standalone-chrome:4.27.0", 4444, "high"),
        ("docker:27-dind", 2375, "high"),
        ("vllm/vllm-openai:v0.6.4", 8000, "medium"),
        ("registry:2.8", 5000, "high"),
        ("example/registry:1", 8080, ""),  # an application of that name
        ("example/shop:1", 8000, ""),
        ("temporalio/auto-setup:1.29", 7234, ""),
    ],
)
def test_a_program_without_a_login_is_known_by_image_and_port(image: str, port: int, severity: str) -> None:
    assert _severity({"image": image}, port) == severity
    assert not _severity({"image": image}, port, address="127.0.0.1")


@pytest.mark.parametrize(
    "service",
    [
        {"image": "registry:2.8", "environment": {"REGISTRY_AUTH": "htpasswd"}},
        {"image": "vllm/vllm-openai:v0.6.4", "command": ["--api-key", "x"]},
        {"image": "nats:2.10", "command": ["--config", "/nats.conf"]},
        {"image": "apache/kafka:3.9.0", "environment": {"KAFKA_SECURITY_INTER_BROKER_PROTOCOL": "SASL_SSL"}},
    ],
)
def test_what_sets_a_login_keeps_it_silent(service: dict[str, Any]) -> None:
    ports = {"registry": 5000, "vllm": 8000, "nats": 4222, "apache": 9092}
    assert not _severity(service, next(port for word, port in ports.items() if word in service["image"]))


def test_jupyter_makes_a_token_of_its_own_unless_it_is_told_not_to() -> None:
    image = {"image": "jupyter/base-notebook:2024-01-01"}
    assert not _severity(image, 8888)
    assert _severity({**image, "command": ["start.sh", "jupyter", "lab", "--ServerApp.token=''"]}, 8888) == "high"


@pytest.mark.parametrize(
    ("variables", "port", "severity"),
    [
        ({"JAVA_TOOL_OPTIONS": "-agentlib:jdwp=transport=dt_socket,server=y,address=*:5005"}, 5005, "high"),
        ({"JAVA_TOOL_OPTIONS": "-agentlib:jdwp=transport=dt_socket,server=y,address=*:5005"}, 8080, ""),
        ({"NODE_OPTIONS": "--inspect=0.0.0.0:9229"}, 9229, "high"),
        ({"NODE_OPTIONS": "--inspect=127.0.0.1:9229"}, 9229, ""),
        ({"MANAGEMENT_SERVER_PORT": "8081"}, 8081, "medium"),
        ({"METRICS_PORT": "9464"}, 9464, "low"),
        ({"PORT": "8081"}, 8081, ""),
    ],
)
def test_a_second_port_of_an_application_is_known_by_its_variables(
    variables: dict[str, str], port: int, severity: str
) -> None:
    assert _severity({**BUILT, "environment": variables}, port) == severity


def test_a_store_of_its_own_rule_is_reported_once() -> None:
    declared = {"etcd": {"image": "quay.io/coreos/etcd:v3.5.16", "ports": [{"target": 2379, "published": "2379"}]}}
    found = audited(stack("dev", declared=declared), stack("prod", declared=declared))
    assert "containers.datastore-exposed/etcd/2379/tcp@prod" in found
    assert "containers.admin-exposed/etcd/2379/tcp@prod" not in found


def test_an_entry_without_a_key_is_named(tmp_path: Path) -> None:
    file = tmp_path / "open_ports.yml"
    lists = ("variables", "debuggers", "unguarded", "consoles")
    sections = {
        "programs": [{"name": "X", "words": ["x"], "ports": [1], "allows": "use"}],
        **{name: [] for name in lists},
    }
    file.write_text(yaml.safe_dump(sections))
    with pytest.raises(ParityError, match=r"open_ports\.yml, programs 1: missing key harm"):
        load(file)
