"""What a switch asks of the service that reads the files."""

from __future__ import annotations

from typing import NamedTuple, Protocol, Sequence


class ServiceError(Exception):
    """The service, or its engine, does not do what it must. The message is a sentence."""

    def __init__(self, message: str, output: str = "") -> None:
        """`output` is what the program printed of files that it refused, for a plan that goes on from there."""
        super().__init__(message)
        self.output = output


# What a service may say that was proved while it ran.
RUNS = ("the service runs with the new files and was verified",)


class Options(NamedTuple):
    """What a user sets: whether a throw-away container is run, whether Loki is given a line, seconds for each proof."""

    trial: bool
    push: bool
    seconds: float


class Service(Protocol):
    """One service in one container."""

    container: str

    def is_ill(self) -> bool:
        """Return whether it was meant to run, and did not do its work, when the remedy came."""

    def prove(self) -> None:
        """Prove the repaired files aside of the live ones; raises ServiceError with what speaks against them."""

    def take(self) -> None:
        """Make the service read its files again; raises ServiceError."""

    def verify(self) -> None:
        """Prove the running service; raises ServiceError with what is wrong with it."""

    def back(self, since: int) -> bool:
        """Make the service read the old files if it may have read others since then, and prove that it is no worse.

        `since` is in nanoseconds since 1970. Return False where it has not and is left as it runs: what it read when
        its files were good may be better than they are. Raises ServiceError.
        """

    def done(self) -> Sequence[str]:
        """Return what is true once it was proved, a sentence each."""
