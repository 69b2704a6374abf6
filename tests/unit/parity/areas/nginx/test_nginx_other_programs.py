"""What another program, module or release may know is no fault: of what is not known here nothing is said at high."""

from __future__ import annotations

from pathlib import Path

import pytest
from files_only import Side, audited

COMPOSE = "services:\n  web: {image: '%s', volumes: ['./nginx.conf:/etc/nginx/nginx.conf:ro']}\n  api: {image: 'x/api:1.0.1'}\n"
NGINX = "%s\nevents {}\nhttp { %s\n server { listen 80; %s\n location / { proxy_pass http://api:8000; } } }\n"
NJS = "load_module modules/ngx_http_js_module.so;"
GEOIP = "load_module modules/ngx_http_geoip_module.so;"

# Image; what stands on the top level, in http and in server.
SILENT = {
    "OpenResty's own": (
        "openresty/openresty:1.25.3.1",
        "",
        "",
        "encrypted_session_expires 3; access_by_lua_file /a.lua;",
    ),
    "a module of Tengine": ("tengine/tengine:3.1.0", "", "", "concat_of_files on;"),
    "Angie's own": ("docker.angie.software/angie:1.8.0", "", "acme_client x https://x;", "status_zone z; acme x;"),
    "an image of one's own": ("example/web:1", "", "thing_of_a_module on;", "other_thing $and_its_variable;"),
    "a release to come": ("nginx:1.99.0", "", "directive_of_tomorrow on;", "add_header A $variable_of_tomorrow;"),
    "any release": ("nginx:latest", "", "", "ssl off;"),
    "njs": ("nginx:1.27.4", NJS, 'js_import m.js; js_set $t m.t; log_format f "$t"; access_log /l f;', ""),
    "GeoIP": ("nginx:1.27.4", GEOIP, "geoip_country /g.dat;", "add_header C $geoip_country_code;"),
    "a tag of OpenResty": ("openresty/openresty:1.25.3.1-alpine", "", "", "http2 on;"),
}
TOLD = {
    "no module for it": ("nginx:1.27.4", "", "", "add_header C $geoip_country_code;"),
    "a directive of nobody": ("nginx:1.27.4", "", "", "directive_of_tomorrow on;"),
    "a later directive": ("nginx:1.24.0", "", "", "http2 on;"),
    "a tag of OpenResty": ("openresty/openresty:1.21.4.1-alpine", "", "", "http2 on;"),
}


def grave(folder: Path, image: str, *parts: str) -> list[str]:
    (folder / "compose.yaml").write_text(COMPOSE % image)
    (folder / "nginx.conf").write_text(NGINX % parts)
    found = audited([Side("prod", folder)])["findings"]
    return [one["id"] for one in found if one["severity"] == "high" and one["rule"].startswith("nginx.")]


@pytest.mark.parametrize("name", SILENT)
def test_what_is_not_known_is_no_fault(tmp_path: Path, name: str) -> None:
    assert grave(tmp_path, *SILENT[name]) == []


@pytest.mark.parametrize("name", TOLD)
def test_what_is_known_is_one(tmp_path: Path, name: str) -> None:
    assert [one.partition("/")[0] for one in grave(tmp_path, *TOLD[name])] == ["nginx.refused"]
