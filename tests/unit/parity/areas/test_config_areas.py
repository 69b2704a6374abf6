"""The areas nginx and loki: what is predicted and what the log says are one finding; environments are compared."""

from __future__ import annotations

from typing import Any

import pytest
from stacks import audited, stack

from parity.domain.findings import Finding, Severity

NGINX, LOKI = "/etc/nginx/nginx.conf", "/etc/loki/config.yaml"
GOOD = "events {}\nhttp {\n  server {\n    listen 80;\n    location / { proxy_pass http://api:8000; }\n  }\n}\n"
LOST = GOOD.replace("    location / { proxy_pass http://api:8000; }", "    proxy_pass http://api:8000;")
SAID = '"proxy_pass" directive is not allowed here in /etc/nginx/nginx.conf:5'
LOG = f"2026/11/24 01:54:06 [emerg] 1#1: {SAID}"
LOKI_2 = """common: {path_prefix: /loki, replication_factor: 1, ring: {kvstore: {store: inmemory}}}
schema_config:
  configs:
    - {from: 2023-01-01, store: tsdb, object_store: filesystem, schema: v13, index: {prefix: i_, period: 24h}}
compactor: {shared_store: filesystem}
"""
LOKI_3 = LOKI_2.replace("compactor: {shared_store: filesystem}\n", "")
UNKNOWN = "line 5: field shared_store not found in type compactor.Config"


def nginx(environment: str, text: str, /, **container: Any) -> dict[str, Any]:
    web = {"image": "nginx:1.22.1", **container}
    return stack(environment, {"web": web, "api": {}}, config={"web": ("nginx", {NGINX: text})})


def loki(environment: str, text: str, /, **container: Any) -> dict[str, Any]:
    return stack(
        environment, {"logs": {"image": "grafana/loki:3.4.3", **container}}, config={"logs": ("loki", {LOKI: text})}
    )


def of(area: str, found: dict[str, Finding]) -> dict[str, Finding]:
    return {name: finding for name, finding in found.items() if finding.area == area and finding.status == "open"}


def test_what_nginx_will_refuse_is_found_before_it_is_loaded():
    found = of("nginx", audited(nginx("dev", GOOD), nginx("prod", LOST)))
    finding = found["nginx.refused/web/misplaced_directive:proxy_pass:nginx.conf@prod"]
    assert finding.severity.word == "high"
    assert [(piece.shown, piece.place) for piece in finding.evidence] == [
        (SAID, "the files, as nginx 1.22.1 reads them")
    ]
    assert finding.title == "prod: web rejects config: proxy_pass (nginx.conf)"
    assert finding.cause
    assert finding.impact
    assert finding.action
    assert not any("{" in text for text in (finding.title, finding.cause, finding.impact, finding.action))


def test_prediction_and_observation_are_one_finding():
    found = audited(nginx("dev", GOOD), nginx("prod", LOST, state="restarting", log_tail=[LOG, LOG]))
    refused = [finding for name, finding in found.items() if name.startswith("nginx.refused")]
    assert [[piece.place for piece in finding.evidence] for finding in refused] == [
        ["the files, as nginx 1.22.1 reads them", "the log of container app-web-prod"]
    ]
    assert not any(name.startswith("nginx.unread") for name in found)


def test_what_only_the_host_can_tell_is_taken_from_the_log():
    log = '2026/11/24 01:54:06 [emerg] 1#1: host not found in upstream "api" in /etc/nginx/nginx.conf:5'
    ill = audited(nginx("dev", GOOD), nginx("prod", GOOD, state="restarting", log_tail=[log]))
    assert [name for name in ill if name.startswith("nginx.refused")] == [
        "nginx.refused/web/host_not_found:nginx.conf@prod"
    ]
    # It runs now: what the log tells of is over.
    assert of("nginx", audited(nginx("dev", GOOD), nginx("prod", GOOD, log_tail=[log]))) == {}


