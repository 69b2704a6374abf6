"""What one environment's compose files say of a service that cannot work as it is declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.domain.findings import Difference, Evidence
from parity.domain.images import full_name
from parity.domain.places import in_service
from parity.domain.secret_purposes import is_secret_name
from parity.domain.stack import Declared, Service, Stack
from parity.domain.untrusted import as_mapping, mapping, text, texts
from parity.domain.values import as_url, is_local_host, show
from parity_host.yaml.scan import scan

# Build arguments that end in what browsers load. Source: the manual of each bundler.
_BUNDLED: Final = re.compile(
    r"(?:VITE|NEXT_PUBLIC|NUXT_PUBLIC|REACT_APP|VUE_APP|EXPO_PUBLIC|GATSBY|NG_APP|PUBLIC)_"
    r"|(?:^|_)(?:API|BASE|BACKEND|SITE|APP|PUBLIC)_(?:BASE_)?UR[LI]$"
)
# Stages of a Dockerfile that hold what developing takes, by the names that people give them.
_DEVELOPMENT_STAGE: Final = re.compile(
    r"(?:.+[-_])?(?:dev|devel|develop|development|local|debug|test|testing)(?:[-_](?:stage|server|image|build))?"
)
_DOCKERFILE: Final = re.compile(r"(?:Dockerfile|Containerfile)(?:\..*)?|.+\.[Dd]ockerfile")
# What a compose file makes a tag of, and the variables in that: `app:${TAG}`.
_TAG: Final = re.compile(r"[:@]\$.*$")
_VARIABLE: Final = re.compile(r"\$\{?([A-Za-z_]\w*)")
# Images without a health check of their own. Source: https://github.com/docker-library, and each publisher's Dockerfile
_UNCHECKED: Final = frozenset(
    {"postgres", "mysql", "mariadb", "redis", "valkey", "mongo", "rabbitmq", "memcached", "nginx", "httpd", "caddy"}
    | {"traefik", "haproxy", "elasticsearch", "influxdb", "solr", "cassandra", "neo4j", "zookeeper", "nats"}
    | {"valkey/valkey", "eqalpha/keydb", "postgis/postgis", "pgvector/pgvector", "timescale/timescaledb"}
    | {"apache/kafka", "confluentinc/cp-kafka", "bitnami/kafka", "bitnami/postgresql", "bitnami/redis"}
    | {"docker.elastic.co/elasticsearch/elasticsearch", "opensearchproject/opensearch"}
    | {"grafana/grafana", "grafana/loki", "prom/prometheus", "quay.io/keycloak/keycloak", "hashicorp/vault"}
    | {"clickhouse/clickhouse-server", "qdrant/qdrant", "mcr.microsoft.com/mssql/server", "n8nio/n8n"}
)


def differences(stack: Stack) -> Iterator[Difference]:
    """Yield empty tags, localhost in build arguments, stages of development, and waiting for what is never checked."""
    yield from _without_tag(stack)
    for name, service in stack.services.items():
        declared = service.declared
        if declared is not None and declared.active:
            yield from _baked_in(stack, name, declared)
            yield from _built_for_development(stack, name, declared)
            yield from _kept_in_image(stack, name, declared)
            yield from _built_from_a_file(stack, name, declared)
            yield from _waits_for_nothing(stack, name, declared)


def _without_tag(stack: Stack) -> Iterator[Difference]:
    """Yield the images whose tag is set to nothing; where nothing sets it, that is a finding of its own."""
    found = [
        (name, service, service.declared.config.image)
        for name, service in stack.services.items()
        if service.declared and service.declared.active and service.declared.config.image.endswith((":", "@"))
    ]
    unset = {text for text in _images(stack) if stack.unset.intersection(_VARIABLE.findall(text))}
    found = [one for one in found if not any(_may_be(text, one[2]) for text in unset)]
    if found:
        names = [name for name, _, _ in found]
        pieces = [
            Evidence(stack.environment, f"image: {show(image)}", in_service(name), name) for name, _, image in found
        ]
        runs = all(service.containers for _, service, _ in found)
        yield Difference(
            "compose.empty-tag",
            (stack.environment,),
            "",
            "",
            tuple(pieces),
            {"services": ", ".join(sorted(names)), "image": show(found[0][2])},
            mentions=frozenset(names),
            facts=frozenset({"runs-anyway"} if runs else ()),
        )


def _images(stack: Stack) -> Iterator[str]:
    """Yield the images that compose files name, as they are written."""
    for file in stack.files:
        if file.text and {"compose", "include", "extends"} & set(file.roles):
            found = (one for one in scan(file.text).scalars if one.path[-1:] == ("image",) and not one.is_key)
            yield from (one.value for one in found if _TAG.search(one.value))


def _may_be(written: str, image: str) -> bool:
    """Return whether an image without a tag is what was written: the end of its name is, up to the tag's variable."""
    name = re.split(r"[}$]", _TAG.sub("", written))[-1]
    return image.rstrip(":@").endswith(name)


