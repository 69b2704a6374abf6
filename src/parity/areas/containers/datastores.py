"""Which datastore an image is, its ports, and where it keeps its data. Source: each image's page on Docker Hub."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from parity.domain.images import full_name, official_name
from parity.domain.stack import Service, ServiceConfig
from parity_host.secrets.token import SECRET, find

# Docker names the volume that an image asks for, and that nobody named, by 64 digits.
_ANONYMOUS: Final = re.compile(r"[0-9a-f]{64}")
_WORD: Final = re.compile(r"[a-z0-9]+")
_PASSWORD: Final = re.compile(r"PASS|PWD|PW$|AUTH|SECRET|TOKEN|KEY")


@dataclass(frozen=True)
class Datastore:
    """A kind of datastore: the ports on which it serves data, the folders that hold its data, what may name another.

    data: empty where losing it is no loss (a cache); moved_by: the variables that name another folder; option: what
    names it in the command; open: whether it asks nobody for a password unless somebody sets that up;
    in_passing: whether what it holds is soon taken
    """

    kind: str
    ports: tuple[str, ...]
    data: tuple[str, ...] = ()
    moved_by: tuple[str, ...] = ()
    option: str = ""
    open: bool = False
    in_passing: bool = False

    @property
    def harm(self) -> str:
        """What whoever reaches one of its ports can do, for a sentence."""
        return "read and change its data without a password" if self.open else "try passwords on it"


_UNTIL_17: Final = "/var/lib/postgresql/data"
_SINCE_18: Final = "/var/lib/postgresql"
_RELEASE_THAT_MOVED: Final = 18
_POSTGRES_RELEASE: Final = re.compile(r"(?:^|/)postgres:(\d+)")
_NEWEST_POSTGRES: Final = re.compile(r"postgres(?::[a-z]+)?")
# Of Docker's own images, those that ask for a volume at the folder itself.
_WITH_VOLUME: Final = frozenset({"postgres", "mysql", "mariadb", "mongo"})
_POSTGRES: Final = Datastore(
    "postgres", ("5432/tcp",), (_UNTIL_17, _SINCE_18, "/bitnami/postgresql"), ("PGDATA",), "-D"
)
_MYSQL: Final = Datastore(
    "mysql", ("3306/tcp",), ("/var/lib/mysql", "/bitnami/mysql", "/bitnami/mariadb"), option="--datadir"
)
_MONGO: Final = Datastore("mongo", ("27017/tcp",), ("/data/db", "/bitnami/mongodb"), option="--dbpath")
_REDIS: Final = Datastore("redis", ("6379/tcp",))
DATASTORES: Final = {
    "postgres": _POSTGRES,
    "postgresql": _POSTGRES,
    "postgis": _POSTGRES,
    "pgvector": _POSTGRES,
    "timescaledb": _POSTGRES,
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "percona": _MYSQL,
    "mongo": _MONGO,
    "mongodb": _MONGO,
    "redis": _REDIS,
    "valkey": _REDIS,
    "keydb": _REDIS,
    "dragonfly": _REDIS,
    "memcached": Datastore("memcached", ("11211/tcp", "11211/udp"), open=True),
    "elasticsearch": Datastore(
        "elasticsearch", ("9200/tcp", "9300/tcp"), ("/usr/share/elasticsearch/data",), ("path.data",)
    ),
    "opensearch": Datastore("opensearch", ("9200/tcp", "9300/tcp"), ("/usr/share/opensearch/data",), ("path.data",)),
    "rabbitmq": Datastore(
        "rabbitmq",
        ("5672/tcp", "15672/tcp"),
        ("/var/lib/rabbitmq",),
        ("RABBITMQ_MNESIA_DIR", "RABBITMQ_MNESIA_BASE"),
        in_passing=True,
    ),
    "qdrant": Datastore("qdrant", ("6333/tcp", "6334/tcp"), ("/qdrant/storage",), ("QDRANT__STORAGE__STORAGE_PATH",)),
    "clickhouse": Datastore("clickhouse", ("8123/tcp", "9000/tcp"), ("/var/lib/clickhouse",)),
    "cassandra": Datastore("cassandra", ("9042/tcp",), ("/var/lib/cassandra",)),
    "neo4j": Datastore("neo4j", ("7687/tcp", "7474/tcp"), ("/data",)),
    "influxdb": Datastore("influxdb", ("8086/tcp",), ("/var/lib/influxdb", "/var/lib/influxdb2", "/var/lib/influxdb3")),
    "couchdb": Datastore("couchdb", ("5984/tcp",), ("/opt/couchdb/data",)),
    "meilisearch": Datastore("meilisearch", ("7700/tcp",), ("/meili_data",), ("MEILI_DB_PATH",), "--db-path"),
    "etcd": Datastore("etcd", ("2379/tcp",), open=True),
    "zookeeper": Datastore("zookeeper", ("2181/tcp",), open=True),
}


@dataclass(frozen=True)
class Keeper:
    """A program that keeps more than it could recreate: what it keeps, where, and what says another place.

    port: the published one without which it keeps nothing
    """

    keeps: str
    folder: str
    option: str = ""
    moved_by: tuple[str, ...] = ()
    port: str = ""

    def has_use(self, config: ServiceConfig) -> bool:
        """Return whether a container of it comes to have something to keep."""
        return not self.port or any(port.host_port and port.container == self.port for port in config.ports)


# By the image's name, or its last part where that is told by nothing else. Metrics are no loss to the application.
_KEEPERS: Final = {
    "alertmanager": Keeper("silences and the notification log", "/alertmanager", "--storage.path"),
    "library/caddy": Keeper(
        "its certificates, which the CA does not issue again without limit",
        "/data",
        moved_by=("XDG_DATA_HOME",),
        port="443/tcp",
    ),
    # Without a database of its own, an embedded one. Source: https://www.keycloak.org/server/db
    "quay.io/keycloak/keycloak": Keeper(
        "all users, passwords and realms", "/opt/keycloak/data/h2", "--db", ("KC_DB", "KC_DB_URL", "KC_DB_URL_HOST")
    ),
    "minio/minio": Keeper("all objects", "/data", "server", ("MINIO_VOLUMES",)),
    "library/registry": Keeper(
        "all images", "/var/lib/registry", moved_by=("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",)
    ),
    "gitea": Keeper("repositories", "/data", moved_by=("GITEA_WORK_DIR",)),
    "vaultwarden/server": Keeper("all passwords", "/data", moved_by=("DATA_FOLDER",)),
    "library/nextcloud": Keeper("files", "/var/www/html"),
    "library/wordpress": Keeper("uploads and plugins", "/var/www/html"),
    "library/solr": Keeper("the index", "/var/solr", moved_by=("SOLR_DATA_HOME", "SOLR_HOME")),
    "typesense": Keeper("the index", "/data", "--data-dir", ("TYPESENSE_DATA_DIR",)),
    "weaviate": Keeper("the index", "/var/lib/weaviate", moved_by=("PERSISTENCE_DATA_PATH",)),
}
# Words of images that work with a datastore and are none: `postgres-exporter`, `mongo-express`, `redis-commander`.
_TOOLS: Final = frozenset(
    {"admin", "adminer", "agent", "backup", "backups", "bouncer", "browser", "cli", "client"}
    | {"commander", "compass", "dump", "exporter", "express", "gui", "init", "insight", "insights"}
    | {"kibana", "manager", "migrate", "migration", "migrations", "monitor", "operator", "pgadmin", "pgbouncer"}
    | {"proxy", "restore", "sentinel", "sidecar", "ui", "web", "workbench"}
)

# Clients of a public service, which are meant to follow it, and catchers of mail: they hold nothing.
_FOLLOWS: Final = frozenset(
    {"certbot", "acme", "lego", "dehydrated", "watchtower", "cloudflared", "ddclient", "ngrok"}
    | {"mailhog", "mailpit", "maildev", "mailcatcher"}
)


def follows_a_service(image: str) -> bool:
    """Return whether an image is a small client of a service outside, by its name."""
    return bool(_FOLLOWS.intersection(_words(image)))


def datastore_of(image: str) -> Datastore | None:
    """Return the datastore that an image is, None where its name says that it is none."""
    words = _words(image)
    if _TOOLS.intersection(words):
        return None
    return next((DATASTORES[word] for word in words if word in DATASTORES), None)


def _words(image: str) -> list[str]:
    """Return the words of an image's own name: its registry and its owner name something else."""
    return _WORD.findall(re.split("[:@]", image.rpartition("/")[2])[0].lower())


