"""Host names of examples in production's labels and commands: no route matches, and no CA gives a certificate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.compare.comparison import Comparison
from parity.domain.findings import Difference, Evidence
from parity.domain.places import in_service
from parity.domain.stack import Service
from parity.domain.values import show

# Labels by which a proxy is told its hosts; options of commands name them as they like.
_ROUTE: Final = re.compile(
    r"traefik\.(?:http|tcp)\.routers\..+\.(?:rule|tls\.domains.*)|caddy(?:_\d+)?|.*virtual[._]host"
)
# Names that stand for one's own, and the domains of RFC 2606, with what is before them.
_EXAMPLE: Final = re.compile(
    r"(?i)(?<![\w.@-])[\w.+-]*@?(?<![a-z0-9])(?:(?:my|your)[-_]?(?:own[-_]?)?(?:domain|site|company|host|hostname|app)\.[a-z]{2,}"
    r"|(?:domain|site)\.(?:tld|com|name)|example\.(?:com|net|org))(?![\w-]|\.\w)"
)


def differences(comparison: Comparison) -> Iterator[Difference]:
    """Yield each production whose labels or commands have such names; those of variables are told as theirs."""
    for stack in comparison.stacks:
        of_variables = [value for _, value, _ in comparison.files[stack.environment].project_variables()]
        found: dict[str, list[str]] = {}
        for service in stack.services.values() if stack.production else ():
            for name in _examples(service):
                if not any(name in value for value in of_variables):
                    found.setdefault(name, []).append(service.name)
        if found:
            pieces = tuple(
                Evidence(stack.environment, show(name), in_service(one), one)
                for name, ones in found.items()
                for one in ones
            )
            services = sorted({one for ones in found.values() for one in ones})
            words = {"names": show(", ".join(found)), "services": ", ".join(services)}
            yield Difference(
                "containers.example-host",
                (stack.environment,),
                evidence=pieces,
                words=words,
                mentions=frozenset(services),
            )


def _examples(service: Service) -> Iterator[str]:
    """Yield the names of examples that a service's routes and command hold, each once."""
    config = service.config
    if config is None or not service.is_started:
        return
    texts = [value for name, value in service.labels.items() if _ROUTE.fullmatch(name.lower())]
    texts += [*config.entrypoint, *(config.command or ())]
    yield from dict.fromkeys(name for text in texts for name in _EXAMPLE.findall(text))
