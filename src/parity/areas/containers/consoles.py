"""Which images have a console or an API for administrators, and on which port. Source: each program's own manual."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from parity.domain.stack import Service

_WORD: Final = re.compile(r"[a-z0-9]+")

# What shows or changes an application to whoever reaches it, and asks for no password by itself.
_UNGUARDED: Final = (
    *("pghero", "mongo express", "redis commander", "redisinsight", "flower", "kibana", "prometheus", "alertmanager"),
    *("jaeger", "mailhog", "mailpit", "maildev", "inbucket", "dozzle", "cadvisor", "cerebro", "ollama", "pushgateway"),
    *("zipkin", "swagger ui", "celery flower"),
)


@dataclass(frozen=True)
class Console:
    """What people administer a program with: its name for a sentence, and the ports of the container it answers on.

    Without ports it is all that the program serves.
    """

    name: str
    ports: tuple[str, ...] = ()


# By the words that an image or a service has in its name. Ports without TLS alone, where visitors use the program too.
_CONSOLES: Final = {
    "adminer": Console("Adminer"),
    "phpmyadmin": Console("phpMyAdmin"),
    "pgadmin": Console("pgAdmin"),
    "pgadmin4": Console("pgAdmin"),
    "portainer": Console("Portainer"),
    "keycloak": Console("Keycloak", ("8080/tcp", "9000/tcp")),
    "traefik": Console("Traefik's dashboard", ("8080/tcp",)),
    "minio": Console("MinIO's console", ("9001/tcp",)),
    "consul": Console("Consul", ("8500/tcp",)),
    "nomad": Console("Nomad", ("4646/tcp",)),
    "vault": Console("Vault", ("8200/tcp",)),
    "solr": Console("Solr's console", ("8983/tcp",)),
    "activemq": Console("ActiveMQ's console", ("8161/tcp",)),
    "artemis": Console("Artemis's console", ("8161/tcp",)),
    "emqx": Console("EMQX's dashboard", ("18083/tcp",)),
    "wildfly": Console("WildFly's console", ("9990/tcp",)),
    "payara": Console("Payara's console", ("4848/tcp",)),
    "kong": Console("Kong's admin API", ("8001/tcp",)),
    "envoy": Console("Envoy's admin interface", ("9901/tcp",)),
    "flink": Console("Flink's dashboard", ("8081/tcp",)),
    "spark": Console("Spark's console", ("8080/tcp",)),
    "kafdrop": Console("Kafdrop", ("9000/tcp",)),
    "akhq": Console("AKHQ", ("8080/tcp",)),
    "kafka ui": Console("Kafka UI", ("8080/tcp",)),
    "temporal ui": Console("Temporal's console", ("8080/tcp",)),
    "nginx proxy manager": Console("Nginx Proxy Manager", ("81/tcp",)),
    "pgweb": Console("pgweb", ("8081/tcp",)),
    "cloudbeaver": Console("CloudBeaver", ("8978/tcp",)),
    "phpldapadmin": Console("phpLDAPadmin", ("80/tcp", "443/tcp")),
    "couchbase": Console("Couchbase's console", ("8091/tcp",)),
}


def console_of(service: Service) -> Console | None:
    """Return the console that a service's program has; None where nothing tells."""
    return next((console for said, console in _CONSOLES.items() if is_program(said, service)), None)


def unguarded(service: Service) -> bool:
    """Return whether a service is a page or an API that asks for no password by itself."""
    command = service.config.command if service.config else ()
    return any(is_program(said, service) for said in _UNGUARDED) or "flower" in " ".join(command or ()).split()


def only_administers(service: Service) -> bool:
    """Return whether a service is nothing but a page or an API for administrators."""
    console = console_of(service)
    return unguarded(service) or (console is not None and not console.ports)


def is_program(program: str, service: Service) -> bool:
    """Return whether a service is a program that has these words in its name.

    Its image tells, with the service's name. That name alone tells where the image is built here, or has the service's
    name too: what pulls an image of another name is called as its owner likes.
    """
    image = set(_WORD.findall(re.split("[:@]", (service.config.image if service.config else "").rpartition("/")[2])[0]))
    words = set(program.split())
    if words & image:
        return words <= image | set(_WORD.findall(service.name.lower()))
    built = service.declared is not None and service.declared.built
    return (built or not image) and words <= set(_WORD.findall(service.name.lower()))
