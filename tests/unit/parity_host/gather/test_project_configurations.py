"""What a host reads for services that do not run: the right files, as a container would have them, and no other."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from parity_host.compose import bind_files
from parity_host.compose.bind_files import BindFiles, near
from parity_host.compose.services import ComposeServices, Mount
from parity_host.gather import configurations_in_project
from parity_host.secrets.redact import Redactor


def services(text: str, lookup: dict[str, str] | None = None, *more: str) -> dict[str, Any]:
    read = ComposeServices()
    for number, one in enumerate((text, *more)):
        read.add(f"/app/docker/{number}.yml", one, "/app/docker", lookup or {})
    return {one.name: one for one in read.services()}


def mounts(volumes: str, lookup: dict[str, str] | None = None) -> list[tuple[str, str]]:
    (web,) = services("services:\n  web:\n    volumes:\n" + volumes, lookup).values()
    return [tuple(mount) for mount in web.mounts]


@pytest.mark.parametrize(
    ("volumes", "expected"),
    [
        ("      - ./a:/b\n", [("/app/docker/a", "/b")]),
        ("      - ../a:/b:ro,z\n", [("/app/a", "/b")]),
        ("      - /a:/b/\n", [("/a", "/b")]),
        ("      - named:/b\n", []),
        ("      - /anonymous\n", []),
        ("      - ${HERE:-./c}:/b:ro\n", [("/app/docker/c", "/b")]),
        ("      - ${HERE}/c:${THERE}\n", [("/h/c", "/t")]),
        ("      - ${GONE}:/b\n", []),
        ("      - {type: bind, source: ./a, target: /b}\n", [("/app/docker/a", "/b")]),
        ("      - {type: volume, source: a, target: /b}\n", []),
        ("      - ./a:/b\n      - ./c:/b\n", [("/app/docker/c", "/b")]),
        ("      - ./a:b\n", []),
    ],
)
def test_mounts_are_read_as_compose_means_them(volumes, expected):
    assert mounts(volumes, {"HERE": "/h", "THERE": "/t"} if "THERE" in volumes else {}) == expected


def test_the_command_line_is_put_together():
    found = services(
        "services:\n  a: {image: 'x:1', entrypoint: [nginx, -c], command: /etc/n.conf -g 'daemon off;'}\n  b: {build: .}\n"
    )
    assert found["a"].words == ("nginx", "-c", "/etc/n.conf", "-g", "daemon off;")
    assert (found["a"].built, found["b"].built) == (False, True)
    long = ", ".join(f"w{n}" for n in range(12))
    assert services(f"services: {{a: {{command: [{long}]}}}}")["a"].words == tuple(f"w{n}" for n in range(12))


def test_later_files_extends_and_anchors_count():
    base = "x-b: &b {image: 'x:1', volumes: ['./a:/a']}\nservices:\n  one: {<<: *b}\n  two: {<<: *b, volumes: ['./z:/z']}\n"
    over = "services:\n  one: {image: 'x:2', volumes: ['./c:/c', './d:/a']}\n  three: {extends: one, command: run}\n"
    found = services(base, {}, over)
    assert found["one"].image == "x:2"
    assert set(found["one"].mounts) == {Mount("/app/docker/d", "/a"), Mount("/app/docker/c", "/c")}
    assert found["two"].mounts == (Mount("/app/docker/z", "/z"),)
    assert (found["three"].image, found["three"].words) == ("x:2", ("run",))
    far = "services:\n  four: {extends: {service: two, file: 0.yml}}\n  five: {extends: five}\n"
    found = services(base, {}, far)
    assert found["four"].mounts == (Mount("/app/docker/z", "/z"),)
    assert found["five"].image == ""


def test_configs_and_secrets_are_mounts():
    text = (
        "services:\n  a:\n    configs: [one, {source: two, target: /etc/two}]\n    secrets: [key]\n"
        "configs: {one: {file: one.conf}, two: {file: ../two.conf}, three: {external: true}}\nsecrets: {key: {file: ~/k}}\n"
    )
    assert [tuple(one) for one in services(text)["a"].mounts] == [
        ("/app/docker/one.conf", "/one"),
        ("/app/two.conf", "/etc/two"),
        (os.path.expanduser("~/k"), "/run/secrets/key"),
    ]


@pytest.mark.parametrize(
    "text", ["services: 5", "a: [", "services: {a: {volumes: {b: {c: [d]}}}}", "\0", "{{{{", "- - -"]
)
def test_hostile_compose_files_end(text):
    ComposeServices().add("/a", text, "/", {})
    services(text)


def test_a_folder_is_read_as_the_container_has_it(tmp_path):
    for name in ("conf.d/site.conf", "conf.d/deep/x.conf", "other/site.conf"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "conf.d" / "link.conf").symlink_to("deep/x.conf")
    files = BindFiles(
        [
            Mount(f"{tmp_path}/conf.d", "/etc/nginx/conf.d"),
            Mount(f"{tmp_path}/other/site.conf", "/etc/nginx/conf.d/site.conf"),
        ],
        str(tmp_path),
    )
    tree = files.read("/etc/nginx")
    assert tree.files == {
        "/etc/nginx/conf.d/site.conf": b"other/site.conf",
        "/etc/nginx/conf.d/deep/x.conf": b"conf.d/deep/x.conf",
    }
    assert tree.links == {"/etc/nginx/conf.d/link.conf": "deep/x.conf"}
    assert files.read("/etc/nginx/conf.d/deep/x.conf").files == {"/etc/nginx/conf.d/deep/x.conf": b"conf.d/deep/x.conf"}
    assert files.read("/etc/other") == bind_files.Tree({}, {}, set(), {})
    assert files.covers("/etc/nginx/conf.d/gone")
    assert not files.covers("/etc/nginx/nginx.conf")


def test_nothing_leads_out_of_a_mount(tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "x").write_text("secret")
    app = tmp_path / "app"
    (app / "conf").mkdir(parents=True)
    (app / "conf" / "up").symlink_to("../../secret")
    (app / "conf" / "file").symlink_to(secret / "x")
    (app / "source").symlink_to(secret)
    os.mkfifo(app / "conf" / "pipe")
    for mount, asked in (
        (Mount(f"{app}/conf", "/c"), "/c"),
        (Mount(f"{app}/conf", "/c"), "/c/up/x"),
        (Mount(f"{app}/conf", "/c"), "/c/file"),
        (Mount(f"{app}/conf", "/c"), "/c/../../secret/x"),
        (Mount(f"{app}/source", "/c"), "/c/x"),
        (Mount(f"{app}/../secret", "/c"), "/c/x"),
        (Mount(f"{secret}/x", "/c"), "/c"),
        (Mount("/etc/passwd", "/c"), "/c"),
    ):
        assert BindFiles([mount], str(app)).read(asked).files == {}
    assert "outside the project" in BindFiles([Mount(f"{secret}/x", "/c")], str(app)).read("/c").left_out["/c"]


def test_what_is_read_is_bounded(tmp_path, monkeypatch):
    for number in range(10):
        (tmp_path / f"{number}.conf").write_text("x" * 100)
    (tmp_path / "large.conf").write_bytes(b"x" * (1024 * 1024 + 1))
    deep = tmp_path.joinpath(*["d"] * 12)
    deep.mkdir(parents=True)
    monkeypatch.setattr(bind_files, "FILES_LIMIT", 5)
    tree = BindFiles([Mount(str(tmp_path), "/c")], str(tmp_path)).read("/c")
    assert len(tree.files) == 5
    assert "larger than 1048576 bytes" in tree.left_out["/c/large.conf"]
    assert any("deeper than" in why for why in tree.left_out.values())
    monkeypatch.setattr(bind_files, "TOTAL_BYTES", 250)
    assert len(BindFiles([Mount(str(tmp_path), "/c")], str(tmp_path)).read("/c").files) == 2


@pytest.mark.parametrize(
    ("directory", "folder"), [("/srv/app/docker", "/srv/app"), ("/srv/app", "/srv"), ("/app", "/app"), ("/", "/")]
)
def test_texts_lie_near_the_project(directory, folder):
    assert near(directory) == folder


def test_keys_and_certificates_are_read_where_they_lie(tmp_path):
    """Of TLS files only public parts leave the host, so that they may lie outside the project."""
    app, tls = tmp_path / "app", tmp_path / "tls"
    app.mkdir()
    tls.mkdir()
    (tls / "a.pem").write_text("nothing of use")
    (app / "nginx.conf").write_text(
        "events {} http { include /tls/a.pem; server { listen 443 ssl; ssl_certificate /tls/a.pem; "
        "ssl_certificate_key /tls/a.key; } }"
    )
    text = "services: {web: {image: 'nginx:1.27', volumes: ['./nginx.conf:/etc/nginx/nginx.conf', 'TLS:/tls']}}"
    read = ComposeServices()
    read.add("/compose.yml", text.replace("TLS", str(tls)), str(app), {})
    (entry,) = configurations_in_project.gather(read.services(), str(app / "docker"), Redactor(b"k"))["found"]
    assert entry["certificates"] == {
        "/tls/a.pem": {
            "pem": "",
            "unreadable": 0,
            "omitted": 0,
            "reason": entry["certificates"]["/tls/a.pem"]["reason"],
        }
    }
    assert entry["keys"] == {}
    assert list(entry["files"]) == ["/etc/nginx/nginx.conf"]
    assert "nothing of use" not in str(entry)
    assert entry["unread"] == [f"/tls/a.pem: {tls} is outside the project directory {app}"]


def test_secrets_in_what_is_mounted_are_hidden(tmp_path: Path):
    (tmp_path / "nginx.conf").write_text(
        'events {} http { server { location / { proxy_set_header X-Api-Key "Qz7Lm2Vx9Kt4Wn8R"; } } }'
    )
    read = ComposeServices()
    text = "services: {web: {image: nginx, volumes: ['./nginx.conf:/etc/nginx/nginx.conf']}}"
    read.add("/c.yml", text, str(tmp_path), {})
    found = configurations_in_project.gather(read.services(), str(tmp_path), Redactor(b"k"))
    assert "Qz7Lm2Vx9Kt4Wn8R" not in str(found)
    assert found["found"][0]["files"]


@pytest.mark.parametrize(("source", "made"), [("/srv/gone", False), ("./gone", False), ("./parts", True)])
def test_what_a_mount_that_is_not_here_brings_is_not_known(tmp_path: Path, source: str, made: bool) -> None:
    (tmp_path / "nginx.conf").write_text("events {} http { include parts/*.conf; access_log /l known_there; }")
    (tmp_path / "parts").mkdir()
    read = ComposeServices()
    mounts = f"['./nginx.conf:/etc/nginx/nginx.conf', '{source}:/etc/nginx/parts']"
    read.add(
        str(tmp_path / "c.yml"), f"services: {{web: {{image: 'nginx:1.27', volumes: {mounts}}}}}", str(tmp_path), {}
    )
    (entry,) = configurations_in_project.gather(read.services(), str(tmp_path), Redactor(b"k"))["found"]
    assert entry["unread"] == ([] if made else ["/etc/nginx/parts/*.conf: what is mounted there is not on this host"])


@pytest.mark.parametrize(("image", "rendered"), [("nginx:1.27.4", True), ("example/web:1", False)])
def test_templates_that_the_image_renders_are_sent_as_such(tmp_path: Path, image: str, rendered: bool) -> None:
    for name in ("nginx.conf", "templates/site.conf.template", "templates/notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("events {} http { include conf.d/*.conf; }" if name == "nginx.conf" else "server { }")
    read = ComposeServices()
    text = f"services: {{nginx: {{image: '{image}', volumes: ['./nginx.conf:/etc/nginx/nginx.conf', './templates:/etc/nginx/templates']}}}}"
    read.add(str(tmp_path / "compose.yml"), text, str(tmp_path), {})
    (entry,) = configurations_in_project.gather(read.services(), str(tmp_path), Redactor(b"k"))["found"]
    templates = {path: file["template"] for path, file in entry["files"].items() if "template" in file}
    made = {"/etc/nginx/conf.d/site.conf": "/etc/nginx/templates/site.conf.template"}
    elsewhere = ["/etc/nginx/conf.d/*.conf: the image or its entrypoint may add files there"]
    assert (templates, entry["unread"]) == ((made, []) if rendered else ({}, elsewhere))


@pytest.mark.parametrize(
    ("volume", "made"),
    [("made:/etc/nginx/parts", True), ("made:/var/cache/nginx", False), ("/etc/nginx/parts", False)],
)
def test_a_volume_over_a_folder_of_includes_is_filled_by_another_container(
    tmp_path: Path, volume: str, made: bool
) -> None:
    (tmp_path / "nginx.conf").write_text("events {} http { include parts/*.conf; access_log /l known_there; }")
    read = ComposeServices()
    mounts = f"['./nginx.conf:/etc/nginx/nginx.conf', '{volume}']"
    read.add(
        str(tmp_path / "c.yml"), f"services: {{web: {{image: 'nginx:1.27', volumes: {mounts}}}}}", str(tmp_path), {}
    )
    (entry,) = configurations_in_project.gather(read.services(), str(tmp_path), Redactor(b"k"))["found"]
    said = ["/etc/nginx/parts/*.conf: another container may write files into the volume there"]
    assert entry["unread"] == (said if made else [])
