"""Command lines: exactly the «marked» parts are hidden, in words and as a shell reads them."""

from __future__ import annotations

import shlex

import pytest
from secret_marks import KEY, hidden, plain

from parity_host.secrets.redact import Redactor
from parity_host.secrets.shell_words import split

COMMANDS = [
    "redis-server --requirepass «hunter2» --appendonly yes",
    "redis-server /etc/redis.conf --masterauth=«hunter2»",
    "/usr/bin/redis-cli -h redis -a «hunter2» ping",
    "redis-cli --pass «hunter2» AUTH «hunter2»",
    "redis-cli ping",
    "redis-benchmark -a «hunter2» -n 10",
    "openssl enc -aes256 -k «hunter2» -in x",
    "ngrok config add-authtoken «hunter2»",
    "cqlsh -u u -p «hunter2» db",
    "useradd -p «hunter2» me",
    "keytool -storepasswd -keystore x -new «hunter2»",
    "xfreerdp /u:me /p:«hunter2» /v:h",
    "redis-cli -a «hunter2» ping | other -a b",
    "redis-cli -a «hunter2» ping && other -a b",
    "mysql -u root -p«hunter2» app",
    "mysqladmin ping -h localhost -uroot -p«hunter2»",
    "mysqld --password=«hunter2»",
    "mysql -p app",
    "mariadb-dump -p«hunter2» app",
    "mysql -p$MYSQL_ROOT_PASSWORD",
    "mysql -p$$MYSQL_ROOT_PASSWORD",
    "curl -sf -u user:«hunter2» http://api:8000/health",
    "curl --user=user:«hunter2» x",
    "curl -uuser:«hunter2» x",
    "curl -H 'Authorization: Bearer «abc123def»' x",
    "curl -f http://localhost:8000/health/overall || exit 1",
    "curl --oauth2-bearer «hunter2» x",
    "psql postgresql://u:«hunter2»@h/d -c 'select 1'",
    "psql 'host=h password=«hunter2» user=u'",
    "PGPASSWORD=«hunter2» pg_dump -h db -U app app",
    "pg_isready -U prod_user -d app -h postgres",
    "sshpass -p «hunter2» ssh -p 22 h",
    "sshpass -p«hunter2» ssh h",
    "java -Xmx1g -Dfoo.password=«hunter2» -Dfoo.user=app -jar app.jar",
    "prog --api-key «hunter2» --port 8000",
    "prog --api-key=«hunter2»",
    "prog -api-key «hunter2»",
    "prog --no-auth-token x",
    "prog --password-file /run/secrets/x",
    "prog --password-stdin",
    "prog --key /etc/ssl/x.key --cert /etc/ssl/x.crt",
    "prog --token «-x7y8z9»",
    "prog --password --host h",
    "prog --session-timeout 30",
    "mongosh -u a -p «hunter2» --eval 1",
    "mongodb-exporter --mongodb.uri=mongodb://u:«hunter2»@m:27017",
    "ldapsearch -x -D cn=admin -w «hunter2»",
    "sqlcmd -S db -U sa -P «hunter2» -Q x",
    "docker login -u x -p «hunter2» r.example.com",
    "docker run -p 8080:80 -e DB_PASSWORD=«hunter2» -e DEBUG=1 x",
    "openssl rsa -passin pass:«hunter2» -in k",
    "openssl rsa -passin env:PASS -in k",
    "openssl rsa -passin file:/x",
    "rabbitmqctl add_user app «hunter2»",
    "rabbitmq-diagnostics ping",
    "vault login «hunter2»",
    "mc alias set m http://minio:9000 admin «hunter2»",
    "aws configure set aws_secret_access_key «kT9vZr2LmQ8xW4bN»",
    "htpasswd -bc /etc/x admin «hunter2»",
    "htpasswd -n admin",
    "zip -P «hunter2» a.zip b",
    "7z x -p«hunter2» a.7z",
    "kubectl create secret generic s --from-literal=password=«hunter2»",
    "helm install x --set auth.password=«hunter2» --set image.tag=1",
    "wget --password=«hunter2» --user=u x",
    "celery -b redis://:«hunter2»@redis:6379/0 worker",
    "celery -A app.celery worker --loglevel=info -Q ai,files",
    "uvicorn app.main:app --host 0.0.0.0 --port 8000 --workers 4",
    "gunicorn -b 0.0.0.0:8000 -w 4 app.wsgi",
    "nginx -g 'daemon off;'",
    "echo «hunter2» | docker login -u x --password-stdin",
    "prometheus --config.file=/etc/prometheus/prometheus.yml --storage.tsdb.retention.time=15d --web.enable-lifecycle",
    "loki -config.file=/etc/loki/local-config.yaml",
    "python -m app.scheduler --interval 30",
    "docker-entrypoint.sh postgres -c max_connections=200",
    "postgres -c ssl=on -c ssl_key_file=/etc/ssl/server.key",
    "sh -c 'redis-cli -a «hunter2» ping | grep PONG'",
    "bash -c \"exec sh -c 'mysql -p«hunter2»'\"",
    'test -n "$API_KEY" && exec prog --token "$TOKEN"',
    "prog --password ${DB_PASSWORD:-«hunter2»}",
    "snmpget -v2c -c «hunter2» host oid",
    "etcdctl --user root:«hunter2» get x",
    "keytool -storepass «hunter2» -list",
    "nc -z db 5432",
    "wget -qO- http://localhost:9090/-/healthy",
    "traefik --api.insecure=true --providers.docker=true",
]


