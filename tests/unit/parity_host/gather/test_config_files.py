"""What is read of nginx and Loki in containers: the right files, their lines kept, nothing secret in them."""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from engine_archives import archive_of

from parity.programs.loki.check.check import check as loki_check
from parity.programs.nginx.check.check import check as nginx_check
from parity_host.engine import container_files
from parity_host.engine.client import ANSWER_LIMIT_BYTES, NotFoundError
from parity_host.health.kinds import kind_of
from parity_host.loki import files as loki_files
from parity_host.nginx import files as nginx_files
from parity_host.nginx import text as nginx_text
from parity_host.secrets.redact import Redactor

SECRET = "Qz7Lm2Vx9Kt4Wn8R"
NGINX = """# rotated by hand, the old one was Hj3Kd92mNv8Lq
events {}
http {
    map $host $backend { default "http://api:8000"; }
    server {
        listen 80;  # password=Hj3Kd92mNv8Lq
        location / {
            proxy_set_header X-Api-Key "Qz7Lm2Vx9Kt4Wn8R";
            proxy_set_header Authorization "Bearer Qz7Lm2Vx9Kt4Wn8R";
            set $api_token Qz7Lm2Vx9Kt4Wn8R;
            secure_link_md5 "$uri Qz7Lm2Vx9Kt4Wn8R";
            if ($http_x_api_key != "Qz7Lm2Vx9Kt4Wn8R") { return 403; }
            proxy_pass http://admin:Qz7Lm2Vx9Kt4Wn8R@api:8000;
            add_header X-Note "a # in file; error";
            return 200 "it's}here";
        }
    }
}
"""
LOKI = """auth_enabled: false  # password=Hj3Kd92mNv8Lq
# token: Hj3Kd92mNv8Lq
storage_config:
  aws:
    s3: s3://AKIAIOSFODNN7EXAMPLE:Qz7Lm2Vx9Kt4Wn8R@eu-west-1/bucket
    secret_access_key: "Qz7Lm2Vx9Kt4Wn8R"
    bucketnames: 'logs # not a comment'
ruler:
  alertmanager_client: {basic_auth_password: Qz7Lm2Vx9Kt4Wn8R}
"""


def _leaf() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "app.example.org")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + datetime.timedelta(days=400))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


LEAF = _leaf()


class Archive:
    """An engine that has one container's files, as paths with contents; a tuple is a link, None a folder."""

    def __init__(self, files: dict[str, Any]) -> None:
        self.files = files
        self.asked: list[str] = []

    def get_bytes(self, target: str, /, **query: str) -> bytes:
        path = query["path"]
        self.asked.append(path)
        found = {
            name: data for name, data in self.files.items() if name == path or name.startswith(path.rstrip("/") + "/")
        }
        if not found:
            raise NotFoundError(target)
        return archive_of(found, path)


def nginx(files: dict[str, Any], *argv: str) -> dict[str, Any]:
    return nginx_files.gather(Archive(files), "c", list(argv), Redactor(b"key"))  # type: ignore[arg-type]


def test_the_main_file_and_every_include_are_read_and_nothing_else():
    found = nginx(
        {
            "/etc/nginx": None,
            "/etc/nginx/nginx.conf": b"events {} http { include mime.types; include /etc/nginx/conf.d/*.conf; include 'sites-enabled/*'; }",
            "/etc/nginx/mime.types": b"types {}",
            "/etc/nginx/fastcgi_params": b"fastcgi_param A b;",
            "/etc/nginx/conf.d/a.conf": b"include /srv/shared/snippets/*.inc;",
            "/etc/nginx/conf.d/.hidden.conf": b"nonsense",
            "/etc/nginx/conf.d/old.conf.bak": b"nonsense",
            "/etc/nginx/conf.d/deep/b.conf": b"nonsense",
            "/etc/nginx/sites-enabled/app": ("../sites-available/app",),
            "/etc/nginx/sites-available/app": b"server {}",
            "/srv/shared/snippets/gzip.inc": b"gzip on;",
            "/srv/shared/secret.txt": b"nonsense",
        }
    )
    assert set(found["files"]) == {
        "/etc/nginx/nginx.conf",
        "/etc/nginx/mime.types",
        "/etc/nginx/conf.d/a.conf",
        "/etc/nginx/sites-enabled/app",
        "/srv/shared/snippets/gzip.inc",
    }
    assert found["files"]["/etc/nginx/sites-enabled/app"]["text"] == "server {}"
    assert found["unread"] == []


