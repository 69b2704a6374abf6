"""What a value says of the place that it leads to: a host, the name of a database, a bucket, a realm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from parity.domain.environment_names import environments_named
from parity.domain.values import as_url

# What names a place of one environment: its value must not name another's.
_PLACES: Final = ("BUCKET", "ISSUER", "REALM", "TENANT", "NAMESPACE", "AUTHORITY")
_PROJECT: Final = re.compile(
    r"(?:^|_)(?:(?:GCP|GCLOUD|GOOGLE_CLOUD|FIREBASE)_PROJECT(?:_ID)?|TOPIC|QUEUE_URL|QUEUE_NAME)$"
)
_DATABASE: Final = re.compile(r"(?:^|_)(?:DB|DATABASE)(?:_?NAME)?$")
_HOST_NAME: Final = re.compile(r"(?:^|_)(?:HOST|HOSTNAME|DOMAIN|DOMAIN_NAME|FQDN|SERVER_NAME|ENDPOINT)$")
_HOST: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+){2,}(?::\d{1,5})?")
_DATABASE_URL: Final = re.compile(r"(?:postgres|mysql|mariadb|mongodb|mssql|sqlserver|clickhouse|cockroach)")
# Of a connection string: `host=db;dbname=shop_dev`.
_NAMED_DATABASE: Final = re.compile(r"(?i)(?:^|[;\s&?])(?:dbname|database|initial catalog|db)=([\w-]+)")
_PARAMETER: Final = re.compile(r"(?:^|&)(?:env|environment|stage|schema|db|database|realm|tenant)=([\w-]+)")
# Top domains that are words of environments too.
_TOP: Final = (".dev", ".live")
# Services of others whose name is such a word.
_OF_OTHERS: Final = re.compile(r"dev\.(?:azure\.com|mysql\.com|to)")
# Where projects publish what is meant for everybody: `dev` there is the name of a branch or a version.
_PUBLIC: Final = re.compile(
    r"(?:^|[.-])(?:github|githubusercontent|gitlab|bitbucket|docs?|npmjs|pypi|readthedocs|cdn)\."
)
# A word of the environment is the last of a name: `shop-dev`, not `dev-tools`. `test` and `local` mean much else.
_LAST_WORD: Final = re.compile(r"(?:^|.*[-_.])(dev|development|stage|staging)")


def place_named(name: str, value: str) -> str:
    """Return what a variable says of the place that it leads to; nothing where it leads to none."""
    if "://" not in value and (found := _NAMED_DATABASE.search(value)):
        return found[1]
    upper = name.upper()
    url = as_url(value)
    own = any(upper.endswith(word) or f"{word}_" in upper for word in _PLACES)
    if url is not None:
        host = _without_top(url.hostname or "")
        if environments_named(host):
            return "" if _OF_OTHERS.fullmatch(host) else host
        named = (*_paths(url.scheme, url.hostname or "", url.path, own), *_PARAMETER.findall(url.query))
        return next((one for one in named if environments_named(one)), host)
    if _HOST_NAME.search(upper) and _HOST.fullmatch(value.lower()):
        return _without_top(value.lower().partition(":")[0])
    database = _DATABASE.search(upper) and "local" not in value.lower()  # where it lies, and not whose it is
    return value if database or own or _PROJECT.search(upper) else ""


def _without_top(host: str) -> str:
    return host.rpartition(".")[0] if host.endswith(_TOP) else host


def _paths(scheme: str, host: str, path: str, own: bool) -> Iterator[str]:
    """Yield the pieces of an address's path that name a place: a database, or what ends with an environment's word."""
    pieces = [piece for piece in path.split("/") if piece]
    if _DATABASE_URL.match(scheme):
        yield from (piece for piece in pieces[:1] if "local" not in piece.lower())
    elif own:
        yield from pieces
    elif scheme in ("http", "https", "ws", "wss", "s3", "gs") and not _PUBLIC.search(host):
        yield from (piece for piece in pieces if _LAST_WORD.fullmatch(piece.lower()))
