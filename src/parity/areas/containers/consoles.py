"""Which images have a console or an API for administrators, and on which port. Source: each program's own manual."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Console:
    """What people administer a program with: its name for a sentence, and the ports of the container it answers on."""

    name: str
    ports: tuple[str, ...]


# By the words that an image or a service has in its name. Ports without TLS alone, where visitors use the program too.
_CONSOLES: Final = {
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


def console_of(service: str, image: str) -> Console | None:
    """Return the console that a program has, by the names of its service and image; None where nothing tells."""
    name = re.split("[:@]", image.rpartition("/")[2])[0]
    words = set(_WORD.findall(f"{service} {name}".lower()))
    return next((console for said, console in _CONSOLES.items() if set(said.split()) <= words), None)
