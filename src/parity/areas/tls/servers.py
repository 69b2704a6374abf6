"""TLS as each environment's servers speak it: certificates, keys, protocols, ciphers, HSTS (C13)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from parity.areas.tls import settings
from parity.areas.tls.certificate_problems import Use, problems
from parity.areas.tls.certificates import Certificate, Chain, describe
from parity.domain.findings import Difference, Evidence
from parity.domain.values import show

_PLACES_SHOWN: Final = 8
_NOT_NAMES: Final = ("", "_")


@dataclass(frozen=True)
class TlsServer:
    """One `server` that speaks TLS, with one of its certificates; one that has two makes two of these.

    container: the one that runs it; empty where none does
    names, listen: its `server_name` and `listen` as they are written; protocols, ciphers: as configured, None where
    they are not; hsts: the Strict-Transport-Security header it effectively adds, None for none.
    certificate, key: the paths in the configuration; pem: what the host sent of the certificate file, None when
    nobody could look (a server without one, a path with a variable, a file that must not be read); `unreadable` and
    `certificate_reason`, `key_state`, `key_digest` and `key_reason` as parity_host.certificates tells them.
    key_has_password: whether the server has an ssl_password_file.
    version: nginx's; place: file and line of the server.
    """

    environment: str
    service: str = "nginx"
    container: str = ""
    names: tuple[str, ...] = ()
    listen: tuple[str, ...] = ()
    certificate: str = ""
    pem: bytes | None = None
    unreadable: int = 0
    certificate_reason: str = ""
    key: str = ""
    key_state: str = ""
    key_digest: str = ""
    key_reason: str = ""
    key_has_password: bool = False
    protocols: tuple[str, ...] | None = None
    ciphers: str | None = None
    hsts: str | None = None
    version: str = ""
    place: str = ""

    @property
    def label(self) -> str:
        """What the server is called in a report: its first real name, else where it listens."""
        real = next((name for name in self.names if name not in _NOT_NAMES), "")
        return real or next(iter(self.listen), "server")

    def chain(self) -> Chain:
        """Return what its certificate file says; damaged blocks that the host left out are counted too."""
        found = describe(self.pem or b"")
        return replace(found, unreadable=found.unreadable + self.unreadable)


def differences_of(servers: Sequence[TlsServer], production: Collection[str], today: date) -> Iterator[Difference]:
    """Yield what is wrong with each environment's TLS, and where environments differ; each difference once.

    `production` names the environments that are production. A certificate that several servers use is looked at
    once, for the names of all of them.
    """
    found: dict[str, Difference] = {}
    for difference in _every(servers, production, today):
        known = found.get(difference.id)
        if known is None:
            found[difference.id] = difference
        else:
            pieces = tuple(dict.fromkeys(known.evidence + difference.evidence))
            found[difference.id] = replace(known, evidence=pieces[:_PLACES_SHOWN])
    yield from found.values()


def _every(servers: Sequence[TlsServer], production: Collection[str], today: date) -> Iterator[Difference]:
    for group in _by_certificate(servers):
        yield from _certificate(group, production, today)
    for server in servers:
        yield from _settings(server, production)
    yield from _shared(servers, production)
    for service in dict.fromkeys(server.service for server in servers):
        mine = [server for server in servers if server.service == service]
        yield from _compared("tls.protocols-differ", "ssl_protocols", mine, _protocols, production)
        yield from _compared("tls.ciphers-differ", "ssl_ciphers", mine, _ciphers, production)


def _by_certificate(servers: Iterable[TlsServer]) -> Iterator[list[TlsServer]]:
    """Yield the servers that use the same certificate with the same key."""
    groups: dict[tuple[object, ...], list[TlsServer]] = {}
    for server in servers:
        if server.pem is not None:
            same = (server.environment, server.service, server.certificate, server.pem, server.key, server.key_digest)
            groups.setdefault(same, []).append(server)
    yield from groups.values()


def _certificate(group: Sequence[TlsServer], production: Collection[str], today: date) -> Iterator[Difference]:
    server = group[0]
    use = Use(
        names=[name for one in group for name in one.names],
        today=today,
        key_state=server.key_state,
        key_digest=server.key_digest,
        key_has_password=all(one.key_has_password for one in group),
    )
    ways = _ways(server.environment, production)
    common = {
        "container": server.container or server.service,
        "file": show(server.certificate),
        "key": show(server.key),
        "reason": show(server.certificate_reason or "it cannot be parsed"),
        "key_reason": show(server.key_reason or "it cannot be parsed"),
    }
    for problem in problems(server.chain(), use):
        words = {**common, **{name: show(word, 400) for name, word in problem.words.items()}}
        yield _about(problem.rule, group, show(server.certificate), problem.shown, words, ways)


def _about(
    rule: str,
    group: Sequence[TlsServer],
    item: str,
    shown: str,
    words: Mapping[str, str],
    ways: frozenset[str] = frozenset(),
) -> Difference:
    server = group[0]
    places = dict.fromkeys(one.place for one in group)
    evidence = tuple(Evidence(server.environment, show(shown), place, server.service) for place in places)
    return Difference(rule, (server.environment,), server.service, item, evidence[:_PLACES_SHOWN], words, ways)


def _ways(environment: str, production: Collection[str]) -> frozenset[str]:
    return frozenset({"production" if environment in production else "not-in-production"})


def _settings(server: TlsServer, production: Collection[str]) -> Iterator[Difference]:
    """What is weak in one server's settings. Without a certificate nothing is served, so no header is missed."""
    item, words = show(server.label), {"version": show(server.version or "unknown")}
    for rule, protocols in settings.weak_protocols(server.protocols, server.version):
        names = ", ".join(protocols)
        shown = f"ssl_protocols: {names}" if server.protocols else f"nginx's default: {names}"
        yield _about(rule, [server], item, shown, {**words, "protocols": names})
    ciphers = ", ".join(settings.weak_ciphers(server.ciphers))
    if ciphers:
        yield _about("tls.weak-ciphers", [server], item, show(server.ciphers), {**words, "ciphers": ciphers})
    if server.environment in production and server.certificate:
        yield from _hsts(server, item)