def _baked_in(stack: Stack, service: str, declared: Declared) -> Iterator[Difference]:
    for argument, value in mapping(mapping(declared.raw, "build"), "args").items() if stack.production else ():
        url = as_url(str(value))
        if _BUNDLED.search(str(argument).upper()) and url is not None and is_local_host(url.hostname):
            where = Evidence(stack.environment, f"{argument}={show(str(value))}", in_service(service), service)
            words = {"value": show(str(value))}
            yield Difference(
                "compose.localhost-baked-in", (stack.environment,), service, str(argument), (where,), words
            )


def _built_for_development(stack: Stack, service: str, declared: Declared) -> Iterator[Difference]:
    stage = text(mapping(declared.raw, "build"), "target")
    if stack.production and _DEVELOPMENT_STAGE.fullmatch(stage.lower()):
        where = Evidence(stack.environment, f"target: {show(stage)}", in_service(service), service)
        yield Difference(
            "compose.development-stage", (stack.environment,), service, "", (where,), {"stage": show(stage)}
        )


def _kept_in_image(stack: Stack, service: str, declared: Declared) -> Iterator[Difference]:
    """Yield the secrets that an image is built with: build arguments are in its history."""
    arguments = mapping(mapping(declared.raw, "build"), "args") if stack.production else {}
    named = sorted(name for name in map(str, arguments) if is_secret_name(name) and not _BUNDLED.search(name.upper()))
    if named:
        pieces = tuple(
            Evidence(stack.environment, f"build argument {one}", in_service(service), service) for one in named
        )
        words = {"names": ", ".join(named)}
        yield Difference("compose.secret-in-image", (stack.environment,), service, named[0], pieces, words)


def _built_from_a_file(stack: Stack, service: str, declared: Declared) -> Iterator[Difference]:
    """Yield what is to be built of a Dockerfile instead of the folder that it is in."""
    context = text(mapping(declared.raw, "build"), "context")
    folder, _, file = context.rpartition("/")
    if _DOCKERFILE.fullmatch(file):
        where = Evidence(stack.environment, f"build: {show(stack.shorten(context))}", in_service(service), service)
        words = {"context": show(stack.shorten(context)), "folder": show(stack.shorten(folder)), "file": show(file)}
        yield Difference("compose.build-of-a-file", (stack.environment,), service, "", (where,), words)


def _waits_for_nothing(stack: Stack, service: str, declared: Declared) -> Iterator[Difference]:
    for other, options in mapping(declared.raw, "depends_on").items():
        waited = stack.services.get(str(other))
        if text(as_mapping(options), "condition") == "service_healthy" and waited and _is_never_checked(waited):
            where = Evidence(stack.environment, f"{other} has no health check", in_service(service), service)
            yield Difference("compose.waits-for-nothing", (stack.environment,), service, str(other), (where,), {})


def _is_never_checked(service: Service) -> bool:
    """Return whether nothing checks a service: its files switch that off, or neither they nor its image do it."""
    declared = service.declared
    if declared is None or service.containers:
        return False
    check = mapping(declared.raw, "healthcheck")
    if check.get("disable") is True or texts(check, "test")[:1] == ("NONE",):
        return True
    image = full_name(declared.config.image).removeprefix("docker.io/").removeprefix("library/")
    return not declared.built and declared.config.healthcheck is None and re.split("[:@]", image)[0] in _UNCHECKED