def test_a_file_that_could_not_be_read_is_not_said_to_be_missing():
    text = GOOD.replace("  server {", "  include large.conf;\n  server {")
    said = nginx("prod", text)
    (entry,) = next(iter(said["hosts"].values()))["config"]["found"]
    assert any(name.startswith("nginx.refused") for name in audited(nginx("dev", GOOD), said))
    entry["unread"] = ["/etc/nginx/large.conf: it is larger than 1048576 bytes"]
    assert of("nginx", audited(nginx("dev", GOOD), said)) == {}


def test_a_log_is_read_where_the_files_cannot_be():
    said = nginx("prod", GOOD, state="restarting", log_tail=[LOG])
    (entry,) = next(iter(said["hosts"].values()))["config"]["found"]
    entry.update(files={}, main="", unread=["nothing"])
    assert any(name.startswith("nginx.refused") for name in audited(nginx("dev", GOOD), said))


def test_a_warning_is_a_finding_of_its_own():
    twice = GOOD.replace(
        "  server {", "  server { listen 80; server_name a.example; }\n  server {\n    server_name a.example;"
    )
    found = of("nginx", audited(nginx("dev", twice), nginx("prod", twice)))
    assert {finding.severity.word for finding in found.values()} == {"medium", "low"}
    assert {finding.rule for finding in found.values()} == {"nginx.warning"}


def test_the_version_is_read_where_the_image_says_it_and_assumed_where_not():
    quic = GOOD.replace("listen 80;", "listen 80; http2 on;")
    old = audited(
        nginx("dev", GOOD), nginx("prod", quic, image="example/web:7", environment={"NGINX_VERSION": "1.22.1"})
    )
    assert any("rejects config: http2 (nginx.conf)" in finding.title for finding in old.values())
    new = audited(nginx("dev", GOOD), nginx("prod", quic, image="nginx:latest"))
    assert not any(name.startswith("nginx.refused") for name in new)
    assumed = audited(nginx("dev", GOOD), nginx("prod", LOST, image="nginx:latest"))
    assert any("assumed" in piece.place for finding in of("nginx", assumed).values() for piece in finding.evidence)


def test_nginx_configurations_are_compared_by_meaning():
    spelled = GOOD.replace("listen 80;", 'listen "80";').replace("location / {", "location  /  {")
    assert of("nginx", audited(nginx("dev", GOOD), nginx("prod", spelled))) == {}
    lacking = GOOD.replace("location / {", "location /old {")
    assert any(
        name.startswith("nginx.location-missing") for name in audited(nginx("dev", GOOD), nginx("prod", lacking))
    )


def test_a_host_is_the_service_that_has_its_name():
    one, other = GOOD, GOOD.replace("http://api:8000", "http://backend:8000")
    dev, prod = nginx("dev", one), nginx("prod", other)
    (host,) = prod["hosts"].values()
    api = next(one for one in host["engine"]["containers"] if one["service"] == "api")
    api["networks"] = {"app": {"aliases": ["api", "backend"]}}
    assert of("nginx", audited(dev, prod)) == {}


def tls(environment: str, protocols: str = "") -> dict[str, Any]:
    server = f"listen 443 ssl; server_name app.example; ssl_certificate a.pem; ssl_certificate_key a.key; {protocols}"
    side = nginx(environment, f"events {{}} http {{ server {{ {server} }} }}")
    (host,) = side["hosts"].values()
    (configuration,) = host["config"]["found"]
    configuration["certificates"] = {"a.pem": {"pem": "", "unreadable": 0, "omitted": 0, "reason": "the file is empty"}}
    configuration["keys"] = {"a.key": {"state": "no-key", "kind": "", "digest": "", "reason": "the file is empty"}}
    return side


