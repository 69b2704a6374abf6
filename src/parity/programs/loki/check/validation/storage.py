"""What Loki checks about `storage_config` and the ruler's storage. Source: pkg/storage/factory.go and its clients."""

from __future__ import annotations

from typing import Final

from parity.programs.loki.check.validation.finding import Findings, Violation, path_prefix_complaint
from parity.programs.loki.read.config import LokiConfig
from parity.programs.loki.read.decode import ZERO

_AZURE: Final = ("AzureGlobal", "AzureChinaCloud", "AzureGermanCloud", "AzureUSGovernment")
_CLASSES: Final = (
    "GLACIER",
    "DEEP_ARCHIVE",
    "GLACIER_IR",
    "INTELLIGENT_TIERING",
    "ONEZONE_IA",
    "OUTPOSTS",
    "REDUCED_REDUNDANCY",
    "STANDARD",
    "STANDARD_IA",
)
_KINDS: Final = (
    "aws",
    "aws-dynamo",
    "s3",
    "gcp",
    "gcp-columnkey",
    "bigtable",
    "bigtable-hashed",
    "gcs",
    "azure",
    "bos",
    "swift",
    "cassandra",
    "filesystem",
    "inmemory",
    "grpc-store",
)
# The order in which Loki looks through named stores, and what it calls them.
_NAMED: Final = ("aws", "azure", "alibabacloud", "bos", "filesystem", "gcs", "swift")
COMPRESSIONS: Final = ("gzip", "snappy", "")


def storage(config: LokiConfig) -> Findings:
    """`storage_config`, in Loki's order."""
    yield from grpc(config, "storage_config.bigtable.grpc_client_config", "invalid GCP Storage Storage config: ")
    yield from _azure(config, "storage_config.azure", "invalid Azure Storage config: ")
    yield from _s3(config, "storage_config.aws", "invalid AWS Storage config: ")
    yield from boltdb_shipper(config, "invalid boltdb-shipper config: ")
    yield from _prefix(config, "storage_config.tsdb_shipper", "invalid tsdb config: ")
    bloom = "storage_config.bloom_shipper"
    if config.has(bloom) and (config.said(bloom) is ZERO or config.said(f"{bloom}.working_directory") in (ZERO, [])):
        yield Violation("storage.bloom", bloom)
    yield from _named_stores(config)


def ruler_storage(config: LokiConfig) -> Findings:
    """`ruler.storage`, in Loki's order."""
    yield from _azure(config, "ruler.storage.azure", "invalid ruler store config: invalid Azure Storage config: ")
    yield from _s3(config, "ruler.storage.s3", "invalid ruler store config: invalid S3 Storage config: ")


def boltdb_shipper(config: LokiConfig, where: str = "") -> Findings:
    """`storage_config.boltdb_shipper`, which Loki checks twice."""
    yield from _prefix(config, "storage_config.boltdb_shipper", where)


def grpc(config: LokiConfig, block: str, where: str = "") -> Findings:
    """The compression of one gRPC client."""
    compression = config.said(f"{block}.grpc_compression")
    if compression not in (None, ZERO, *COMPRESSIONS):
        yield Violation("grpc.compression", f"{block}.grpc_compression", {"where": where, "compression": compression})


def _azure(config: LokiConfig, block: str, where: str) -> Findings:
    environment = _get(config, f"{block}.environment", "AzureGlobal")
    if environment not in _AZURE:
        yield Violation("storage.azure", f"{block}.environment", {"where": where, "environment": environment})


def _s3(config: LokiConfig, block: str, where: str) -> Findings:
    if _get(config, f"{block}.signature_version", "v4") != "v4":
        yield Violation("storage.signature", f"{block}.signature_version", {"where": where})
    elif config.has(f"{block}.storage_class"):
        storage_class = _get(config, f"{block}.storage_class", "STANDARD")
        if storage_class not in _CLASSES:
            yield Violation("storage.class", f"{block}.storage_class", {"where": where, "class": storage_class})


def _get(config: LokiConfig, path: str, default: str) -> str:
    try:
        return str(config.get(path))
    except KeyError:
        return default


def _prefix(config: LokiConfig, block: str, where: str) -> Findings:
    """Up to 2.9 the shippers have a key prefix of their own."""
    path = f"{block}.shared_store_key_prefix"
    if config.has(path):
        complaint = path_prefix_complaint(str(config.get(path)), "shared store key prefix")
        if complaint:
            yield Violation("storage.prefix", path, {"where": where, "complaint": complaint})


def _named_stores(config: LokiConfig) -> Findings:
    block = "storage_config.named_stores"
    found = config.said(block)
    if not isinstance(found, dict):
        return
    seen: dict[str, str] = {}
    for kind in _NAMED:
        group = found.get(kind)
        for name in group if isinstance(group, dict) else ():
            if name in _KINDS:
                yield Violation("storage.named", f"{block}.{kind}.{name}", {"name": name})
            elif name in seen:
                yield Violation("storage.named-twice", f"{block}.{kind}.{name}", {"name": name, "other": seen[name]})
            seen[name] = kind