@pytest.mark.parametrize("marked", COMMANDS)
def test_exactly_the_marked_parts_are_hidden(marked: str) -> None:
    redactor = Redactor(KEY)
    assert redactor.command(plain(marked)) == hidden(marked)
    assert redactor.command(hidden(marked)) == hidden(marked)
    words = shlex.split(plain(marked))
    assert redactor.argv(words) == shlex.split(hidden(marked))
    assert redactor.argv(["CMD-SHELL", plain(marked)]) == ["CMD-SHELL", hidden(marked)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a b", ["a", "b"]),
        ("  a\t'b c' ", ["a", "b c"]),
        ('a"b c"d', ["ab cd"]),
        ("a\\ b", ["a b"]),
        ("'it'\\''s'", ["it's"]),
        ('"a\\"b\\n"', ['a"b\\n']),
        ("''", [""]),
        ("", []),
        ("a|b&&c;d", ["a", "|", "b", "&", "&", "c", ";", "d"]),
        ("a 'open", ["a", "open"]),
        ("a \\", ["a", "\\"]),
        ("$(a b)", ["$(a", "b)"]),
        ("(a)", ["(", "a)"]),
    ],
)
def test_a_line_is_taken_apart_as_a_shell_does(line: str, expected: list[str]) -> None:
    words = split(line)
    assert [word.text for word in words] == expected
    for word in words:
        assert "".join(line[place] for place in word.places) == word.text


@pytest.mark.parametrize(
    "line",
    [
        "prog --password='hun'ter2 x",
        "prog --password=hun'ter2' x",
        "prog --password=\"hun\"'ter2' x",
        "prog '--password=hunter2' x",
    ],
)
def test_a_secret_in_pieces_is_one_and_its_quotes_stay_in_pairs(line: str) -> None:
    shown = Redactor(KEY).command(line)
    assert shlex.split(shown) == ["prog", hidden("--password=«hunter2»"), "x"]


def test_words_that_are_commands_are_followed_only_so_far() -> None:
    line = "prog --password hunter2"
    for _ in range(12):
        line = "sh -c " + shlex.quote(line)
    assert "hunter2" not in Redactor(KEY).command("sh -c 'prog --password hunter2'")
    Redactor(KEY).command(line)  # does not go on for ever
