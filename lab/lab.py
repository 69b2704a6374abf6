"""The live lab: two real Compose stacks on this machine's Docker Engine, with every fault of the reference report.

lab.py up      builds the image if it is missing, copies the stack to lab/run, a Git checkout, and starts dev and prod
               (--repaired: with the fixes in lab/repairs.yml applied)
lab.py down    removes what `up` created: containers, networks, volumes
lab.py image   builds the image only
"""

from __future__ import annotations

import argparse
import datetime
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HERE = Path(__file__).resolve().parent
RUN = HERE / "run"
CACHE = HERE.parent / ".cache" / "lab"
COMPOSE = Path(sys.executable).parent / "docker-compose"
PACKAGES = (
    "nginx-light,redis-server,redis-tools,postgresql-15,prometheus,"
    "python3-celery,python3-redis,python3-fastapi,uvicorn,python3-psycopg2,curl,procps"
)
# The lab's own image stands in for each program's public one, which the compose files name as their default.
IMAGES = {
    "APP_IMAGE": "parity-lab/app:1",
    "POSTGRES_IMAGE": "parity-lab/postgres:15.14",
    "REDIS_IMAGE": "parity-lab/redis:{redis}",
    "NGINX_IMAGE": "parity-lab/nginx:1.22.1",
    "PROMETHEUS_IMAGE": "parity-lab/prometheus:2.42.0",
    "GRAFANA_IMAGE": "parity-lab/grafana-stand-in:{grafana}",
    "LOKI_IMAGE": "parity-lab/loki-stand-in:3.4.3",
    "JAEGER_IMAGE": "parity-lab/jaeger-stand-in:1.57",
}
TAGS = {"dev": {"redis": "7.2", "grafana": "latest"}, "prod": {"redis": "7.0", "grafana": "10.4.2"}}
# Somebody exported these in the shell that brought dev up, while its env file says 8080 and 8443.
EXPORTED = {
    "NGINX_HTTP_PORT": os.environ.get("LAB_DEV_HTTP_PORT", "8081"),
    "NGINX_HTTPS_PORT": os.environ.get("LAB_DEV_HTTPS_PORT", "8445"),
}
# Somebody added wget to this image, which its health check needs, and did not recreate the container.
REBUILT = "JAEGER_IMAGE"
ADD_WGET = "printf '#!/bin/sh\\nexec curl -fsS \"$2\"\\n' >/usr/bin/wget && chmod 755 /usr/bin/wget"
# The name in each environment's certificate, the days for which it is still valid, and whether an authority signed it.
CERTIFICATES = {"dev": ("localhost", 300, False), "prod": ("old.example.org", 10, False)}
REPAIRED_CERTIFICATES = {"dev": ("localhost", 300, False), "prod": ("assistant.example.org", 300, True)}
REACHED = {
    "personal_assistant_nginx_dev": "restarting",
    "personal_assistant_dev_loki_prod": "restarting",
    "personal_assistant_loki_prod": "restarting",
    "personal_assistant_ai_worker_prod": "unhealthy",
    "personal_assistant_scheduler_prod": "unhealthy",
    "personal_assistant_jaeger_prod": "unhealthy",
    "personal_assistant_api": "healthy",
    "personal_assistant_api_prod": "healthy",
    "personal_assistant_scheduler": "healthy",
}
DEADLINE_SECONDS = 150


class LabError(Exception):
    """Something the user can fix."""


def say(line: str) -> None:
    """Print one line of progress."""
    print(f"lab: {line}", flush=True)


