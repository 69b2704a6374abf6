"""Copies of nginx containers: as the live one is, unable to change anything of it, and honest about what they cannot tell."""

from __future__ import annotations

import pytest
from nginx_containers import BROKEN, GOOD, SITE, docker

from parity_host.engine import trial_container
from parity_host.engine.client import EngineUnavailableError

PARTS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
LIVE = "/etc/nginx/conf.d/site.conf"


def test_edits_are_tried_without_a_live_byte_changed(nginx):
    nginx.write("conf.d/site.conf", BROKEN)
    inspected, before = nginx.start(), nginx.hashes()
    tried = nginx.trial(inspected, {LIVE: SITE})
    assert tried.code == 0, tried
    assert "test is successful" in tried.errors
    assert tried.output == ""
    assert nginx.trial(inspected, {LIVE: "nonsense;\n"}).code == 1
    assert nginx.hashes() == before


def test_edits_of_a_running_nginx_are_tried_with_the_options_of_its_master(nginx):
    nginx.write("other.conf", GOOD)
    inspected = nginx.start(command=("-c", "/etc/nginx/other.conf", "-g", "daemon off;"))
    before = nginx.hashes()
    assert nginx.trial(inspected, {"/etc/nginx/nginx.conf": "nonsense;"}).code == 0  # it is not read
    assert nginx.trial(inspected, {"/etc/nginx/other.conf": "nonsense;"}).code == 1
    assert nginx.hashes() == before


def test_a_mount_within_an_edited_folder_is_copied_and_never_written(nginx, tmp_path):
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "note.conf").write_text("# of its own mount\n")
    nginx.write("nginx.conf", "include keys/note.conf;\n" + GOOD)
    (nginx.folder / "keys").mkdir()
    inspected = nginx.start("-v", f"{keys}:/etc/nginx/keys")
    assert nginx.trial(inspected, {"/etc/nginx/keys/note.conf": "not nginx\n", LIVE: SITE}).code == 1
    assert nginx.trial(inspected, {LIVE: SITE}).code == 0
    assert (keys / "note.conf").read_text() == "# of its own mount\n"


@pytest.mark.parametrize("writable", ["", ":ro"])
def test_an_edit_through_a_link_into_a_mount_is_refused_and_writes_nothing(nginx, tmp_path, writable):
    sites = tmp_path / "sites"
    sites.mkdir()
    (sites / "site.conf").write_text(SITE)
    script = "rm -rf /etc/nginx/linked; ln -s /srv/sites /etc/nginx/linked; exec nginx -g 'daemon off;'"
    inspected = nginx.start(
        "-v", f"{sites}:/srv/sites{writable}", mounted=False, entrypoint="sh", command=("-c", script)
    )
    with pytest.raises(EngineUnavailableError, match="read-only"):
        nginx.trial(inspected, {"/etc/nginx/linked/site.conf": "overwritten\n"})
    assert (sites / "site.conf").read_text() == SITE


def test_a_copy_with_a_mount_that_could_be_written_is_never_made():
    mount = {"Type": "bind", "Source": "/srv", "Target": "/srv", "ReadOnly": False}
    with pytest.raises(EngineUnavailableError, match="would have a writable mount"):
        trial_container.check({"HostConfig": {"Mounts": [mount]}}, [])
    inside = {**mount, "ReadOnly": True, "Target": "/etc/nginx/keys"}
    with pytest.raises(EngineUnavailableError, match="would have a writable mount"):
        trial_container.check({"HostConfig": {"Mounts": [inside]}}, [{"Destination": "/etc/nginx"}])


def test_what_an_entrypoint_wrote_is_in_the_copy(nginx):
    made = "mkdir -p /etc/nginx/made /logs/app; echo 'proxy_pass http://x;' > /etc/nginx/made/site.conf"
    main = "error_log /logs/app/error.log; events {} http { include made/*.conf; }"
    script = f"{made}; echo '{main}' > /etc/nginx/nginx.conf; exec nginx -g 'daemon off;'"
    inspected = nginx.start(mounted=False, entrypoint="sh", command=("-c", script))
    said = nginx.test(inspected)
    assert (said["how"], said["code"]) == ("throw-away", 1)
    assert '"proxy_pass" directive is not allowed here in /etc/nginx/made/site.conf:1' in said["output"]
    assert nginx.trial(inspected, {"/etc/nginx/made/site.conf": SITE}).code == 0


def test_a_file_of_the_image_that_was_deleted_is_said(nginx):
    script = "rm /etc/nginx/mime.types; exec nginx -g 'daemon off;'"
    said = nginx.test(nginx.start(mounted=False, entrypoint="sh", command=("-c", script)))
    assert said["how"] == ""
    assert "/etc/nginx/mime.types was deleted from the container" in said["why"]


