"""Named values: secrets of every shape in every place they occur, and values that must be seen."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from secret_harmless import HARMLESS
from secret_marks import KEY, hidden, plain
from secret_samples import SHAPES, Sample, samples

from parity_host.secrets.redact import Redactor
from parity_host.secrets.token import TOKEN

SAMPLES = samples(seed=20250915)


def _left(sample: Sample, shown: str) -> list[str]:
    """Return the pieces of the sample's secrets that can still be read: half a secret counts."""
    rest = TOKEN.sub("\0", shown)
    pieces = []
    for part in sample.parts:
        size = max(6, len(part) // 2) if len(part) >= 6 else len(part)
        pieces += [part[at : at + size] for at in range(len(part) - size + 1) if part[at : at + size] in rest][:1]
    return pieces


def _ids(sample: Sample) -> str:
    return sample.shape.replace(" ", "-")


def test_there_are_enough_shapes() -> None:
    assert len({sample.shape for sample in SAMPLES}) == len(SHAPES) >= 120
    assert len(HARMLESS) >= 200


@pytest.mark.parametrize("sample", SAMPLES, ids=_ids)
def test_nothing_of_a_secret_is_left_under_its_name(sample: Sample) -> None:
    redactor = Redactor(KEY)
    shown = redactor.value(sample.name, sample.value)
    assert not _left(sample, shown)
    assert redactor.value(sample.name, shown) == shown
    assert Redactor(KEY).value(sample.name, sample.value) == shown


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if sample.known], ids=_ids)
def test_nothing_of_a_known_shape_is_left_under_any_name(sample: Sample) -> None:
    assert not _left(sample, Redactor(KEY).value("SETTING_X", sample.value))
    assert not _left(sample, Redactor(KEY).text("using " + sample.value + " now"))
    assert not _left(sample, "\n".join(Redactor(KEY).argv(["prog", sample.value])))


@pytest.mark.parametrize("sample", SAMPLES, ids=_ids)
def test_nothing_of_a_secret_is_left_in_text(sample: Sample) -> None:
    name, value = sample.name, sample.value
    for template in ("{}={}", "# {}={}", "  - {}={}", '{}="{}"', "export {}='{}'", 'config: {{"{}": "{}"}}'):
        quotes = any(sign in template and sign in value for sign in "\"'")
        if not quotes and "\n" not in value:
            assert not _left(sample, Redactor(KEY).text(template.format(name, value))), template


@pytest.mark.parametrize("sample", SAMPLES, ids=_ids)
def test_nothing_of_a_secret_is_left_in_a_command(sample: Sample) -> None:
    option = "--" + sample.name.lower().replace("_", "-")
    for argv in (
        ["prog", option, sample.value],
        ["prog", option + "=" + sample.value],
        ["docker", "run", "-e", sample.name + "=" + sample.value],
    ):
        shown = Redactor(KEY).argv(argv)
        assert not _left(sample, "\n".join(shown)), argv[:2]
        assert len(shown) == len(argv)


@pytest.mark.parametrize("sample", SAMPLES, ids=_ids)
def test_the_sweep_finds_a_secret_again(sample: Sample) -> None:
    redactor = Redactor(KEY)
    redactor.value(sample.name, sample.value)
    for part in sample.parts:
        if len(part) >= 6:
            assert part not in str(redactor.sweep({"log": [f"x {part} y"], part + " z": 1}))


@pytest.mark.parametrize(("name", "value"), HARMLESS)
def test_a_harmless_value_stays_as_it_is(name: str, value: str) -> None:
    assert Redactor(KEY).value(name, value) == value


@pytest.mark.parametrize(
    ("name", "marked"),
    [
        ("DATABASE_URL", "postgresql+asyncpg://prod_user:«hunter2»@postgres:5432/assistant?sslmode=require"),
        ("DATABASE_URL", "postgresql://prod_user:«p@ss:w/rd#1?x»@postgres/db"),
        ("DATABASE_URL", "postgresql://prod_user:${DB_PASSWORD}@postgres/db"),
        ("DATABASE_URL", "postgresql://prod_user:${DB_PASSWORD:-«hunter2»}@postgres/db"),
        ("DATABASE_URL", "postgresql://«kT9vZr2LmQ8xW4bN7cJ1»@postgres/db"),
        ("MONGO_URL", "mongodb://u:«a,b»@m1:27017,m2:27017/db?authSource=admin&replicaSet=rs0"),
        ("REDIS_URL", "redis://:«hunter2»@redis:6379/0"),
        ("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/«T01/B02/abcdef»"),
        ("DEPLOY_WEBHOOK_URL", "https://ci.example.com/hook/«a1b2c3d4e5f6g7h8»/run"),
        ("DEPLOY_WEBHOOK_URL", "https://ci.example.com/hooks/deploy"),
        ("SMTP_URL", "smtp://u:«hunter2»@smtp.example.com:587"),
        ("JDBC_URL", "jdbc:postgresql://db/app?user=app&password=«hunter2»&ssl=true"),
        ("CONNECTION_STRING", "Server=db,1433;Database=app;User Id=sa;Password=«a&b,c»;Encrypt=True"),
        ("PG_DSN", "host=db user=app password=«hunter2» dbname=app"),
        ("AUTHORIZATION", "Bearer «hunter2»"),
        ("DB_PASSWORD", "«pre»${INFIX}«post»"),
        ("DB_PASSWORD", "${A:-«one»}${B}"),
        ("DB_PASSWORD", "«pa$word»"),
        ("DB_PASSWORD", "«pa$$word{»"),
        ("DB_PASSWORD", "«${unclosed»"),
        ("DB_PASSWORD", "«  spaces  »"),
        ("HEALTH_CMD", "redis-cli -h redis -a «hunter2» ping"),
        ("SETTINGS", '{"db": {"user": "app", "password": "«hunter2»"}, "debug": true}'),
        ("IMAGE", "registry.example.com/app@sha256:" + "0f1e2d3c" * 8),
        ("SETTING", "«" + "0f1e2d3c" * 4 + "a7»"),
        ("GIT_COMMIT", "0f1e2d3c" * 5),
    ],
)
def test_exactly_the_marked_parts_are_hidden(name: str, marked: str) -> None:
    redactor = Redactor(KEY)
    assert redactor.value(name, plain(marked)) == hidden(marked)
    assert redactor.value(name, hidden(marked)) == hidden(marked)


@pytest.mark.parametrize("password", ["hunter2", "p@ss:w/rd", "a b&c=d", "x%y+z", "ünïcode-7", 'it\'s "q"'])
def test_a_password_has_one_token_wherever_it_stands(password: str) -> None:
    redactor = Redactor(KEY)
    token = redactor.value("POSTGRES_PASSWORD", password)
    encoded = quote(password, safe="")
    assert redactor.value("DATABASE_URL", f"postgresql://u:{encoded}@h/d") == f"postgresql://u:{token}@h/d"
    assert redactor.argv(["psql", f"postgresql://u:{encoded}@h/d"])[1] == f"postgresql://u:{token}@h/d"
    assert redactor.argv(["redis-server", "--requirepass", password])[2] == token
    assert redactor.argv(["docker", "run", "-e", "DB_PASSWORD=" + password])[3] == "DB_PASSWORD=" + token
    assert redactor.text(f"https://h/?password={encoded}&x=1") == f"https://h/?password={token}&x=1"