def test_the_command_says_where_the_configuration_is():
    files = {"/opt/web": None, "/opt/web/conf/main.conf": b"include more.conf;", "/opt/web/conf/more.conf": b"x on;"}
    for argv in (["nginx", "-p", "/opt/web", "-c", "conf/main.conf"], ["nginx", "-c/opt/web/conf/main.conf"]):
        found = nginx(files, *argv)
        assert found["main"] == "/opt/web/conf/main.conf"
        assert set(found["files"]) == {"/opt/web/conf/main.conf", "/opt/web/conf/more.conf"}


def test_a_whole_file_system_is_never_asked_for():
    engine = Archive({"/nginx.conf": b"include *; include /*/*;", "/root/.ssh/id": b"x", "/root/.pgpass": b"x"})
    nginx_files.gather(engine, "c", ["nginx", "-c", "/nginx.conf"], Redactor(b"key"))  # type: ignore[arg-type]
    assert set(engine.asked) == {"/nginx.conf"}


def test_a_private_key_that_is_included_stays():
    found = nginx(
        {
            "/etc/nginx": None,
            "/etc/nginx/nginx.conf": b"include key.pem;",
            "/etc/nginx/key.pem": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        }
    )
    assert set(found["files"]) == {"/etc/nginx/nginx.conf"}
    assert found["unread"] == ["/etc/nginx/key.pem: it contains a private key, which does not leave the host"]


def test_certificates_are_sent_and_of_a_key_only_a_digest():
    private = ec.generate_private_key(ec.SECP256R1())
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key = private.private_bytes(pem, pkcs8, serialization.NoEncryption())
    info = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    found = nginx(
        {
            "/etc/nginx": None,
            "/etc/nginx/nginx.conf": b"ssl_certificate tls/a.pem; ssl_certificate_key /run/secrets/a.key;"
            b"ssl_certificate gone.pem; ssl_certificate $name.pem;",
            "/etc/nginx/tls/a.pem": key + LEAF,
            "/run/secrets/a.key": key,
        }
    )
    assert found["certificates"]["tls/a.pem"]["pem"].encode().replace(b"\n", b"") == LEAF.replace(b"\n", b"")
    assert found["certificates"]["gone.pem"]["reason"] == "no readable file at this path"
    assert found["keys"]["/run/secrets/a.key"]["digest"] == hashlib.sha256(info).hexdigest()
    assert set(found["certificates"]) == {"tls/a.pem", "gone.pem"}
    body = b"".join(key.splitlines()[1:-1]).decode()
    assert "PRIVATE" not in repr(found)
    assert body[20:60] not in repr(found).replace("\\n", "")


def test_a_file_that_includes_itself_ends_and_one_that_is_too_large_is_said():
    found = nginx(
        {
            "/etc/nginx": None,
            "/etc/nginx/nginx.conf": b"include nginx.conf; include large.conf;",
            "/etc/nginx/large.conf": b"#" * (container_files.FILE_LIMIT_BYTES + 1),
        }
    )
    assert set(found["files"]) == {"/etc/nginx/nginx.conf"}
    assert found["unread"] == ["/etc/nginx/large.conf: it is larger than 1048576 bytes"]


LARGE = b"\0" * (ANSWER_LIMIT_BYTES + 1)


def test_what_lies_behind_a_large_file_is_read_by_itself():
    found = nginx(
        {
            "/etc/nginx": None,
            "/etc/nginx/GeoIP.mmdb": LARGE,
            "/etc/nginx/conf.d": None,
            "/etc/nginx/conf.d/a.conf": b"include snippets/b.conf; include gone.conf;",
            "/etc/nginx/nginx.conf": b"include conf.d/*.conf;",
            "/etc/nginx/snippets": None,
            "/etc/nginx/snippets/b.conf": b"gzip on;",
        }
    )
    assert set(found["files"]) == {
        "/etc/nginx/nginx.conf",
        "/etc/nginx/conf.d/a.conf",
        "/etc/nginx/snippets/b.conf",
    }
    assert found["unread"] == []


def test_a_folder_in_which_a_pattern_looks_and_that_is_too_large_is_said():
    files = {"/etc/nginx": None, "/etc/nginx/GeoIP.mmdb": LARGE, "/etc/nginx/nginx.conf": b"include *.conf;"}
    found = nginx(files)
    assert set(found["files"]) == {"/etc/nginx/nginx.conf"}
    assert found["unread"] == ["/etc/nginx: it is larger than 8388608 bytes; the rest was not read"]