def test_tls_is_judged_with_what_the_host_tells():
    found = of("tls", audited(tls("dev"), tls("prod", "ssl_protocols TLSv1 TLSv1.2;")))
    assert {finding.rule for finding in found.values()} >= {
        "tls.no-certificate",
        "tls.no-key",
        "tls.old-protocol",
        "tls.old-protocol-by-default",
        "tls.protocols-differ",
        "tls.hsts-missing",
    }
    # One fault, one finding: protocols are not told once more by the area nginx.
    assert not any(
        name.startswith("nginx.tls-differs") for name in audited(tls("dev"), tls("prod", "ssl_protocols TLSv1;"))
    )


WORDS = "ssl_password_file words;"


@pytest.mark.parametrize(
    ("http", "first", "second", "encrypted"),
    [
        ("", "", "", True),
        ("", WORDS, WORDS, False),
        (WORDS, "", "", False),
        ("", WORDS, "", True),  # each server opens the key for itself
    ],
)
def test_an_encrypted_key_is_no_fault_where_its_pass_phrase_is_given(http, first, second, encrypted):
    side = tls("prod")
    (host,) = side["hosts"].values()
    (configuration,) = host["config"]["found"]
    own = "listen 443 ssl; ssl_certificate a.pem; ssl_certificate_key a.key;"
    text = f"events {{}} http {{ {http} server {{ {own} {first} }} server {{ {own} server_name b; {second} }} }}"
    configuration["files"] = {NGINX: {"text": text, "encoding": "utf-8"}}
    configuration["keys"]["a.key"].update(state="encrypted", reason="the key is encrypted")
    found = of("tls", audited(tls("dev"), side))
    assert ("tls.key-encrypted/web/a.pem@prod" in found) is encrypted
    assert "tls.no-certificate/web/a.pem@prod" in found


def test_what_loki_will_refuse_is_found_with_its_line():
    found = of("loki", audited(loki("dev", LOKI_3), loki("prod", LOKI_2)))
    finding = found["loki.refused/logs/compactor.shared_store@prod"]
    assert finding.severity.word == "high"
    assert [(piece.shown, piece.place) for piece in finding.evidence] == [(UNKNOWN, f"{LOKI}, as Loki 3.4.3 reads it")]
    assert of("loki", audited(loki("dev", LOKI_2, image="grafana/loki:2.9.10"), loki("prod", LOKI_3))).keys() <= {
        "loki.differs/logs/compactor.shared_store@dev+prod"
    }


def test_lokis_own_words_are_the_second_piece_of_evidence():
    log = [f"failed parsing config: {LOKI}: yaml: unmarshal errors:", f"  {UNKNOWN}"]
    found = of("loki", audited(loki("dev", LOKI_3), loki("prod", LOKI_2, state="restarting", log_tail=log)))
    finding = found["loki.refused/logs/compactor.shared_store@prod"]
    assert [piece.place for piece in finding.evidence] == [
        f"{LOKI}, as Loki 3.4.3 reads it",
        "the log of container app-logs-prod",
    ]


def test_what_comes_behind_the_first_refusal_is_said_to_come_next():
    old = LOKI_2.replace("v13", "v11").replace("tsdb", "boltdb-shipper")
    found = of("loki", audited(loki("dev", LOKI_3), loki("prod", old)))
    assert {name for name in found if name.startswith("loki.refused-next")} == {
        "loki.refused-next/logs/schema_config.configs.0.schema@prod",
        "loki.refused-next/logs/schema_config.configs.0.store@prod",
    }


OLD_SCHEMA = LOKI_3.replace("v13", "v11").replace("tsdb", "boltdb-shipper")


def test_a_verdict_that_turns_on_a_release_nobody_told_is_none():
    for image in ("grafana/loki", "grafana/loki:latest", "grafana/loki:main-0a1b2c3", "grafana/loki:k227"):
        found = of("loki", audited(loki("dev", LOKI_3), loki("prod", LOKI_2, image=image)))
        assert not [name for name in found if name.startswith("loki.refused")], image
        finding = found[f"loki.cannot-tell/logs/{LOKI}@prod"]
        assert finding.severity is Severity.LOW
        assert "Loki 3.7.6 (assumed" in finding.evidence[0].place
    broken = LOKI_3 + "limits_config: {max_query_series: many}\n"  # no release takes that
    found = of("loki", audited(loki("dev", LOKI_3), loki("prod", broken, image="grafana/loki:latest")))
    assert "loki.refused/logs/limits_config.max_query_series@prod" in found


