"""nginx's templates are rendered with the values of the service, as the entrypoint of nginx's own image does it."""

from __future__ import annotations

from pathlib import Path

import pytest
from files_only import Side, audited, snapshot

from parity.compare.read_stack import read_stack
from parity.domain.stack import Configuration

SITE = """server {
    listen ${PORT};
    server_name $NAME;
    location / { proxy_pass http://${UPSTREAM}; proxy_set_header Host $host; proxy_set_header X-Api-Key "${API_KEY}"; }
}
"""
ENVIRONMENT = "{PORT: '80', NAME: shop.example.com, UPSTREAM: 'app:8000', API_KEY: '${KEY}'}"


def project(
    folder: Path, environment: str = ENVIRONMENT, image: str = "nginx:1.27.4", site: str = SITE, more: str = ""
) -> Side:
    (folder / "templates").mkdir(parents=True)
    (folder / "templates/default.conf.template").write_text(site)
    (folder / ".env").write_text("KEY=Qz7Lm2Vx9Kt4Wn8R\n")
    (folder / "compose.yaml").write_text(
        f"services:\n  web:\n    image: {image}\n    environment: {environment}\n"
        f"    volumes: ['./templates:/etc/nginx/templates:ro']\n{more}  app: {{image: 'app:1.0'}}\n"
    )
    return Side(folder.name, folder)


def configuration(side: Side) -> Configuration:
    return read_stack(snapshot(side)).configurations[0]


def rendered(side: Side, path: str = "/etc/nginx/conf.d/default.conf") -> str:
    return configuration(side).files[path].decode()


def test_it_is_rendered_with_what_compose_gives_the_service(tmp_path: Path) -> None:
    text = rendered(project(tmp_path / "prod"))
    assert "listen 80;" in text
    assert "server_name shop.example.com;" in text
    assert "proxy_pass http://app:8000;" in text
    # What the environment does not define is nginx's own.
    assert "Host $host;" in text
    assert "Qz7Lm2Vx9Kt4Wn8R" not in str(snapshot(project(tmp_path / "again")))
    assert 'X-Api-Key "parity-secret-' in text


SETTINGS = [
    ("NGINX_ENVSUBST_OUTPUT_DIR: /etc/nginx", "/etc/nginx/default.conf", "/etc/nginx/templates"),
    ("NGINX_ENVSUBST_TEMPLATE_SUFFIX: .conf.template", "/etc/nginx/conf.d/default", "/etc/nginx/templates"),
    ("NGINX_ENVSUBST_TEMPLATE_DIR: /t", "/etc/nginx/conf.d/default.conf", "/t"),
]


@pytest.mark.parametrize(("setting", "made", "folder"), SETTINGS)
def test_where_it_reads_and_writes_can_be_set(tmp_path: Path, setting: str, made: str, folder: str) -> None:
    side = project(tmp_path / "prod", ENVIRONMENT.replace("{", "{" + setting + ", ", 1))
    (tmp_path / "prod/nginx.conf").write_text(f"events {{}}\nhttp {{ include {made}; }}\n")
    compose = tmp_path / "prod/compose.yaml"
    mounted = compose.read_text().replace("/etc/nginx/templates:ro", f"{folder}:ro")
    compose.write_text(mounted.replace("volumes: [", "volumes: ['./nginx.conf:/etc/nginx/nginx.conf', "))
    assert "server_name shop.example.com;" in rendered(side, made)


def test_a_template_can_be_the_main_file(tmp_path: Path) -> None:
    environment = "{NGINX_ENVSUBST_OUTPUT_DIR: /etc/nginx, N: '512'}"
    side = project(tmp_path / "prod", environment, site="")
    main = "events { worker_connections ${N}; }\nhttp { server { listen 80; } }\n"
    (tmp_path / "prod/templates/nginx.conf.template").write_text(main)
    assert "worker_connections 512;" in rendered(side, "/etc/nginx/nginx.conf")
    assert not configuration(side).assumed


def test_a_filter_leaves_the_others_to_nginx(tmp_path: Path) -> None:
    environment = ENVIRONMENT.replace("{", "{NGINX_ENVSUBST_FILTER: '^(PORT|UPSTREAM)$$', ", 1)
    text = rendered(project(tmp_path / "prod", environment))
    assert ("listen 80;" in text, "server_name $NAME;" in text) == (True, True)


