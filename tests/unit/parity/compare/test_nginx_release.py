"""Which nginx reads a configuration: what its image's tag says, and what it leaves open."""

from __future__ import annotations

import pytest

from parity.compare.configured import Reader
from parity.compare.nginx_model import Release, release_of
from parity.domain.stack import Configuration, Tested
from parity.programs.nginx.syntax.directives import release

DIGEST = "@sha256:" + "0" * 64
ANY = ("1.31", "1.22")
# image, (newest, oldest), whether it may have modules of others
IMAGES = {
    "nginx:1.25.3": (("1.25.3", "1.25.3"), False),
    "nginx:1.25.3-alpine" + DIGEST: (("1.25.3", "1.25.3"), False),
    "registry.example:5000/library/nginx:1.25.3": (("1.25.3", "1.25.3"), False),
    "nginx:1.25": (("1.25", "1.25.0"), False),
    "nginxinc/nginx-unprivileged:1.25-alpine": (("1.25", "1.25.0"), False),
    "nginx:1-alpine": (ANY, False),
    "nginx:stable": (ANY, False),
    "nginx:mainline-alpine3.20": (ANY, False),
    "nginx" + DIGEST: (ANY, False),
    "nginx": (ANY, False),
    "openresty/openresty:1.21.4.1-0-alpine": (("1.21.4", "1.21.4"), True),
    "docker.angie.software/angie:1.8.1": (ANY, True),
    "example/tengine:3.1.0": (ANY, True),
    "example/shop:1.4.2": (ANY, True),
    "": (ANY, True),
}


def configuration(tested: str = "") -> Configuration:
    said = Tested("exec", 0, "", tested, "") if tested else None
    return Configuration("nginx", "", "web", "/etc/nginx/nginx.conf", {}, False, (), tested=said)


def reader(image: str, **environment: str) -> Reader:
    return Reader("", "", image, environment, (), (), serves=False)


@pytest.mark.parametrize("image", IMAGES)
def test_release_of_an_image(image: str) -> None:
    (newest, oldest), own_modules = IMAGES[image]
    assert release_of(configuration(), reader(image)) == Release(newest, oldest, own_modules)


def test_what_the_program_and_the_image_say_outweighs_the_tag() -> None:
    assert release_of(configuration("1.27.5"), reader("nginx:1.25")).version == "1.27.5"
    assert release_of(configuration(), reader("nginx:latest", NGINX_VERSION="1.29.1")) == Release(
        "1.29.1", "1.29.1", own_modules=False
    )
    assert release_of(configuration(), reader("x", RESTY_VERSION="1.25.3.2")).version == "1.25.3"


def test_a_series_is_its_newest_release() -> None:
    assert release("1.25") > (1, 25, 5)
    assert release("1.25") < (1, 26)
    assert release("1.25.3") == (1, 25, 3)
    assert release("1.31") == release("1.31.3")
