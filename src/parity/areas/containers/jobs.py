"""Whether a service is a job that does one thing and ends, or is meant to stay up, as far as files alone tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.areas.containers.consoles import only_administers
from parity.areas.containers.datastores import datastore_of
from parity.areas.containers.workers import is_worker
from parity.domain.programs import kinds
from parity.domain.stack import Service, ServiceConfig, Stack
from parity.domain.untrusted import mapping

# The way of a restart policy that another program stands in for.
ON_DEMAND: Final = "on-demand"

# Names of services that do one thing and end, and of the scripts and Dockerfiles of such services.
_NAME: Final = re.compile(
    r"(?:^|[-_])(?:migrat\w*|init\w*|setup|seed\w*|bootstrap|build\w*|job|test\w*|create\w*|provision\w*|prepare\w*"
    r"|generate\w*|upgrade\w*|install\w*|import\w*|load\w*data|once|oneshot|make[-_]?buckets?|buckets?|wait\w*)(?:$|[-_\d])"
)
# Names of services that people start by hand, or that do something now and then; others of such a name stay up.
_BY_HAND: Final = re.compile(
    r"(?:^|[-_])(?:cli|shell|bash|console|tools?|backups?|restore|dump|exports?|sync|updates?|fix\w*|permissions?|chown"
    r"|secrets?|certs?|keys?|certgen|keygen|collectstatic|assets|deploy\w*|release|cleanup|prune)(?:$|[-_\d])"
)
# Names of what runs on and on, of services or their images.
_RUNS_ON: Final = re.compile(
    r"(?<![a-z])(?:proxy|gateway|agent|exporter|monitor|watcher|bot|cron"
    r"|renew(?:al|er)|certbot|acme|companion|daemon)(?![a-z])"
)
# Without a command it shows its help and ends. Source: https://hub.docker.com/r/certbot/certbot
_ENDS_ALONE: Final = re.compile(r"(?:docker\.io/)?certbot/certbot(?:[:@]|$)")
# What says that a program listens.
_LISTENS: Final = re.compile(
    r"(?:^|\s)--?(?:[\w.]+[.-])?(?:port|bind|listen|address|listen-addr|host)(?:[=\s]|$)|0\.0\.0\.0"
)
_FILE: Final = re.compile(r"(?!.*-and-)(?:.*[-_])?(?:migrate|init|seed|provision|generate|upgrade)[-_.]")
# Images of tools that change something and end: schema migrations, MinIO's client. Source: each image's page.
_IMAGE: Final = re.compile(r"(?:^|/)(?:flyway|liquibase|dbmate|atlas|goose|migrate/migrate|minio/mc)(?:[:@]|$)")
# Labels of programs that scale services to zero. Source: the documentation of Sablier and of Lazytainer.
_ON_REQUEST: Final = re.compile(r"sablier\.enable=true|lazytainer\.group=.+")
# Labels and variables by which a proxy sends visitors to a service.
_ROUTED: Final = re.compile(r"traefik\.(?:http|tcp|udp)\.(?:routers|services)\.|caddy(?:_\d+)?\Z|VIRTUAL_HOST\Z")
# The last program of a command line, where it is one that ends.
_SEPARATOR: Final = re.compile(r"&&|\|\||;|\n")
_ENDS: Final = re.compile(
    r"\b(?:alembic|manage\.py|flask|rails|rake|prisma|knex|sequelize\S*|typeorm|artisan|bin/console|goose|diesel|mix)\b.*"
    r"(?:\bmigrate\b|migrate:|db[: _](?:upgrade|migrate|deploy|push|setup|prepare|seed)|\bupgrade\b|migration|\bseed\b"
    r"|createsuperuser|collectstatic|loaddata|ecto\.)"
    r"|^\s*(?:/usr/bin/)?(?:mc|curl|wget|psql|mysql|chown|chmod|mkdir|cp|exit|echo|true)\b"
)


def stays_up(service: Service, stack: Stack) -> bool:
    """Return whether a service is meant to stay up: it serves, or others wait for it, and nothing says that it ends."""
    config = service.config
    if config is None:
        return False
    waited = stack.waited_for.get(service.name, frozenset())
    named = _NAME.search(service.name.lower()) or _IMAGE.search(config.image)
    if "service_completed_successfully" in waited or named or _ends(config):
        return False
    raw = service.declared.raw if service.declared else {}
    if config.ports or config.healthcheck or raw.get("expose") or raw.get("hostname"):
        return True
    if service.name in stack.called or any(map(_ROUTED.match, (*service.labels, *config.environment))):
        return True
    known = kinds(service) or datastore_of(config.image) or only_administers(service) or is_worker(service.name)
    if any(map(_FILE.match, _files(service))):
        return False
    if known or waited:
        return True
    return not _BY_HAND.search(service.name.lower()) and (
        bool(raw.get("depends_on")) or _starts_a_program(service, config)
    )


def _starts_a_program(service: Service, config: ServiceConfig) -> bool:
    """Return whether a service listens by its command, or starts what its image is for and is named for that."""
    line = " ".join((*config.entrypoint, *(config.command or ())))
    image = re.split("[:@]", config.image.rpartition("/")[2])[0]
    named = _RUNS_ON.search(f"{service.name} {image}".lower()) and not _ENDS_ALONE.match(config.image)
    return bool(_LISTENS.search(line) if line else named)


def wakes_on_request(service: Service) -> bool:
    """Return whether labels hand a service to a program that stops it when idle and starts it with the next request."""
    return any(_ON_REQUEST.fullmatch(f"{name}={value}".lower()) for name, value in service.labels.items())


def _ends(config: ServiceConfig) -> bool:
    line = " ".join((*config.entrypoint, *(config.command or ()))).strip().removesuffix(";")
    return bool(_ENDS.search(_SEPARATOR.split(line)[-1]))


def _files(service: Service) -> Iterator[str]:
    """Yield the names of the script that a service starts, and of the Dockerfile of its image."""
    command = service.config.command if service.config else ()
    build = mapping(service.declared.raw, "build") if service.declared else {}
    for path in (next(iter(command or ()), ""), str(build.get("dockerfile") or "")):
        yield path.rpartition("/")[2].lower()