UNKNOWN = {
    "the image's own": (ENVIRONMENT, SITE.replace("$host", "$HOSTNAME"), "the value of HOSTNAME is not known"),
    "required and unset": (ENVIRONMENT.replace("'80'", "'${WEB:?set it}'"), SITE, "the value of PORT is not known"),
    "a filter of another kind": (
        ENVIRONMENT.replace("{", "{NGINX_ENVSUBST_FILTER: '(a*)*b', ", 1),
        SITE,
        "NGINX_ENVSUBST_FILTER is not supported",
    ),
    "too large": (
        ENVIRONMENT.replace("'80'", "'" + "80 " * 700 + "'"),
        "$PORT" * 1000,
        "the result would be too large",
    ),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_is_unread(tmp_path: Path, name: str) -> None:
    environment, site, why = UNKNOWN[name]
    found = configuration(project(tmp_path / "prod", environment, site=site))
    assert "/etc/nginx/conf.d/default.conf" not in found.files
    assert [one.rpartition("but ")[2] for one in found.unread] == [why]


@pytest.mark.parametrize(
    ("image", "more"),
    [
        ("example/nginx:1", ""),
        ("nginx:1.27.4", "    build: .\n"),
        ("nginx:1.27.4", "    command: [sh, -c, nginx]\n"),
        ("nginx:1.27.4", "    entrypoint: [/own.sh]\n"),
    ],
)
def test_only_the_entrypoint_of_its_own_image_renders(tmp_path: Path, image: str, more: str) -> None:
    found = configuration(project(tmp_path / "prod", image=image, more=more))
    assert "/etc/nginx/conf.d/default.conf" not in found.files


def test_what_is_rendered_is_judged_and_compared(tmp_path: Path) -> None:
    wrong = SITE.replace("${PORT}", "${PORT_OF_NOTHING}")
    sides = [project(tmp_path / "dev"), project(tmp_path / "prod", site=wrong)]
    found = {one["id"]: one for one in audited(sides)["findings"]}
    assert any(one.startswith("nginx.refused/web/") and one.endswith("@prod") for one in found), list(found)
    longer = SITE.replace("location /", "client_max_body_size ${BODY};\n location /")
    values = [ENVIRONMENT.replace("{", f"{{BODY: {body}, ", 1) for body in ("1m", "50m")]
    sides = [project(tmp_path / f"{n}", one, site=longer) for n, one in zip(("dev2", "prod2"), values, strict=True)]
    found = {one["id"]: one for one in audited(sides)["findings"]}
    assert any("client_max_body_size" in one for one in found), list(found)
    same = [project(tmp_path / name) for name in ("dev3", "prod3")]
    assert not [
        one for one in audited(same)["findings"] if one["rule"].startswith("nginx.") and one["severity"] == "high"
    ]


MAIN = "events {}\nhttp { include /etc/nginx/conf.d/*.conf; }\n"
MADE = "/etc/nginx/conf.d/default.conf"
# A command, and what comes of `server_name $NAME $LEFT;`, None where it is not known.
COMMANDS = {
    "listed": (
        "envsubst '$$NAME' < /site.tpl > /etc/nginx/conf.d/default.conf && exec nginx",
        "shop.example.com $LEFT",
    ),
    "in braces": (
        "envsubst '$${NAME} $${LEFT}' </site.tpl >/etc/nginx/conf.d/default.conf; nginx",
        "shop.example.com ",
    ),
    "all": ("envsubst < /site.tpl > /etc/nginx/conf.d/default.conf; nginx", "shop.example.com "),
    "another file": ("envsubst < /gone.tpl > /etc/nginx/conf.d/default.conf; nginx", None),
    "through a pipe": ("cat /site.tpl | envsubst > /etc/nginx/conf.d/default.conf; nginx", None),
    "another program": ("sed s/a/b/ /site.tpl > /etc/nginx/conf.d/default.conf; nginx", None),
    "twice": ("envsubst < /site.tpl >> /etc/nginx/conf.d/default.conf; nginx", None),
}


def by_command(folder: Path, command: str, image: str = "nginx:1.27.4") -> Side:
    folder.mkdir()
    (folder / "nginx.conf").write_text(MAIN)
    (folder / "site.tpl").write_text("server { listen 80; server_name $NAME $LEFT; }\n")
    (folder / "compose.yaml").write_text(
        f"services:\n  web:\n    image: {image}\n    environment: {{NAME: shop.example.com}}\n    command: {command}\n"
        "    volumes: ['./nginx.conf:/etc/nginx/nginx.conf:ro', './site.tpl:/site.tpl:ro']\n"
    )
    return Side(folder.name, folder)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_may_render_it(tmp_path: Path, name: str) -> None:
    command, names = COMMANDS[name]
    found = configuration(by_command(tmp_path / "prod", f'[sh, -c, "{command}"]'))
    if names is None:
        assert MADE not in found.files
        assert found.unread == ("/etc/nginx/conf.d/*.conf: the image or its entrypoint may add files there",)
    else:
        assert f"server_name {names};" in found.files[MADE].decode()
        assert found.unread == ()


@pytest.mark.parametrize(
    ("command", "image", "told"),
    [
        ("[/own.sh]", "nginx:1.27.4", False),
        ("[nginx]", "example/web:1", False),
        ("[nginx]", "nginx:1.27.4", True),
    ],
)
def test_servers_that_may_be_made_at_the_start_are_not_missing(
    tmp_path: Path, command: str, image: str, told: bool
) -> None:
    dev = by_command(tmp_path / "dev", "[sh, -c, 'envsubst < /site.tpl > /etc/nginx/conf.d/a.conf; nginx']")
    found = audited([dev, by_command(tmp_path / "prod", command, image)])["findings"]
    assert any(one["rule"] == "nginx.server-missing" for one in found) is told