def data_folders(store: Datastore, config: ServiceConfig) -> tuple[str, ...]:
    """Return where a datastore keeps its data, the likeliest first; nothing where there is none or none known."""
    moved = _said(store.option, store.moved_by, config)
    if moved:
        return tuple(moved) if all(folder.startswith("/") for folder in moved) else ()
    if store is _POSTGRES and (release := _POSTGRES_RELEASE.search(config.image)):
        # The image's own volume moved: https://github.com/docker-library/postgres/pull/1259
        return (_SINCE_18 if int(release[1]) >= _RELEASE_THAT_MOVED else _UNTIL_17,)
    return (_SINCE_18, _UNTIL_17) if takes_newest_release(store, config) else store.data


def takes_newest_release(store: Datastore, config: ServiceConfig) -> bool:
    """Return whether an image is PostgreSQL's own of whichever release is the newest: it tells where the data is."""
    image = full_name(config.image).removeprefix("docker.io/library/")
    newest = store is _POSTGRES and _NEWEST_POSTGRES.fullmatch(image) is not None
    return newest and not _said(store.option, store.moved_by, config)


def keeper_of(image: str) -> Keeper | None:
    """Return what an image keeps by its own, None where its name says nothing of it."""
    name = re.split("[:@]", full_name(image).removeprefix("docker.io/"))[0]
    return _KEEPERS.get(name) or _KEEPERS.get(name.rpartition("/")[2] if "library/" not in name else "")