def test_a_log_on_a_mount_that_the_copy_may_not_write_is_in_its_memory(nginx, tmp_path):
    logs = tmp_path / "logs"
    (logs / "deep").mkdir(parents=True)
    nginx.write("nginx.conf", "error_log /logs/error.log;\n" + GOOD.replace("{", "{", 1))
    nginx.write("conf.d/site.conf", SITE.replace("listen", "access_log /logs/deep/a.log; listen"))
    inspected = nginx.stopped(nginx.start("-v", f"{logs}:/logs"))
    before = {path: path.stat().st_mtime_ns for path in logs.rglob("*")}
    said = nginx.test(inspected)
    assert (said["how"], said["code"], said["why"]) == ("throw-away", 0, "")
    assert {path: path.stat().st_mtime_ns for path in logs.rglob("*")} == before


def test_another_user_than_root_and_a_log_on_a_mount_are_not_guessed_at(nginx, tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    logs.chmod(0o777)
    temporary = " ".join(f"{part}_temp_path /tmp/{part};" for part in PARTS)
    nginx.write(
        "nginx.conf", "pid /tmp/n.pid; error_log /logs/error.log;" + GOOD.replace("http {", "http {" + temporary)
    )
    nginx.write("conf.d/site.conf", SITE.replace("{", "{ access_log off;", 1))
    inspected = nginx.stopped(nginx.start("-v", f"{logs}:/logs", "--user", "33"))
    said = nginx.test(inspected)
    assert said["how"] == ""
    assert "needs to write /logs/error.log" in said["why"]


def test_a_read_only_container_with_memory_of_both_spellings_is_tried(nginx):
    memory = (
        "--read-only",
        "--mount",
        "type=tmpfs,target=/run",
        "--tmpfs",
        "/var/lib/nginx",
        "--tmpfs",
        "/var/log/nginx",
    )
    inspected = nginx.stopped(nginx.start(*memory))
    said = nginx.test(inspected)
    assert (said["how"], said["code"], said["why"]) == ("throw-away", 0, "")
    assert nginx.trial(inspected, {LIVE: "nonsense;\n"}).code == 1


def test_a_configuration_in_memory_is_not_guessed_at(nginx):
    nginx.write("nginx.conf", "events {}\nhttp { include /made/*.conf; }\n")
    said = nginx.test(nginx.stopped(nginx.start("--tmpfs", "/made")))
    assert said["how"] == ""
    assert "is in memory (/made)" in said["why"]


def test_an_address_that_only_the_container_has_is_not_guessed_at(nginx):
    network = f"{nginx.prefix}-fixed"
    docker("network", "create", "--subnet", "10.213.77.0/24", network)
    nginx.networks.append(network)
    nginx.write("conf.d/site.conf", SITE.replace("8080", "10.213.77.9:80"))
    inspected = nginx.stopped(nginx.start("--network", network, "--ip", "10.213.77.9"))
    said = nginx.test(inspected)
    assert said["how"] == ""
    assert "listens on 10.213.77.9" in said["why"]
    nginx.write("conf.d/site.conf", SITE.replace("8080", "10.99.99.99:80"))
    assert "bind() to 10.99.99.99:80 failed" in nginx.test(inspected)["output"]


def test_a_copy_takes_no_name_no_port_and_no_label(nginx, tmp_path):
    built = tmp_path / "Dockerfile"
    built.write_text(f"FROM {nginx.image}\nLABEL com.docker.compose.project=shop traefik.enable=true\n")
    image = f"{nginx.prefix}-image"
    docker("build", "-q", "-t", image, "-f", str(built), str(tmp_path))
    try:
        network = nginx.network()
        taken = ("--network", network, "--network-alias", "web", "-p", "127.0.0.1::8080", "--hostname", "web")
        inspected = nginx.stopped(nginx.start(*taken, image=image))
        seen = []
        ask = nginx.engine.ask

        def watch(method, path, deadline, body=None, query=None):
            answer = ask(method, path, deadline, body, query)
            if path.endswith("/start"):
                seen.append(nginx.inspect(path.split("/")[2]))
            return answer

        nginx.engine.ask = watch
        assert nginx.test(inspected)["how"] == "throw-away"
    finally:
        nginx.close()
        docker("rmi", "-f", image, check=False)
    (copy,) = seen
    assert {name for name, value in copy["Config"]["Labels"].items() if value} == {
        trial_container.LABEL,
        f"{trial_container.LABEL}.run",
    }
    assert not copy["HostConfig"]["PortBindings"]
    assert copy["HostConfig"]["RestartPolicy"]["Name"] == "no"
    (settings,) = copy["NetworkSettings"]["Networks"].values()
    assert "web" not in [*(settings["Aliases"] or []), copy["Config"]["Hostname"]]
    assert [mount["RW"] for mount in copy["Mounts"]] == [False]
    assert copy["HostConfig"]["LogConfig"]["Type"] == "json-file"
