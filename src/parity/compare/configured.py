"""What reads a configuration: the container that has it, or the service for which one would be made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from parity.domain.places import in_container, in_service
from parity.domain.stack import Configuration, Container, Declared, Stack


@dataclass(frozen=True)
class Reader:
    """What reads a configuration: a container, or a service without one (`container` is empty, and there is no log).

    `command` is its entrypoint and its command, without what comes from the image; `serves` says that it does so now.
    """

    place: str
    container: str
    image: str
    environment: Mapping[str, str]
    command: tuple[str, ...]
    log_tail: tuple[str, ...]
    serves: bool

    @property
    def log(self) -> str:
        """Where its log is read."""
        return f"the log of {self.place}"


def configured(stack: Stack, kind: str) -> Iterator[tuple[Configuration, Reader]]:
    """Yield the configurations of one kind of program, each with what reads it.

    That is a container; for what only the project's files hold, the service as its compose file declares it.
    """
    for configuration in stack.configurations:
        if configuration.kind != kind:
            continue
        service = stack.services.get(configuration.service)
        if configuration.container in stack.by_container:
            yield configuration, _running(stack.by_container[configuration.container])
        elif not configuration.container and service is not None and service.declared is not None:
            yield configuration, _declared(service.name, service.declared)


def _running(one: Container) -> Reader:
    config = one.config
    command = (*config.entrypoint, *(config.command or ()))
    return Reader(in_container(one.name), one.name, config.image, one.environment, command, one.log_tail, one.serves)


def _declared(service: str, declared: Declared) -> Reader:
    config = declared.config
    command = (*config.entrypoint, *(config.command or ()))
    return Reader(in_service(service), "", config.image, config.environment, command, (), serves=False)