def lost_folder(keeper: Keeper, config: ServiceConfig) -> str:
    """Return the folder in which a program keeps what is lost with its container; nothing where it is kept."""
    folders = _said(keeper.option, keeper.moved_by, config) or [keeper.folder]
    kept = [mount.destination for mount in config.mounts if mount.source and not _ANONYMOUS.fullmatch(mount.source)]
    if not all(folder.startswith("/") for folder in folders):
        return ""  # on other machines, or relative to a folder that nobody here knows
    return next((one for one in folders if not any(_overlap(mounted, one) for mounted in kept)), "")


def _said(option: str, variables: Iterable[str], config: ServiceConfig) -> list[str]:
    """Return the folders that a container's own command or variables name, the command first; none where neither does.

    An empty text stands for a folder that cannot be told: `/disk{1...4}`.
    """
    words = " ".join((*config.entrypoint, *(config.command or ()))).split()
    named = [word.partition("=")[2] for word in words if option and word.startswith(f"{option}=")]
    named += [value for word, value in pairwise(words) if option and word == option and not value.startswith("-")]
    if option == "server" and option in words:  # MinIO's folders may follow its options
        rest = pairwise(words[words.index(option) :])
        named = [word for before, word in rest if word.startswith(("/", "http")) and not before.startswith("--")]
    set_to = (config.environment.get(name, "") for name in variables)
    named = named or next((value.split() for value in set_to if value), [])
    return ["" if "{" in word else word.strip("'\"") for word in named]


def has_own_password(config: ServiceConfig) -> bool:
    """Return whether a datastore is given a password that is neither well-known nor an example, as far as is seen."""
    held = [value for name, value in config.environment.items() if _PASSWORD.search(name.upper())]
    tokens = [one for text in (*held, *(config.command or ())) for one in find(text) if one.why == SECRET]
    return any(one.placeholder == "none" for one in tokens)


def keeps_its_data(store: Datastore, config: ServiceConfig) -> bool:
    """Return whether the data outlives the container; also where nobody can tell where the data is.

    A mount above the folder keeps nothing where the image asks for a volume of its own between the two.
    """
    folders = data_folders(store, config)
    kept = [mount.destination for mount in config.mounts if mount.source and not _ANONYMOUS.fullmatch(mount.source)]
    volumes = store.data if official_name(config.image) in _WITH_VOLUME else ()
    if folders == (_SINCE_18,):  # with a folder for each release in it, and none of them is the old one
        kept = [mounted for mounted in kept if not _below(mounted, _UNTIL_17)]

    def fits(mounted: str, folder: str) -> bool:
        covered = any(_below(one, mounted) and not _below(mounted, one) and _below(folder, one) for one in volumes)
        return _below(mounted, folder) or (_below(folder, mounted) and not covered)

    return not folders or any(fits(mounted, folder) for mounted in kept for folder in folders)


def is_only_a_cache(service: Service, config: ServiceConfig) -> bool:
    """Return whether a Redis is told to keep nothing, or is named for a cache."""
    command = " ".join(config.command or ())
    return any(option in command for option in ('--save ""', "--maxmemory")) or "cache" in service.name.lower()


def _below(mounted: str, folder: str) -> bool:
    return (mounted.rstrip("/") + "/").startswith(folder.rstrip("/") + "/")


def _overlap(mounted: str, folder: str) -> bool:
    return _below(mounted, folder) or _below(folder, mounted)
