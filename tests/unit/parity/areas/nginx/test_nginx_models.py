"""The comparison as the audit sees it: environments, rules, evidence, secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from parity.areas.nginx import differences as between
from parity.areas.nginx.differences import Context, differences, rule_of
from parity.domain.findings import Difference, Severity
from parity.domain.values import Same, same
from parity.judge import knowledge
from parity.programs.nginx.differ.differences import differences as records
from parity.programs.nginx.model.read import read_model
from parity.programs.nginx.model.types import Model
from parity_host.secrets.token import SECRET, UNKNOWN, make

MAIN = "/etc/nginx/nginx.conf"
# What one configuration breaks alone is the area's: tests/unit/parity/areas/test_config_areas.py and test_unresolvable.py.
ALONE = {"nginx.not-tested", "nginx.refused", "nginx.warning", "nginx.unresolvable", "nginx.unresolvable-later"}
ALONE |= {"nginx.name-unknown", "nginx.upstream-port"}
RULES = {n: rule for n, rule in knowledge.load().rules.items() if n.startswith("nginx.") and n not in ALONE}
SERVER = "server { listen 80; location / { proxy_pass http://u; } }"
PROD = frozenset({"prod"})


def model(text: str, version: str = "1.22.1") -> Model:
    return read_model(
        {MAIN: f"events {{ }}\nhttp {{ server {{ listen 80; server_name app; {text} }} }}".encode()}, version=version
    )


def found(context: Context | None = None, **texts: str) -> list[Difference]:
    return list(differences({name: model(text) for name, text in texts.items()}, context))


FULL = """
listen 443 ssl; ssl_certificate /a; ssl_protocols TLSv1.2;
location /a { proxy_pass http://api:8000; proxy_read_timeout 5s; client_max_body_size 5m; add_header A b; auth_basic x; rewrite a b break; }
location /b { return 301 https://one/x; } location ~ a { } location ~ b { } location /c { limit_rate 5; gzip on; proxy_pass http://x/; deny all; }
location /d { proxy_pass http://api:8000; } location /e { proxy_pass http://api; }
access_log /one; error_page 404 /x; if ($a) { set $b 1; }
} limit_req_zone $uri zone=z:1m rate=1r/s; map $a $b { x 1; } upstream u { server a; server b; } server { listen 82; server_name other; limit_req zone=z; location / { proxy_pass http://u; } } server { listen 82; server_name last;
"""
OTHER = """
listen 444 ssl; ssl_certificate /b; ssl_protocols TLSv1.1; server_name more;
location ^~ /a { proxy_pass http://web:8001/; proxy_read_timeout 6s; add_header A c; }
location /b { return 301 https://one/y; } location ~ b { } location ~ a { } location /c { proxy_pass http://x:81; }
location /d { proxy_pass http://api:8001/; gzip on; }
access_log /two; unheard 1;
} limit_req_zone $uri zone=z:1m rate=9r/s; map $a $b { x 2; } upstream u { server a; } server { listen 82; server_name last; } server { listen 82; server_name other; location / { proxy_pass http://u; } } server { listen 99 ssl; server_name third; location /only { }
"""


def _all() -> list[Difference]:
    pairs = [found(Context(production=PROD), dev=one, prod=two) for one, two in ((FULL, OTHER), (OTHER, FULL))]
    pairs.append(found(dev="", prod="listen 443 ssl;"))
    pairs.append(
        list(
            differences(
                {
                    "dev": model("location / { proxy_pass http://a; }"),
                    "prod": model("location / { proxy_pass http://a; }", "1.31.3"),
                }
            )
        )
    )
    tls = [
        model("listen 443 ssl; ssl_stapling on; ssl_client_certificate /x;"),
        model("listen 443 ssl; ssl_client_certificate /y;"),
    ]
    pairs.append(list(differences({"dev": tls[0], "prod": tls[1]})))
    pairs.append(
        list(differences({"dev": model("} stream_is_not_http 1; server {"), "prod": read_model({MAIN: b"mail { }"})}))
    )
    burst = [f"limit_req zone=z burst={n};" for n in (1, 2)]
    pairs.append(found(dev=burst[0], prod=burst[1]))
    return [one for pair in pairs for one in pair]


def test_every_rule_can_be_broken_and_says_so_in_full() -> None:
    everything = _all()
    assert {one.rule for one in everything} == set(RULES)
    for one in everything:
        rule = RULES[one.rule]
        for part in ("title", "cause", "impact", "action"):
            sentence = rule.sentence(part, one)
            assert sentence
            assert not re.search(r"\{[a-z_]+\}", sentence), (one.rule, part, sentence)
        assert one.area == "nginx"
        assert one.service == "nginx"
        assert len(one.id) < 400


def test_ids_are_unique_and_survive_moved_lines() -> None:
    texts = {"dev": FULL, "prod": OTHER}
    ids = [one.id for one in found(**texts)]
    assert len(ids) == len(set(ids))
    assert ids == [
        one.id for one in found(**{name: "\n\n\n" + text.replace(";", ";\n") for name, text in texts.items()})
    ]


def test_what_one_lacks_is_its_fault_and_graver_in_production() -> None:
    limit = "limit_req zone=z;"
    (in_prod,) = found(Context(production=PROD), dev=limit, prod="")
    (in_dev,) = found(Context(production=PROD), dev="", prod=limit)
    assert (in_prod.rule, in_prod.environments) == ("nginx.limit-missing", ("prod",))
    assert (in_dev.rule, in_dev.environments) == ("nginx.limit-missing", ("dev",))
    assert RULES[in_prod.rule].severity(production=True) == Severity.HIGH
    assert RULES[in_prod.rule].severity(production=False) == Severity.LOW
    assert in_prod.ways == {"limit", "not-in-production"}
    assert in_dev.ways == {"limit", "only-production"}
    assert [(piece.environment, piece.shown, piece.place) for piece in in_dev.evidence] == [
        ("dev", "missing", f"{MAIN}:2"),
        ("prod", "zone=z", f"{MAIN}:2"),
    ]


def test_many_environments_are_held_against_production() -> None:
    texts = {"dev": "client_max_body_size 5m;", "stage": "", "prod": ""}
    (one,) = found(Context(production=PROD), **texts)
    assert one.environments == ("dev", "prod")
    both = found(Context(production=PROD), **{**texts, "stage": "client_max_body_size 6m;"})
    assert [difference.environments for difference in both] == [("dev", "prod"), ("stage", "prod")]
    assert (
        len(found(dev="", stage=texts["dev"], prod="")) == 1
    )  # nobody says which is production: the first is the reference


def test_what_nginx_would_not_read_is_said_once_for_each_place() -> None:
    unread = [
        one for one in found(dev="proxy_pass http://a;\nproxy_pass http://b;", prod="") if one.rule == "nginx.unread"
    ]
    assert [(one.environments, one.evidence[0].place) for one in unread] == [
        (("dev",), f"{MAIN}:2"),
        (("dev",), f"{MAIN}:3"),
    ]
    assert {one.item for one in unread} == {f"proxy_pass is not allowed here in {MAIN}{n}" for n in ("", " (2)")}


def test_hosts_are_services_of_their_own_environment() -> None:
    texts = {"dev": "location / { proxy_pass http://api-dev; }", "prod": "location / { proxy_pass http://backend; }"}
    services: Mapping[str, Mapping[str, str]] = {"dev": {"api-dev": "api"}, "prod": {"backend": "api"}}
    assert [one.rule for one in found(**texts)] == ["nginx.handler-differs"]
    assert found(Context(services=services), **texts) == []


# Two ways to write a location, and what is reported of them.
LOCATIONS = {
    "one path": ("= /a/health", "~ ^/a/health$", []),
    "an escaped dot": ("= /robots.txt", r"~ ^/robots\.txt$", []),
    "any character": ("= /robots.txt", "~ ^/robots.txt$", ["nginx.location-missing"] * 2),
    "any end": ("= /a", "~ ^/a", ["nginx.location-missing"] * 2),
    "any case": ("= /a", "~* ^/a$", ["nginx.location-missing"] * 2),
    "a prefix": ("/a", "~ ^/a$", ["nginx.location-differs"]),
}


@pytest.mark.parametrize("name", LOCATIONS)
def test_an_expression_of_one_path_is_that_path(name: str) -> None:
    one, other, rules = LOCATIONS[name]
    texts = [f"location {path} {{ return 204; }} location / {{ return 404; }}" for path in (one, other)]
    assert sorted(one.rule for one in found(dev=texts[0], prod=texts[1])) == rules


def test_what_is_in_no_server_is_at_the_top_level() -> None:
    ports = [f"events {{ }} http {{ upstream u {{ server api:{port}; }} {SERVER} }}" for port in (1, 2)]
    models = {name: read_model({MAIN: text.encode()}) for name, text in zip(("dev", "prod"), ports, strict=True)}
    assert [one.words["where"] for one in differences(models)] == ["top level"]


# What is hidden, why, and what is reported where each environment has its own.
OWN_SECRETS = {
    "a header": ('location / {{ proxy_pass http://a; proxy_set_header Authorization "Bearer {}"; }}', SECRET, []),
    "a condition": ('if ($http_x_key != "{}") {{ return 403; }}', UNKNOWN, []),
    "an unknown value": ('add_header X-Kind "{}";', UNKNOWN, ["nginx.header-differs"]),
    "on one side": ('location / {{ proxy_pass http://a; proxy_set_header X-Key "{}"; }}', "", ["nginx.header-differs"]),
}


@pytest.mark.parametrize(("text", "why", "rules"), OWN_SECRETS.values(), ids=OWN_SECRETS)
def test_each_environment_has_its_own_secrets(text: str, why: str, rules: list[str]) -> None:
    values = [make(b"k", value, why or SECRET) for value in ("of-development", "of-production")]
    texts = {"dev": text.format(values[0]), "prod": text.format(values[1] if why else "$remote_addr")}
    assert [one.rule for one in found(Context(same_value=by_one_key), **texts)] == rules


def test_a_map_has_its_own_keys_in_each_environment() -> None:
    def http(*values: str) -> Model:
        keys = "".join(f'"{make(b"k", value)}" 1; ' for value in values)
        text = f"events {{ }} http {{ map $http_x_key $ok {{ default 0; {keys} }} server {{ listen 80; }} }}"
        return read_model({MAIN: text.encode()}, version="1.22.1")

    own = list(differences({"dev": http("one", "two"), "prod": http("three", "four")}))
    assert own == []
    lost = list(differences({"dev": http("one", "two"), "prod": http("three")}))
    assert [one.rule for one in lost] == ["nginx.map-differs"]


def by_one_key(_one: str, first: str, _other: str, second: str) -> Same:
    return same(first, second, same_run=True)


@pytest.mark.parametrize(("same_key", "rules"), [(True, ["nginx.header-differs"]), (False, [])])
def test_values_hidden_in_different_runs_are_not_called_different(same_key: bool, rules: list[str]) -> None:
    tokens = [make(key, "hidden-of-both", UNKNOWN) for key in (b"k1", b"k2")]
    text = 'location / {{ proxy_pass http://a; proxy_set_header Authorization "Bearer {}"; }}'
    context = Context(same_value=lambda _one, first, _other, second: same(first, second, same_run=same_key))
    differing = found(context, dev=text.format(tokens[0]), prod=text.format(tokens[1]))
    assert [one.rule for one in differing] == rules
    assert "parity-hidden" not in "".join(piece.shown for one in differing for piece in one.evidence)
    assert "parity-hidden" not in "".join(word for one in differing for word in one.words.values())
    assert found(context, dev=text.format(tokens[0]), prod=text.format(tokens[0])) == []


def test_every_record_has_a_rule() -> None:
    for record in records(model(FULL), model(OTHER)):
        assert rule_of(record) in RULES


def test_unknown_is_the_only_answer_that_hides() -> None:
    texts = {"dev": "client_max_body_size 5m;", "prod": ""}
    for answer, count in ((Same.UNKNOWN, 0), (Same.NO, 1), (Same.YES, 1)):
        assert len(found(Context(same_value=lambda *_: answer), **texts)) == count  # noqa: B023 - used at once
    assert between.Context().same_value("", "a", "", "a") is Same.YES


def test_what_is_missing_speaks_of_the_file_that_has_it_and_of_its_folders() -> None:
    (one,) = found(dev="location /a { return 204; } location / { return 404; }", prod="location / { return 404; }")
    assert one.rule == "nginx.location-missing"
    assert one.mentions == {"/etc/nginx/nginx.conf", "/etc/nginx", "/etc"}
