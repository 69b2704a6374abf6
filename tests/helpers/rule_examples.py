"""The examples of knowledge/rules/ as snapshots: what each environment declares, runs and answers, in YAML.

docs/rules.md says what the keys mean, and that what an example does not say is healthy.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import tls_files
import yaml
from cryptography.x509.oid import ExtendedKeyUsageOID
from stacks import KNOWN, images, packages, resources, stack

from parity.judge.audit import Settings, audit
from parity.judge.waivers import Waivers, read_waivers
from parity.knowledge.rules import Rule
from parity_host.tls import pem
from parity_host.tls.certificates import certificate_facts, key_facts

ENVIRONMENTS: Final = ("dev", "prod")
_AUDIT: Final = {"policy", "waivers"}
_EXAMPLE: Final = {"finding", "status", "everywhere", "broken", "spared", *ENVIRONMENTS, *_AUDIT}
_FILES: Final = {"declared", "files", "paths", "digests", "problems", "resources"}
_HTTPS: Final = {"https", "app.crt", "app.key"}
_PLAIN: Final = {"http", "server"}
_SERVERS: Final = _PLAIN | _HTTPS
_SIDE: Final = (
    {
        "code",
        "second_host",
        "production",
        "containers",
        "text",
        "nginx",
        "loki.yaml",
        "loki",
        "probes",
        "logins",
        "images",
        "packages",
        "usage",
        "host",
    }
    | _FILES
    | _SERVERS
)
_MAIN: Final = {"nginx": "/etc/nginx/nginx.conf", "loki": "/etc/loki/config.yaml"}
_IMAGES: Final = {"nginx": "nginx:1.27.4", "loki": "grafana/loki:3.4.3"}
_ROLES: Final = {".env": "project", ".env.template": "template", "docker-compose.yml": "compose"}
# What is declared where an environment is told by its files and they do not say it.
_DECLARED: Final = {"api": {"image": "example/api:1.2", "restart": "always", "networks": {"app": None}}}
# An HTTPS server and a Loki of which nothing is said.
_SERVER: Final = {
    "listen": "443 ssl",
    "server_name": "app.example.com",
    "ssl_certificate": "app.crt",
    "ssl_certificate_key": "app.key",
    "ssl_protocols": "TLSv1.2 TLSv1.3",
    "add_header": 'Strict-Transport-Security "max-age=31536000" always',
}
_LOKI: Final = """
common: {path_prefix: /loki, replication_factor: 1, ring: {kvstore: {store: inmemory}}}
schema_config:
  configs:
    - {from: 2023-01-01, store: tsdb, object_store: filesystem, schema: v13, index: {prefix: i_, period: 24h}}
"""
_USES: Final = {"client": ExtendedKeyUsageOID.CLIENT_AUTH, "server": ExtendedKeyUsageOID.SERVER_AUTH}


def read(rule: Rule) -> dict[str, Any]:
    """Return the example of a rule; raises AssertionError for what is no example."""
    assert rule.example, f"{rule.id} has no example in knowledge/rules/"
    example = yaml.safe_load(rule.example)
    assert isinstance(example, dict), f"{rule.id}: its example is no mapping"
    _known(example, _EXAMPLE, f"{rule.id}: its example")
    assert {"finding", "broken", "spared"} <= set(example), f"{rule.id}: its example lacks finding, broken or spared"
    for which in ("broken", "spared"):
        _known(example[which], _EXAMPLE - {"finding", "status", "broken", "spared"}, f"{rule.id}: {which}")
    return example


def _known(entry: Mapping[str, Any], allowed: set[str], what: str) -> None:
    assert set(entry) <= allowed, f"{what} has the unknown keys {sorted(set(entry) - allowed)}"


def findings(example: Mapping[str, Any], which: str, folder: Path) -> dict[str, dict[str, Any]]:
    """Return what an audit of an example, `broken` or `spared`, finds, by id; `folder` takes the files of its user."""
    said = {**example, **example[which]}
    known, waivers = KNOWN, Waivers()
    if "policy" in said:
        known = KNOWN.with_policy(str(_written(folder / "policy.yml", said["policy"])))
    if "waivers" in said:
        waivers = read_waivers(_written(folder / "waivers.yml", {"waivers": said["waivers"]}))
    now = f"{tls_files.TODAY}T08:00:00Z"
    found = audit(snapshots(example, which), known, Settings(waivers=waivers), now, "0")
    return {finding["id"]: finding for finding in found["findings"]}


def snapshots(example: Mapping[str, Any], which: str) -> list[dict[str, Any]]:
    """Return the snapshots of an example's environments, `broken` or `spared`."""
    own, found = example[which], []
    for environment in ENVIRONMENTS:
        parts = (example.get("everywhere"), example.get(environment), own.get("everywhere"), own.get(environment))
        found.append(_snapshot(environment, _merged(*(part for part in parts if part))))
    return found


