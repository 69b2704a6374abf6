"""Of several templates, the one that an env file was made from."""

import os

import pytest

from parity_host.envfile.reader import effective, read_env_file
from parity_host.gather.env_template import choose


def chosen(folder, environment, files, env_files=(".env",)):
    for name, keys in files.items():
        (folder / name).write_text("".join(f"{key}=1\n" for key in keys))
    paths = [str(folder / name) for name in env_files]
    keys = lambda path: set(effective(read_env_file(open(path, "rb").read(), {})))  # noqa: E731, SIM115
    found = choose([str(folder)], paths, environment, keys)
    return tuple(os.path.basename(path) for path in found)


@pytest.mark.parametrize(
    ("environment", "files", "expected"),
    [
        ("prod", {".env": "ABC", ".env.example": "ABCD"}, (".env.example", "")),
        ("prod", {".env": "ABCDEFGHIJ", ".env.example": "ABCDEFGHIJK", ".env.example_docker": "ABCDEFGHIJ"},
         (".env.example_docker", "")),
        ("prod", {".env": "ABC", "env.template": "ABCDE", "env.prod.template": "ABC"},
         ("env.prod.template", "env.template")),
        ("dev", {".env": "ABCDE", "env.template": "ABCDE", "env.prod.template": "ABC"}, ("env.template", "")),
        ("prod", {".env": "ABC", ".env.dev.example": "ABC", ".env.production.sample": "ABD"},
         (".env.production.sample", "")),
        ("prod", {".env": "ABC", ".env.dev.example": "ABC"}, ("", "")),
        ("prod", {".env": "ABC", ".env.example": "ABCDEFGH", "env.nginx.template": "A"}, (".env.example", "")),
        ("prod", {".env": "ABC", "env.nginx.template": "XYZ"}, ("", "")),
        ("blue", {".env": "ABC", "env.prod.template": "ABC"}, ("env.prod.template", "")),
        ("prod", {".env": "ABC", "environment.ts": "ABC", "notes.example": "ABC"}, ("", "")),
    ],
)  # fmt: skip
def test_the_template_is_chosen_by_its_name_and_its_keys(tmp_path, environment, files, expected):
    assert chosen(tmp_path, environment, files) == expected


def test_without_an_env_file_the_usual_name_is_taken(tmp_path):
    assert chosen(tmp_path, "prod", {".env.example": "AB", ".env.example_docker": "AB"}, ()) == (".env.example", "")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"app.env": "ABC", ".env": "XYZ", ".env.example": "XYZ"}, ("", "")),
        ({"app.env": "ABC", ".env.example": "XYZ"}, (".env.example", "")),
        ({"app.env": "ABC", ".env": "AB", ".env.example": "ABC"}, (".env.example", "")),
    ],
)
def test_the_template_of_a_file_that_is_no_env_file_is_not_taken(tmp_path, files, expected):
    assert chosen(tmp_path, "prod", files, ("app.env",)) == expected