def test_of_a_folder_outside_only_the_file_that_is_named_is_read():
    engine = Archive(
        {"/etc/nginx": None, "/etc/nginx/nginx.conf": b"include /srv/app/web.conf;", "/srv/app/web.conf": b""}
    )
    nginx_files.gather(engine, "c", ["nginx"], Redactor(b"key"))  # type: ignore[arg-type]
    assert engine.asked == ["/etc/nginx", "/srv/app/web.conf"]


def test_bytes_that_are_no_utf8_come_back_as_they_are():
    found = nginx({"/etc/nginx": None, "/etc/nginx/nginx.conf": b"events {} # \xe9\nhttp\xa0{}\n"})
    record = found["files"]["/etc/nginx/nginx.conf"]
    assert record["text"].encode(record["encoding"]) == b"events {} #\nhttp\xa0{}\n"


def test_nginx_secrets_and_comments_go_and_what_nginx_says_stays():
    text = nginx_text.redact(NGINX, Redactor(b"key"))
    assert SECRET not in text
    assert "Hj3Kd92mNv8Lq" not in text
    assert text.count("\n") == NGINX.count("\n")
    assert 'add_header X-Note "a # in file; error";' in text
    assert '"http://api:8000"' in text
    main = "/etc/nginx/nginx.conf"
    valid = NGINX.replace(f"admin:{SECRET}@", "")  # nginx takes no user in an address, and quotes what it refuses
    for broken in (valid, valid.replace("listen 80;", "listen 80"), valid.replace("location / {", "")):
        before = nginx_check({main: broken.encode()}, main, "1.22")
        after = nginx_check({main: nginx_text.redact(broken, Redactor(b"key")).encode()}, main, "1.22")
        assert [(p.line, p.message) for p in after] == [(p.line, p.message) for p in before]


def test_loki_secrets_and_comments_go_and_what_loki_says_stays():
    text = loki_files.redact(LOKI, Redactor(b"key"))
    assert SECRET not in text
    assert "Hj3Kd92mNv8Lq" not in text
    assert "bucketnames: 'logs # not a comment'" in text
    day = datetime.date(2026, 11, 24)
    assert [p.line for p in loki_check(text, "3.4.3", day)] == [p.line for p in loki_check(LOKI, "3.4.3", day)]


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["-config.file=/etc/loki/mine.yaml"], ("/etc/loki/mine.yaml", False)),
        (["loki", "-config.file", "/etc/loki/mine.yaml", "-config.expand-env"], ("/etc/loki/mine.yaml", True)),
        (["-config.expand-env=false", "--config.file=/etc/loki/mine.yaml"], ("/etc/loki/mine.yaml", False)),
        ([], ("/etc/loki/local-config.yaml", False)),
    ],
)
def test_lokis_command_says_which_file_it_reads(argv, expected):
    files = {"/etc/loki/mine.yaml": b"a: 1\n", "/etc/loki/local-config.yaml": b"a: 1\n"}
    found = loki_files.gather(Archive(files), "c", argv, Redactor(b"key"))  # type: ignore[arg-type]
    assert (found["main"], found["expand_env"]) == expected
    assert found["files"] == {expected[0]: {"text": "a: 1\n", "digest": Redactor(b"key").fingerprint(b"a: 1\n")}}


def test_a_loki_without_its_file_says_so():
    found = loki_files.gather(Archive({}), "c", ["-config.file=/nowhere.yaml"], Redactor(b"key"))  # type: ignore[arg-type]
    assert found["unread"] == ["its configuration: /nowhere.yaml does not exist"]


@pytest.mark.parametrize(
    ("image", "command", "service", "kind"),
    [
        ("nginx:1.27", [], "web", "nginx"),
        ("registry.example.org/base/nginx-custom@sha256:00", [], "web", "nginx"),
        ("nginx/nginx-prometheus-exporter:1.1", [], "metrics", ""),
        ("company/edge:2", ["nginx", "-g", "daemon off;"], "edge", "nginx"),
        ("company/edge:2", [], "nginx", "nginx"),
        ("company/logs:2", ["loki", "-config.file=/x"], "logs", "loki"),
        ("grafana/loki:3.4.3", ["-config.file=/x"], "logs", "loki"),
        ("grafana/loki-canary:3.4.3", [], "canary", ""),
        ("grafana/promtail:3.4.3", [], "promtail", ""),
        ("redis:7", [], "cache", "redis"),
    ],
)
def test_kinds(image, command, service, kind):
    assert kind_of(image, tuple(command), service) == kind
