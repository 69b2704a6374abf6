"""Sealed text: nothing hidden leaves, everything comes back byte for byte, and a plan made from it is the real plan."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from parity.programs.loki.migrate.migrate import migrate as migrate_loki
from parity_host.loki import files
from parity_host.nginx import text as nginx_text
from parity_host.secrets.sealing import CannotSealError, Sealer, printed, shown

CASES = Path(__file__).resolve().parents[3] / "cases"
LOKI = sorted(path.name for path in (CASES / "loki").glob("*.yaml"))
NGINX = sorted(path for path in (CASES / "nginx").rglob("*.conf") if path.is_file())
SECRET = "xK9mQ2vL7pR4wT8z"
TODAY = datetime.date(2026, 11, 24)
TEXT = (
    f"# the key was {SECRET}\r\n"
    "#\r\n"
    "auth_enabled: false   \r\n"
    "storage_config:  # AWS of ours\r\n"
    "  aws:\r\n"
    f"    secret_access_key: '{SECRET}' # {SECRET}\r\n"
    f"    s3: s3://user:{SECRET}@eu-west-1/logs\r\n"
    "ingester:\r\n"
    "  max_transfer_retries: 0 # gone\r\n"
    "  wal: {dir: /loki/wal} # stays"
)


def test_nothing_hidden_leaves_and_every_byte_comes_back() -> None:
    sealer = Sealer(b"key")
    sealed = sealer.seal(TEXT, files.redact)
    assert SECRET not in sealed
    assert "AWS of ours" not in sealed
    assert "AWS" not in shown(sealed)
    assert sealer.unseal(sealed, sealed) == TEXT


@pytest.mark.parametrize("name", LOKI)
def test_lokis_files_come_back_and_a_sealed_plan_is_the_plan(name: str) -> None:
    text = (CASES / "loki" / name).read_text()
    sealer = Sealer(b"key")
    sealed = sealer.seal(text, files.redact)
    planned = migrate_loki(sealed, "3.4.3", TODAY)
    assert sealer.unseal(planned.text, sealed) == migrate_loki(text, "3.4.3", TODAY).text


def test_a_plan_of_a_file_with_secrets_and_comments_is_the_plan_of_what_they_hide() -> None:
    sealer = Sealer(b"key")
    sealed = sealer.seal(TEXT, files.redact)
    planned = migrate_loki(sealed, "3.4.3", TODAY)
    assert sealer.unseal(planned.text, sealed) == migrate_loki(TEXT, "3.4.3", TODAY).text != TEXT


@pytest.mark.parametrize("path", NGINX, ids=lambda path: str(path.relative_to(CASES)))
def test_nginxs_files_come_back(path: Path) -> None:
    text, _ = nginx_text.decoded(path.read_bytes())
    sealer = Sealer(b"key")
    sealed = sealer.seal(text, nginx_text.redact)
    assert sealer.unseal(sealed, sealed) == text
    assert sealed.count("\n") == text.count("\n")


def test_a_secret_that_was_met_elsewhere_is_hidden_here_too() -> None:
    sealer = Sealer(b"key")
    sealer.value("API_PASSWORD", SECRET)
    text = f"note: {SECRET} %s" % SECRET.lower()
    sealed = sealer.seal(text, files.redact)
    assert SECRET not in sealed
    assert sealer.unseal(sealed, sealed) == text


def test_a_token_of_another_file_is_refused() -> None:
    sealer = Sealer(b"key")
    other = sealer.seal(f"password: {SECRET}\n", files.redact)
    sealed = sealer.seal("a: 1\n", files.redact)
    with pytest.raises(CannotSealError):
        sealer.unseal(sealed + other, sealed)


def test_a_sealer_shows_nothing_of_what_it_holds() -> None:
    sealer = Sealer(b"key")
    sealer.seal(TEXT, files.redact)
    assert SECRET not in repr(sealer)


def test_a_diff_steers_no_terminal() -> None:
    """Ansible prints a diff as it is, and a container may have written the file."""
    assert printed("a\x1b[2K\x07\x9b31m\u202eb\rc\td\r\ne\n") == "a\ufffd[2K\ufffd\ufffd31m\ufffdb\ufffdc\td\r\ne\n"