def _hsts(server: TlsServer, item: str) -> Iterator[Difference]:
    if server.hsts is None or not server.hsts.strip():
        yield _about("tls.hsts-missing", [server], item, "no Strict-Transport-Security", {})
        return
    if "$" in server.hsts:
        return  # a variable: what it holds is only known when a request is answered
    seconds = settings.hsts_seconds(server.hsts)
    if seconds is None:
        yield _about("tls.hsts-ignored", [server], item, server.hsts, {"header": show(server.hsts)})
    elif seconds < settings.HALF_A_YEAR:
        yield _about("tls.hsts-short", [server], item, server.hsts, {"seconds": str(seconds)})


def _shared(servers: Sequence[TlsServer], production: Collection[str]) -> Iterator[Difference]:
    """Certificates, and keys behind other certificates, that production has in common with another environment."""
    leaves: list[tuple[TlsServer, Certificate]] = []
    for server in servers:
        leaf = server.chain().leaf(server.key_digest) if server.pem else None
        if leaf is not None:
            leaves.append((server, leaf))
    reported: set[str] = set()
    readers: tuple[tuple[str, Callable[[Certificate], str]], ...] = (
        ("tls.same-certificate", lambda leaf: leaf.fingerprint),
        ("tls.same-key", lambda leaf: leaf.key_digest),
    )
    for rule, read in readers:
        for value in dict.fromkeys(read(leaf) for _, leaf in leaves):
            having = [(server, leaf) for server, leaf in leaves if value and read(leaf) == value]
            environments = tuple(dict.fromkeys(server.environment for server, _ in having))
            inside = [name for name in environments if name in production]
            if not inside or len(inside) == len(environments) or having[0][1].key_digest in reported:
                continue
            reported.add(having[0][1].key_digest)
            evidence = tuple(
                dict.fromkeys(Evidence(s.environment, show(s.certificate), s.place, s.service) for s, _ in having)
            )
            words = {"leaf": show(having[0][1].subject), "fingerprint": having[0][1].fingerprint[:16]}
            item = words["leaf"]
            yield Difference(rule, environments, having[0][0].service, item, evidence[:_PLACES_SHOWN], words)


def _protocols(server: TlsServer) -> str | None:
    offered = settings.effective_protocols(server.protocols, server.version)
    return " ".join(offered) if offered is not None else None


def _ciphers(server: TlsServer) -> str | None:
    return ":".join(settings.cipher_items(server.ciphers))


def _compared(
    rule: str,
    item: str,
    servers: Sequence[TlsServer],
    read: Callable[[TlsServer], str | None],
    production: Collection[str],
) -> Iterator[Difference]:
    """One setting of a service's servers: the values that each environment has, where environments do not agree."""
    values: dict[str, set[str]] = {}
    unknown = set()
    for server in servers:
        value = read(server)
        if value is None:
            unknown.add(server.environment)
        else:
            values.setdefault(server.environment, set()).add(value)
    seen = {environment: held for environment, held in values.items() if environment not in unknown}
    if len({frozenset(held) for held in seen.values()}) < 2:
        return
    shown = {environment: " / ".join(sorted(held)) for environment, held in seen.items()}
    service = servers[0].service
    places = {server.environment: server.place for server in reversed(servers)}
    evidence = tuple(Evidence(name, show(text), places[name], service) for name, text in shown.items())
    words = {"values": "; ".join(f"{name}: {show(text)}" for name, text in shown.items())}
    ways = frozenset({"production" if any(name in production for name in shown) else "not-in-production"})
    yield Difference(rule, tuple(shown), service, item, evidence, words, ways)