def _written(path: Path, data: Any) -> Path:
    path.write_text(json.dumps(data, indent=1))
    return path


def _merged(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return mappings as one, a later value before an earlier one; mappings in them are merged too."""
    merged: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            known = merged.get(key)
            both = isinstance(value, dict) and isinstance(known, dict)
            merged[key] = _merged(known, value) if both else value
    return merged


def _snapshot(environment: str, side: Mapping[str, Any]) -> dict[str, Any]:
    _known(side, _SIDE, "an environment of an example")
    containers = _containers(side)
    made = stack(
        environment,
        containers,
        declared=side.get("declared", _DECLARED if containers is None else None),
        files={name: (_ROLES.get(name, "service"), text) for name, text in side.get("files", {}).items()} or None,
        **{part: side[part] for part in ("paths", "digests", "problems", "resources") if part in side},
    )
    (facts,) = made["hosts"].values()
    facts["config"]["found"] = _configurations(environment, side)
    logins = side.get("logins", {})
    facts["oauth"] = [{"provider": name, "status": 302, "reason": "", **login} for name, login in logins.items()]
    facts["health"] = {"state": "seen", "probes": list(_probes(environment, side.get("probes", {})))}
    if "code" in side:
        facts["code"] = _checkout(side["code"])
    if "second_host" in side:
        made["hosts"][f"{environment}2"] = {"state": "seen", "code": _checkout(side["second_host"])}
    if "production" in side:
        made["production"] = side["production"]
    facts["resources"] = resources(facts["engine"].get("containers", ()), side.get("usage", {}), side.get("host", {}))
    facts["images"] = images(facts["engine"].get("containers", ()), side.get("images", {}))
    facts["packages"] = packages(facts["engine"].get("containers", ()), side.get("packages", {}))
    return {**made, "taken": f"{tls_files.TODAY}T02:00:00Z"}


def _checkout(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a host tells of its checkout: commits in a line, the newest first, by a letter each."""
    names = told["commits"]
    commits = [
        {"id": name * 16, "parents": [parent * 16 for parent in names[at + 1 : at + 2]], "change": name}
        for at, name in enumerate(names)
    ]
    head = {"commit": names[0] * 40, "branch": "main", "on_remote": True}
    return {"state": "seen", "root": "/srv/app", **head, **told, "commits": commits}


def _containers(side: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what runs: a healthy `api` where nothing is said, nothing where an environment is told by its files."""
    programs = _programs(side)
    if "containers" not in side and _FILES & set(side):
        return None
    found = {name: dict(settings or {}) for name, settings in side.get("containers", {"api": {}}).items()}
    for kind in programs:
        found.setdefault(kind, {}).setdefault("image", _IMAGES.get(kind, f"{kind}:1.0.0"))
    return found


def _programs(side: Mapping[str, Any]) -> list[str]:
    """Return the programs of whose configuration something is said."""
    named = {name.partition(".")[0] for name in side} & set(_MAIN)
    return sorted(named | set(side.get("text", ())) | ({"nginx"} if _SERVERS & set(side) else set()))


def _configurations(environment: str, side: Mapping[str, Any]) -> list[dict[str, Any]]:
    texts = dict(side.get("text", {}))
    if _PLAIN & set(side):
        texts["nginx"] = _nginx_conf(side.get("server", ""), side.get("http", ""))
    if "loki.yaml" in side:
        texts["loki"] = yaml.safe_dump(_merged(yaml.safe_load(_LOKI), side["loki.yaml"]), sort_keys=False)
    tls: dict[str, Any] = {}
    if _HTTPS & set(side):
        directives = {**_SERVER, **side.get("https", {})}
        lines = "".join(f"    {name} {value};\n" for name, value in directives.items() if value is not None)
        texts["nginx"] = f"events {{}}\nhttp {{\n  server {{\n{lines}  }}\n}}\n"
        tls = _tls_files(environment, side)
    found = []
    for kind in _programs(side):
        main = _MAIN.get(kind, f"/etc/{kind}.conf")
        files = {main: {"text": texts[kind]}} if kind in texts else {}
        entry = {"kind": kind, "container": f"app-{kind}-{environment}", "service": kind, "main": main}
        found.append({**entry, "files": files, **(tls if kind == "nginx" else {}), **side.get(kind, {})})
    return found


def _nginx_conf(server: str, http: str) -> str:
    """Return an nginx.conf with what one server block holds, and what stands before it in the http block."""
    inside = textwrap.indent(server.strip(), "    ")
    before = textwrap.indent(http.strip(), "  ")
    return f"events {{}}\nhttp {{\n{before}\n  server {{\n    listen 80;\n    server_name app;\n{inside}\n  }}\n}}\n"


def _probes(environment: str, probes: Mapping[str, Any]) -> Any:
    for service, told in probes.items():
        for one in told if isinstance(told, list) else [told]:
            facts = dict(one)
            probe = {"service": service, "container": f"app-{service}-{environment}", "seconds": 0.1}
            for name, usual in (("kind", "http"), ("target", ":8000/health"), ("state", "ok"), ("reason", "")):
                probe[name] = facts.pop(name, usual)
            yield {**probe, "facts": facts}


def _tls_files(environment: str, side: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a host tells of app.crt and app.key; each environment has its own key unless it names one."""
    chain = [{part: {}} if isinstance(part, str) else part for part in side.get("app.crt", ["server", "issuing"])]
    own = [{"server": {"key": environment, **part["server"]}} if "server" in part else part for part in chain]
    content = b"".join(_certificate(json.dumps(part)) for part in own)
    key = next((part["server"]["key"] for part in own if "server" in part), environment)
    private = _key_file(side.get("app.key", key))
    return {"certificates": {"app.crt": certificate_facts(content)}, "keys": {"app.key": key_facts(private)}}


@cache
def _certificate(told: str) -> bytes:
    """Return one certificate of a file; the same words are the same certificate."""
    ((which, options),) = json.loads(told).items()
    if which == "damaged":
        return pem.encode("CERTIFICATE", b"\x30\x00")
    if which == "root":
        return tls_files.root()
    if which != "server":
        return tls_files.intermediate(which.capitalize())
    private = _key(options["key"])
    if "signed" in options:
        return tls_files.signed_with(options["signed"], tls_files.key_file(private))
    settings: dict[str, Any] = {"private": private, "days": tuple(options.get("days", (-60, 300)))}
    if "names" in options:
        settings["names"] = tuple(options["names"])
    if "uses" in options:
        settings["usages"] = tuple(_USES[use] for use in options["uses"])
    make = tls_files.certificate if options.get("self_signed") else tls_files.leaf
    return make(**settings)


@cache
def _key(name: str) -> Any:
    return tls_files.key(name) if name.startswith("rsa") else tls_files.key("ec", name)


def _key_file(name: str) -> bytes:
    if name == "empty":
        return b""
    if name == "encrypted":
        return tls_files.key_file(tls_files.key(), password=b"pass")
    return tls_files.key_file(_key(name))