def run(*command: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a command and return what it did; raises LabError with the end of what it printed when it fails."""
    try:
        done = subprocess.run(command, text=True, capture_output=True, check=False, **options)  # type: ignore[call-overload]
    except FileNotFoundError:
        raise LabError(f"{command[0]} is not installed. Run `make setup`, and install Docker Engine and Git.") from None
    if done.returncode:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise LabError(f"`{' '.join(command[:3])} …` failed:\n{last}")
    return done  # type: ignore[no-any-return]


def recipe() -> str:
    """Return the digest of what the image is made from."""
    digest = hashlib.sha256(PACKAGES.encode())
    for path in sorted((HERE / "image").iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def image() -> str:
    """Return the lab image's name, building it (two minutes) unless it is there or in the cache; one process builds."""
    name = f"parity-lab/all:{recipe()}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if subprocess.run(["docker", "image", "inspect", name], capture_output=True, check=False).returncode:
            build(name)
    return name


def build(name: str) -> None:
    """Build the lab image from the cached file system, which is made first where it is missing."""
    tarball = CACHE / f"{hashlib.sha256(PACKAGES.encode()).hexdigest()[:16]}.tar"
    if not tarball.exists():
        make_tarball(tarball)
    say("importing the image")
    run("docker", "import", str(tarball), "parity-lab/base")
    holder = run("docker", "create", "parity-lab/base", "true").stdout.strip()
    try:
        run("docker", "cp", f"{HERE / 'image'}/.", f"{holder}:/opt/lab")
        run("docker", "commit", holder, name)
    finally:
        run("docker", "rm", "-f", holder)


def make_tarball(tarball: Path) -> None:
    """Make the image's file system from Debian's packages."""
    if shutil.which("mmdebstrap") is None:
        if os.geteuid() != 0:
            raise LabError(
                "mmdebstrap is not installed, and is needed to build the image. On Debian: apt-get install mmdebstrap"
            )
        say("installing mmdebstrap")
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-qqy", "--no-install-recommends", "mmdebstrap")
    say("building the image from Debian's packages (about two minutes)")
    unfinished = tarball.with_suffix(".unfinished.tar")
    run("mmdebstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", str(unfinished))
    unfinished.replace(tarball)


def tagged_images(tags_of: Mapping[str, str], lab_image: str) -> dict[str, str]:
    """Tag the lab's image for every service, and return the tags by the variable that names each."""
    tags = {variable: tag.format(**tags_of) for variable, tag in IMAGES.items()}
    for tag in tags.values():
        run("docker", "tag", lab_image, tag)
    return tags


def compose(environment: str, *words: str, exported: dict[str, str] | None = None) -> None:
    """Run Compose for one environment, as its people would."""
    files = [f"docker-compose.{environment}.yml", "docker-compose.lab-image.yml"]
    if environment == "prod":
        files.append("docker-compose.lab-image-prod.yml")
    command = [str(COMPOSE) if COMPOSE.exists() else "docker-compose"]
    for name in files:
        command += ["-f", str(RUN / "docker" / name)]
    for name in (f".env.{environment}", f".env.images.{environment}"):
        command += ["--env-file", str(RUN / "docker" / name)]
    run(*command, *words, env={**os.environ, **(exported or {})})


def up(repaired: bool) -> None:
    """Start both stacks, faulty as planned or repaired, and wait until they are."""
    engine()
    lab_image = image()
    state, marker = "repaired" if repaired else "faulty", RUN / "state"
    if marker.exists() and marker.read_text() != state:
        say(f"removing the {marker.read_text()} lab first")
        down()
    say("copying lab/stack to lab/run")
    shutil.copytree(HERE / "stack", RUN, dirs_exist_ok=True)
    marker.write_text(state)
    if repaired:
        repair()
    make_certificates(REPAIRED_CERTIFICATES if repaired else CERTIFICATES)
    commit()
    exported = {} if repaired else EXPORTED
    for environment in ("dev", "prod"):
        images = tagged_images(TAGS["prod" if repaired else environment], lab_image)
        (RUN / "docker" / f".env.images.{environment}").write_text("".join(f"{k}={v}\n" for k, v in images.items()))
        say(f"starting {environment}")
        compose(environment, "up", "-d", "--remove-orphans", exported=exported if environment == "dev" else None)
    if not repaired:
        edit_after_creation()
        rebuild_after_creation(lab_image)
    wait(repaired)


def repair() -> None:
    """Apply the fixes in lab/repairs.yml to the copy of the stack."""
    for name, changes in yaml.safe_load((HERE / "repairs.yml").read_text()).items():
        path = RUN / name
        text = path.read_text()
        for change in changes:
            if change["from"] not in text:
                raise LabError(f"lab/repairs.yml: {change['from']!r} is not in {name}. Update lab/repairs.yml.")
            text = text.replace(change["from"], change["to"])
        path.write_text(text)


def commit() -> None:
    """Make the copy of the stack a Git checkout, with one commit that is the same on every machine."""
    shutil.rmtree(RUN / ".git", ignore_errors=True)
    run("git", "init", "-q", "-b", "main", cwd=RUN)
    (RUN / ".git" / "info" / "exclude").write_text("state\ntls/\n.env.images.*\n__pycache__/\n")
    run("git", "add", "-A", cwd=RUN)
    when = {"GIT_AUTHOR_DATE": "2026-11-02T09:00:00Z", "GIT_COMMITTER_DATE": "2026-11-02T09:00:00Z"}
    who = ("-c", "user.name=Lab", "-c", "user.email=lab@example.org", "-c", "commit.gpgSign=false")
    run("git", *who, "commit", "-q", "--no-verify", "-m", "stack: deploy", cwd=RUN, env={**os.environ, **when})


def make_certificates(wanted: dict[str, tuple[str, int, bool]]) -> None:
    """Make each environment a certificate and its key."""
    authority = ec.generate_private_key(ec.SECP256R1())
    for environment, (name, days, signed) in wanted.items():
        folder = RUN / "docker" / "nginx" / environment / "tls"
        folder.mkdir(exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.now(datetime.UTC)
        subject, issuer = (common_name(one) for one in (name, "Lab issuing CA" if signed else name))
        builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - datetime.timedelta(days=80))
        builder = builder.not_valid_after(now + datetime.timedelta(days=days, hours=12))
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        certificate = builder.sign(authority if signed else key, hashes.SHA256())
        chain = [certificate, intermediate(authority, now)] if signed else [certificate]
        certificates = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
        (folder / "certificate.pem").write_bytes(certificates)
        plain = serialization.NoEncryption()
        pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        (folder / "key.pem").write_bytes(key.private_bytes(pem, pkcs8, plain))


def common_name(name: str) -> x509.Name:
    """Return a subject that has only a name."""
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def intermediate(key: ec.EllipticCurvePrivateKey, now: datetime.datetime) -> x509.Certificate:
    """Return the issuing authority's certificate; the root that signed it is nobody's business here."""
    subject, issuer = common_name("Lab issuing CA"), common_name("Lab root CA")
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=90))
    builder = builder.not_valid_after(now + datetime.timedelta(days=900))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())


