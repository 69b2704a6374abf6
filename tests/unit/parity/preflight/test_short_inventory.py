"""An inventory in one line becomes hosts with variables, or a sentence that names the wrong part."""

from __future__ import annotations

from pathlib import Path

import pytest

from parity.preflight.short_inventory import Host, ShortInventoryError, is_short, read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    for name in ("app/compose.yml", "app/compose.prod.yml", "dev.json"):
        (tmp_path / name).write_text('{"environment": "dev"}')
    return tmp_path


def test_a_stack_here_and_one_over_ssh(folder):
    assert read("dev=local,prod=deploy@server.example.org:/srv/app", folder) == [
        Host("dev", "dev-local", {"ansible_connection": "local"}),
        Host(
            "prod",
            "prod-server.example.org",
            {"ansible_host": "server.example.org", "ansible_user": "deploy", "parity_project_dir": "/srv/app"},
        ),
    ]


@pytest.mark.parametrize(
    ("where", "variables"),
    [
        ("server", {"ansible_host": "server"}),
        ("10.0.0.7:2222", {"ansible_host": "10.0.0.7", "ansible_port": 2222}),
        ("me@server:2222:/srv/app", {"ansible_user": "me", "ansible_port": 2222, "parity_project_dir": "/srv/app"}),
        ("server:/srv/a=b", {"parity_project_dir": "/srv/a=b"}),
        ("me@[2001:db8::1]:/srv", {"ansible_host": "2001:db8::1", "parity_project_dir": "/srv"}),
        ("[::1]:22", {"ansible_host": "::1", "ansible_port": 22}),
    ],
)
def test_forms_of_a_server(where, variables, folder):
    [host] = read(f"prod={where}", folder)
    assert variables.items() <= host.variables.items()
    assert "ansible_connection" not in host.variables


@pytest.mark.parametrize("where", ["app", "./app", "app/", "app/../app"])
def test_a_folder_is_audited_from_its_files(where, folder):
    text = where if "/" in where else f"./{where}"
    [host] = read(f"dev={text}", folder)
    assert host.name == "dev-files"
    assert host.variables["parity_files_only"] is True
    assert host.variables["parity_project_dir"] == str(folder / "app")


def test_compose_files_are_taken_in_their_order(folder):
    [host] = read("prod=app/compose.yml+app/compose.prod.yml", folder)
    assert host.variables["parity_compose_files"] == [
        str(folder / "app/compose.yml"),
        str(folder / "app/compose.prod.yml"),
    ]
    assert host.variables["parity_project_dir"] == str(folder / "app")


def test_a_folder_may_have_a_plus_in_its_name(folder):
    (folder / "c++").mkdir()
    (folder / "c++/compose.yaml").touch()
    [host] = read("prod=c++/compose.yaml+app/compose.prod.yml", folder)
    assert host.variables["parity_compose_files"] == [
        str(folder / "c++/compose.yaml"),
        str(folder / "app/compose.prod.yml"),
    ]


@pytest.mark.parametrize("where", ["dev.json", "./dev.json"])
def test_a_snapshot_is_replayed(where, folder):
    [host] = read(f"last={where}", folder)
    assert host.variables == {
        "ansible_connection": "local",
        "parity_replay": str(folder / "dev.json"),
        "parity_replay_of": "dev",
    }


@pytest.mark.parametrize("text", ["", "[]", "{}", "{"])
def test_what_is_no_snapshot_is_left_to_the_audit(text, folder):
    (folder / "dev.json").write_text(text)
    [host] = read("last=dev.json", folder)
    assert host.variables["parity_replay_of"] == ""


def test_a_running_stack_may_name_its_folder(folder):
    [host] = read("dev=local:app", folder)
    assert host.variables == {"ansible_connection": "local", "parity_project_dir": str(folder / "app")}


def test_an_environment_that_is_named_twice_has_two_hosts_with_names_of_their_own(folder):
    assert [host.name for host in read("prod=me@a,prod=me@b,prod=you@a", folder)] == ["prod-a", "prod-b", "prod-a-2"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("dev=local,server", "server: expected an environment and where it is"),
        ("dev=local,prod=", "prod=: expected an environment and where it is"),
        ("prod-eu=local", "prod-eu=local: the name of an environment"),
        ("dev=./none", "does not exist on this machine"),
        ("dev=./app/compose.yml+./app/none.yml", "none.yml does not exist on this machine"),
        ("prod=server:srv/app", "the folder on server must be an absolute path"),
        ("prod=server:99999:/srv", "99999 is not a port"),
        ("prod=-oProxyCommand=id", "-oProxyCommand=id is not valid; write local"),
        ("prod=-oProxyCommand@server", "is not valid; write local"),
        ("prod=a b", "a b is not valid; write local"),
    ],
)
def test_a_wrong_part_is_named(line, message, folder):
    with pytest.raises(ShortInventoryError) as error:
        read(line, folder)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("source", "short"),
    [("dev=local", True), ("prod-eu=local,", True), ("server.example.org,", False), ("/etc/ansible/hosts", False)],
)
def test_what_is_taken_for_such_a_line(source, short):
    assert is_short(source) is short


def test_a_file_with_such_a_name_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("dev=local").touch()
    assert not is_short("dev=local")
