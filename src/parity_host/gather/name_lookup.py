"""The names that containers answer to on their networks, and what decides how a container looks names up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence

from ..engine.client import Engine, EngineUnavailableError, NotFoundError

# On these Docker answers for no name: it has no names for them.
NAMELESS = ("host", "none", "bridge")
NETWORKS_LIMIT = 40
OTHERS_LIMIT = 60
_WORKERS = 8
# Files of a container that decide about names, and that a mount may replace.
_FILES = ("/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf")


def endpoints(networks: Any) -> Dict[str, Any]:
    """Return by network what a container answers to there, and the names that links give others for it alone.

    `networks` is `NetworkSettings.Networks` of the engine's inspect. Source: Docker Engine API, EndpointSettings.
    """
    found = {}
    for name, endpoint in sorted(_mapping(networks).items()):
        told = _mapping(endpoint)
        found[str(name)] = {
            "aliases": sorted(set(_texts(told.get("Aliases")))),
            "names": sorted(set(_texts(told.get("DNSNames")))),
            "links": sorted({link.rpartition(":")[2] for link in _texts(told.get("Links"))}),
        }
    return found


def lookup(config: Mapping[str, Any], host: Mapping[str, Any], mounts: Sequence[Mapping[str, Any]]) -> Dict[str, Any]:
    """Return what decides how a container looks names up, beside its networks.

    `own_dns` says that it has servers, search domains or files of its own for that: what they know cannot be told.
    """
    replaced = [one for one in mounts if str(one.get("destination")) in _FILES]
    # `name:address`; an IPv6 address has colons of its own. Legacy links are `/container:/this/alias`.
    names = {text.partition(":")[0].partition("=")[0] for text in _texts(host.get("ExtraHosts"))}
    names |= {text.rpartition("/")[2] for text in _texts(host.get("Links"))}
    return {
        "hostname": str(config.get("Hostname") or ""),
        "extra_hosts": sorted(names - {""}),
        "own_dns": bool(host.get("Dns") or host.get("DnsSearch") or replaced),
    }


def others(engine: Engine, networks: Iterable[str], ours: Iterable[str]) -> Dict[str, Any]:
    """Return by network its driver, whether all was seen, and what containers outside of the project answer to there.

    `ours` are the ids of the project's own containers. Docker answers for whatever runs on a network, whoever made it.
    """
    wanted = sorted(set(networks) - set(NAMELESS))
    known = set(ours)

    def ask(name: str) -> Dict[str, Any]:
        try:
            return _network(engine, name, known)
        except (NotFoundError, EngineUnavailableError):
            return {"driver": "", "whole": False, "names": []}

    with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
        return dict(pool.map(lambda name: (name, ask(name)), wanted[:NETWORKS_LIMIT]))


def _network(engine: Engine, name: str, ours: "set[str]") -> Dict[str, Any]:
    told = _mapping(engine.get("/networks/%s" % _quoted(name)))
    foreign = sorted(set(map(str, _mapping(told.get("Containers")))) - ours)
    names: List[str] = []
    for container in foreign[:OTHERS_LIMIT]:
        names += _answers(engine, container, name)
    whole = len(foreign) <= OTHERS_LIMIT and told.get("Scope") == "local"
    return {"driver": str(told.get("Driver", "")), "whole": whole, "names": sorted(set(names))}


def _answers(engine: Engine, container: str, network: str) -> List[str]:
    try:
        told = _mapping(engine.get("/containers/%s/json" % _quoted(container)))
    except NotFoundError:
        return []  # gone since: Docker no longer answers for it
    seen = endpoints(_mapping(told.get("NetworkSettings")).get("Networks")).get(network, {})
    hostname = str(_mapping(told.get("Config")).get("Hostname") or "")
    own = [str(told.get("Name", "")).lstrip("/"), hostname]
    return [name for name in [*own, *seen.get("aliases", []), *seen.get("names", [])] if name]


def _quoted(name: str) -> str:
    """Return a name as part of an address; one that could lead elsewhere is refused as not there."""
    if not name or any(sign in name for sign in "/?#% \r\n\0"):
        raise NotFoundError("no network has a container with this name")
    return name


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Optional[Any]) -> List[str]:
    return [str(item) for item in value if item] if isinstance(value, list) else []