def edit_after_creation() -> None:
    """Edit an env file without recreating what reads it, and without a commit: compose.drift, code.changed-file."""
    path = RUN / "config" / "production.env"
    path.write_text(path.read_text().replace("CACHE_SECONDS=900", "CACHE_SECONDS=1200"))


def rebuild_after_creation(lab_image: str) -> None:
    """Give the tag of a running container a newer image: the fault that images.not-recreated finds."""
    rebuilt = f"parity-lab/rebuilt:{recipe()}"
    if subprocess.run(["docker", "image", "inspect", rebuilt], capture_output=True, check=False).returncode:
        holder = run("docker", "create", lab_image, "sh", "-c", ADD_WGET).stdout.strip()
        try:
            run("docker", "start", "--attach", holder)
            run("docker", "commit", holder, rebuilt)
        finally:
            run("docker", "rm", "-f", holder)
    run("docker", "tag", rebuilt, IMAGES[REBUILT])


def engine() -> None:
    """Fail with a way out when no engine answers."""
    try:
        run("docker", "info", "--format", "{{.ServerVersion}}")
    except LabError as error:
        raise LabError(
            f"no Docker Engine is running. Start one (on Debian: apt-get install docker.io, then dockerd).\n{error}"
        ) from None


def states() -> dict[str, str]:
    """Return each lab container's health, or its state where it has no health check."""
    listed = run("docker", "ps", "-aq", "--filter", "label=parity.lab=1").stdout.split()
    if not listed:
        return {}
    found = {}
    for entry in json.loads(run("docker", "inspect", *listed).stdout):
        state = entry["State"]
        looping = entry["RestartCount"] >= 3 and not state.get("Health")
        found[entry["Name"].lstrip("/")] = (
            "restarting" if looping else (state.get("Health") or {}).get("Status") or state["Status"]
        )
    return found


def wanted_states(repaired: bool) -> dict[str, str]:
    """Return the state that each container should reach; a repaired one is healthy, or runs without a check."""
    if not repaired:
        return REACHED
    listed = run("docker", "ps", "-a", "--filter", "label=parity.lab=1", "--format", "{{.Names}}").stdout.split()
    checked = ("api", "worker", "scheduler", "postgres", "redis", "jaeger")
    return {name: "healthy" if any(part in name for part in checked) else "running" for name in listed}


def wait(repaired: bool) -> None:
    """Wait until every container has reached the state it should reach."""
    wanted = wanted_states(repaired)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        now = states()
        behind = {name: now.get(name, "absent") for name, state in wanted.items() if now.get(name) != state}
        if not behind:
            break
        if time.monotonic() > deadline:
            raise LabError(f"these containers did not reach their expected state within {DEADLINE_SECONDS} s: {behind}")
        time.sleep(2)
    for name, state in sorted(now.items()):
        say(f"{name}: {state}")
    say("note: Grafana, Jaeger and Loki are stand-ins")
    say("every fault is fixed (lab/repairs.yml)" if repaired else "the planted faults are listed in lab/faults.yml")


def down() -> None:
    """Remove what `up` made, found by its label."""
    engine()
    for kind, listing, removal in (
        ("containers", ["ps", "-aq"], ["rm", "-f"]),
        ("networks", ["network", "ls", "-q"], ["network", "rm"]),
        ("volumes", ["volume", "ls", "-q"], ["volume", "rm"]),
    ):
        found = run("docker", *listing, "--filter", "label=parity.lab=1").stdout.split()
        if found:
            run("docker", *removal, *found)
        say(f"removed {len(found)} {kind}")
    shutil.rmtree(RUN, ignore_errors=True)


def main() -> int:
    """Run one command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["up", "down", "image"])
    parser.add_argument("--repaired", action="store_true", help="with `up`: apply the fixes in lab/repairs.yml")
    asked = parser.parse_args()
    try:
        if asked.command == "up":
            up(asked.repaired)
        elif asked.command == "down":
            down()
        else:
            say(f"the image is {image()}")
    except LabError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