def test_the_digest_and_the_series_of_a_tag_tell_the_release():
    for image in ("grafana/loki:3.4.3@sha256:" + "0" * 64, "grafana/loki:3.4", "grafana/loki:v3.4.1"):
        found = of("loki", audited(loki("dev", LOKI_3), loki("prod", LOKI_2, image=image)))
        assert "loki.refused/logs/compactor.shared_store@prod" in found, image
    for image in ("grafana/loki:2.9", "grafana/loki:2.9.2"):
        found = of("loki", audited(loki("dev", LOKI_3), loki("prod", LOKI_2, image=image)))
        assert not [name for name in found if name.startswith(("loki.refused", "loki.cannot-tell"))], image


def test_a_flag_counts():
    flags = ["-config.file=/etc/loki/config.yaml", "-validation.allow-structured-metadata=false"]
    assert "loki.refused/logs/schema_config.configs.0.store@prod" in of(
        "loki", audited(loki("dev", LOKI_3), loki("prod", OLD_SCHEMA))
    )
    found = of("loki", audited(loki("dev", LOKI_3), loki("prod", OLD_SCHEMA, command=flags)))
    assert not [name for name in found if name.startswith("loki.refused")]


def test_what_a_coming_release_takes_out_is_said_in_time():
    found = of("loki", audited(loki("dev", LOKI_3), loki("prod", OLD_SCHEMA)))
    finding = found[f"loki.announced/logs/{LOKI}@prod"]
    assert finding.severity is Severity.LOW
    assert "Loki 4.0" in finding.title
    assert "schema_config.configs.0.store: boltdb-shipper" in finding.title


def test_a_hidden_value_is_no_fault():
    token = "parity-secret-" + "0" * 32 + "-len8to15-none"
    hidden = LOKI_3 + f"limits_config: {{retention_period: {token}, max_query_series: {token}}}\n"
    found = of("loki", audited(loki("dev", LOKI_3), loki("prod", hidden)))
    assert not [name for name in found if name.startswith("loki.refused")]


def test_a_loki_whose_file_lies_in_the_image_is_said_not_to_be_compared():
    prod = loki("prod", LOKI_2)
    prod["hosts"]["prod1"]["config"]["found"][0].update(files={}, in_image=[LOKI])
    assert [*of("loki", audited(loki("dev", LOKI_3), prod))] == [f"loki.not-compared/logs/{LOKI}@prod"]


def test_loki_settings_are_compared_in_effect():
    one, other = (
        LOKI_3 + "limits_config: {retention_period: 7d}\n",
        LOKI_3 + "limits_config:\n  retention_period: 168h\n",
    )
    assert of("loki", audited(loki("dev", one), loki("prod", other))) == {}
    longer = other.replace("168h", "336h")
    (finding,) = of("loki", audited(loki("dev", one), loki("prod", longer))).values()
    assert finding.id == "loki.differs/logs/limits_config.retention_period@dev+prod"
    own = "server: {http_listen_port: %d}\n"
    assert of("loki", audited(loki("dev", LOKI_3 + own % 3100), loki("prod", LOKI_3 + own % 3101))) == {}


def test_hostile_configurations_are_no_crash():
    for text in ("", "{" * 5000, "\x00\ud800", "include nginx.conf;", "a: &a [*a, *a]", "- " * 3000, "http {" * 3000):
        audited(nginx("dev", text), nginx("prod", GOOD))
        audited(loki("dev", text), loki("prod", LOKI_3))
