#!/usr/bin/python
"""Fact module: one Compose project on one host."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: parity_stack_info
short_description: Describe a Compose project as it runs and as its files declare it
description:
  - Queries the host's Docker Engine for the containers of one Compose project, reads the project's files and the files
    they reference, and probes the running services. Changes nothing.
  - The engine is queried with GET requests; PostgreSQL, Redis and Celery by read-only commands in their containers;
    nginx by C(nginx -t) (see O(nginx_test)).
  - All sources are one task, because Ansible has a cost per task and host, and because a secret found in one source is
    removed from the output of all others.
  - No secret leaves the host, and no value that is not known to be public (see O(show)). Both are replaced by keyed
    fingerprints; the texts of files still render in Compose, without their comments.
  - Does not fail because of a host's state. Each source reports what could not be read, and why, in its C(state) and
    C(reason).
version_added: "0.1.0"
options:
  project:
    description:
      - Name of the Compose project.
      - If empty, it is taken from the labels that Compose sets on containers.
    type: str
    default: ""
  directory:
    description:
      - The project's directory. Without O(project), only a project that was started from this directory is described.
      - If empty, it is taken from the labels of the running containers.
    type: str
    default: ""
  compose_files:
    description:
      - Compose files in Compose's order, relative to O(directory).
      - If empty, those that the containers' labels name; with O(directory), found as Compose finds them.
    type: list
    elements: str
    default: []
  env_files:
    description:
      - Env files passed to Compose itself (C(--env-file)), relative to O(directory).
      - If empty, those that the containers' labels name, else C(.env).
    type: list
    elements: str
    default: []
  env_template:
    description:
      - The env template, relative to O(directory).
      - If empty, the template next to the env files that has the most keys in common with them, and does not name
        another environment.
    type: str
    default: ""
  files_only:
    description: Whether the project does not run on this host; no engine is queried then.
    type: bool
    default: false
  environment_name:
    description: Name of the environment; selects the project if several Compose projects run on one engine.
    type: str
    default: ""
  docker_host:
    description:
      - Address of the engine, as in E(DOCKER_HOST).
      - If empty, E(DOCKER_HOST), the current docker context, the system socket and the rootless socket are tried.
    type: str
    default: ""
  log_lines:
    description: Number of most recent log lines read per container.
    type: int
    default: 40
  oauth_authorize:
    description:
      - The application's endpoints that redirect users to an OAuth provider. Each is requested once; redirects are not
        followed.
    type: list
    elements: dict
    default: []
    suboptions:
      provider:
        description: The provider's name, as in C(knowledge/oauth.yml).
        type: str
        required: true
      url:
        description: The URL, as reachable from this host.
        type: str
        required: true
  endpoints:
    description:
      - Health endpoints that are not detected, or detected wrongly.
      - An entry with a O(endpoints[].url), a path or a port replaces every HTTP endpoint detected for its service; an
        entry with only a O(endpoints[].kind) sets the kind of the service.
    type: list
    elements: dict
    default: []
    suboptions:
      service:
        description: The Compose service.
        type: str
        required: true
      url:
        description: The full URL. Any host that the audited host can reach is requested; you are responsible for it.
        type: str
      path:
        description:
          - The path, for a service with a container on this host. For V(prometheus), V(loki) and V(grafana) their usual
            paths are requested below it.
        type: str
      port:
        description: The container port.
        type: int
      kind:
        description:
          - V(http), V(web), V(prometheus), V(loki), V(grafana), V(jaeger), V(nginx), V(postgres), V(redis),
            V(celery-worker) or V(celery-beat); V(none) disables probing of the service.
        type: str
  nginx_test:
    description:
      - Whether to run C(nginx -t), in its container if that creates no file there, else in a temporary container with
        the same image, networks and mounts (read-only).
    type: bool
    default: true
  packages:
    description:
      - Whether to list the packages that running containers have. The lists of package managers are read; the names of
        Python distributions and Ruby gems are printed by a shell in the container, which starts no program.
    type: bool
    default: true
  probe_timeout:
    description:
      - Seconds per probe. Probes that start a program in a container (PostgreSQL, Redis, Celery) get three times as
        long; all probes together, four times.
    type: float
    default: 3.0
  show:
    description:
      - Patterns of variables (and of labels, arguments and settings) whose values are public, such as C(SHOP_*).
      - Without it a value is shown when its form is known to be public; any other leaves as a fingerprint. What is a
        secret by its name or form is hidden all the same.
    type: list
    elements: str
    default: []
  log_patterns:
    description:
      - Patterns of the messages that are known (Python's syntax), by which more of a log's line may leave. The words of
        a pattern that finds a line, and what its named groups hold in the form of a name, are shown.
    type: list
    elements: str
    default: []
  key:
    description: Key for this run's fingerprints. Generated for one run, never written.
    type: str
    required: true
  package:
    description: The code that gathers, a zip archive as base64. The action of the same name adds it.
    type: str
  package_folder:
    description: Where that code is, on the controller itself. The action of the same name adds it.
    type: path
attributes:
  check_mode:
    description: Runs the same in check mode, because it changes nothing.
    support: full
author:
  - The Parity engineers (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Describe the stack running on this host
  parity_stack_info:
    project: personal_assistant_prod
    key: "{{ __gather_key }}"
  register: __gather_host

- name: Describe a checkout that is not running
  parity_stack_info:
    directory: /srv/checkout/docker
    compose_files: [docker-compose.prod.yml]
    files_only: true
    key: "{{ __gather_key }}"
  register: __gather_host
"""

RETURN = r"""
engine:
  description: The project as the Docker Engine reports it; empty with O(files_only).
  returned: always
  type: dict
  contains:
    state:
      description:
        - V(seen), V(absent) (no engine, or no container of the project in O(directory)) or V(unseen) (the engine could
          not be queried).
      returned: always
      type: str
      sample: seen
    reason:
      description: Why nothing was read, and what to do about it.
      returned: when RV(engine.state) is not V(seen)
      type: str
      sample: "/var/run/docker.sock: permission denied. Add the user to the docker group, or set ansible_become."
    project:
      description: The Compose project that was described.
      returned: when seen
      type: str
      sample: personal_assistant_prod
    project_found_by:
      description: How the project was found.
      returned: when seen
      type: str
      sample: the only Compose project on the host
    working_dir:
      description: The project's directory, from its containers' labels.
      returned: when seen
      type: str
      sample: /srv/assistant/docker
    config_files:
      description: The Compose files that the containers were created from.
      returned: when seen
      type: list
      elements: str
    environment_files:
      description: The env files that were passed to Compose itself.
      returned: when seen
      type: list
      elements: str
    containers:
      description:
        - One entry per container, with state, health and the last health check output, exit code, restarts, uptime, the
          Compose files it was created from that no longer exist, ports, image, limits, networks and aliases,
          mounts, restart policy, command, labels, environment and the end of its log.
      returned: when seen
      type: list
      elements: dict
      sample: [{name: personal_assistant_api_prod, service: api, state: running, restarts: 0}]
    networks:
      description:
        - By network of the project, its C(driver), the C(names) of other projects' containers on it, and whether all of
          them were seen (C(whole)).
      returned: when seen
      type: dict
      sample: {assistant_default: {driver: bridge, whole: true, names: []}}
    unread:
      description: What could not be read of a project that was seen, one sentence each.
      returned: when seen
      type: list
      elements: str
project:
  description: What the project's files declare.
  returned: always
  type: dict
  contains:
    state:
      description: V(seen), V(absent) (no project directory is known) or V(unseen) (it could not be read).
      returned: always
      type: str
      sample: seen
    reason:
      description: Why nothing was read, and what to do about it.
      returned: when RV(project.state) is not V(seen)
      type: str
      sample: no Compose file in /srv/assistant; set parity_compose_files
    directory:
      description: The project's directory.
      returned: when seen
      type: str
      sample: /srv/assistant
    compose_files:
      description: The main Compose files, in Compose's order.
      returned: when seen
      type: list
      elements: str
    env_files:
      description: The env files that Compose itself reads.
      returned: when seen
      type: list
      elements: str
    template:
      description: The env template, or an empty string.
      returned: when seen
      type: str
      sample: /srv/assistant/.env.template
    files:
      description: By path, the file's roles, its redacted text, or why it could not be read.
      returned: when seen
      type: dict
      sample: {/srv/assistant/.env: {roles: [project], text: "DEBUG=true\n", problem: null, missing: false}}
    unread:
      description: What was left out of a project that was seen, one sentence each.
      returned: when seen
      type: list
      elements: str
    paths:
      description: By path, what exists at the bind sources, build contexts, secrets and configs in Compose files.
      returned: when seen
      type: dict
      sample: {/srv/assistant/nginx.conf: file, /srv/assistant/certs: missing}
    digests:
      description: By path, a digest of each secret's file under the key of the run; equal ones mean equal files.
      returned: when seen
      type: dict
      sample: {/srv/assistant/db_password.txt: 5f2b1c0e9d7a4b3c8e6f1a2d3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e}
config:
  description: The configurations of nginx and Loki, as their containers see them or, if none runs, would see them.
  returned: always
  type: dict
  contains:
    state:
      description: V(seen) or V(unseen).
      returned: when queried
      type: str
      sample: seen
    found:
      description:
        - One entry per container, with C(kind), C(container), C(service), the path of the C(main) file, the redacted
          text of all C(files) that it reads, and in C(unread) what could not be read.
        - For nginx, C(test) is the result of C(nginx -t), with C(how) it was run (V(exec), V(throw-away) for a
          temporary container, or empty with the reason in C(why)), exit C(code), C(output) and nginx's C(version).
        - If no container runs, C(container) is empty, C(in_image) lists the paths inside the image, and C(assumed) is
          true if the main file of the official nginx image is assumed.
      returned: when seen
      type: list
      elements: dict
      sample: [{kind: nginx, container: assistant-nginx-1, service: nginx, main: /etc/nginx/nginx.conf, files: {}}]
code:
  description: The Git checkout that the Compose files are in, read without git; empty if the files were not read.
  returned: always
  type: dict
  contains:
    state:
      description: V(seen), V(absent) (no checkout tracks the Compose files) or V(unseen) (it could not be read).
      returned: when queried
      type: str
      sample: seen
    reason:
      description: Why nothing was read.
      returned: when RV(code.state) is not V(seen)
      type: str
      sample: the compose files are in no Git repository
    root:
      description: The checkout's top directory.
      returned: when seen
      type: str
      sample: /srv/assistant
    commit:
      description: The commit that is checked out.
      returned: when seen
      type: str
      sample: 4631c04a4b3431d64a20dd6ad4a376493a4ddb48
    committed:
      description: When it was committed, in seconds since 1970.
      returned: when seen
      type: int
      sample: 1793610000
    branch:
      description: The branch; empty if HEAD is detached.
      returned: when seen
      type: str
      sample: main
    tags:
      description: Up to five tags of the commit.
      returned: when seen
      type: list
      elements: str
      sample: [v1.4.2]
    shallow:
      description: Whether the clone is shallow.
      returned: when seen
      type: bool
      sample: false
    remotes:
      description: The remotes' addresses by name, without users, passwords and tokens.
      returned: when seen
      type: dict
      sample: {origin: "https://git.example.org/assistant.git"}
    on_remote:
      description: Whether a fetched branch, or a tag, contains the commit; null if that is not known.
      returned: when seen
      type: bool
      sample: true
    commits:
      description:
        - The last commits, the newest first, each with the beginning of its C(id) and of its C(parents), and a
          C(change) that is the same for a commit that was cherry-picked or rebased.
      returned: when seen
      type: list
      elements: dict
      sample: [{id: 4631c04a4b3431d6, parents: [], change: fff574588011}]
    changed:
      description:
        - Tracked files that the stack reads (C(role)) and that differ from the commit, and how (V(modified),
          V(replaced), V(deleted), V(staged) or V(conflict)).
      returned: when seen
      type: list
      elements: dict
      sample: [{path: docker-compose.yml, how: modified, role: compose-file}]
    others:
      description: Paths of up to 50 other tracked files that are missing or have another size.
      returned: when seen
      type: list
      elements: str
    not_compared:
      description: How many files could not be compared.
      returned: when seen
      type: int
      sample: 0
    submodules:
      description: Submodules that are checked out at another commit than the one that is recorded.
      returned: when seen
      type: list
      elements: dict
      sample: []
images:
  description: The images of the project's containers; empty if nothing runs. Nothing is run to look at them.
  returned: always
  type: dict
  contains:
    state:
      description: V(seen), V(absent) (no engine) or V(unseen) (the engine could not be queried).
      returned: when queried
      type: str
      sample: seen
    reason:
      description: Why no image was looked at.
      returned: when RV(images.state) is not V(seen)
      type: str
      sample: no Docker Engine at /var/run/docker.sock
    images:
      description:
        - By ID of the image, C(created), C(platform), C(digests) of registries, a digest of its C(layers), the
          C(labels) revision, version and created of C(org.opencontainers.image), and the distribution of its os-release
          (C(os)).
      returned: when seen
      type: dict
      sample: {"sha256:735bb429d727": {platform: linux/amd64, os: {id: debian, version: "12"}}}
    containers:
      description:
        - By ID of the container, in C(tag_names) the image that its tag names now if it is another one, and in
          C(check_lacks) the program that its health check starts and that it does not have, empty if it has it.
      returned: when seen
      type: dict
      sample: {80f646b97be9: {check_lacks: curl}}
    unread:
      description: What was left out, one sentence each.
      returned: when seen
      type: list
      elements: str
    seconds:
      description: How long all of it took.
      returned: when seen
      type: float
      sample: 0.2
packages:
  description: The packages of the project's containers; empty if nothing runs, or with O(packages=false).
  returned: always
  type: dict
  contains:
    state:
      description: V(seen), V(absent) (no engine) or V(unseen) (the engine could not be queried).
      returned: when queried
      type: str
      sample: seen
    reason:
      description: Why no package was looked at.
      returned: when RV(packages.state) is not V(seen)
      type: str
      sample: no Docker Engine at /var/run/docker.sock
    lists:
      description:
        - By a digest of their content, the C(packages) with their versions by kind (V(dpkg), V(apk), V(python), V(npm),
          V(gem), V(composer), V(runtime)), and those that an application names itself (C(direct)). A kind that is there
          and cannot be read is null.
      returned: when seen
      type: dict
      sample: {1f0c5b7d9e2a4c61: {packages: {python: {django: "4.2.16"}}, direct: {python: [django]}}}
    containers:
      description:
        - By ID of the container, its lists C(system) and C(application), or why one is not known (C(system_unread),
          C(application_unread)).
      returned: when seen
      type: dict
      sample: {80f646b97be9: {system: 735bb429d7270c1e, application: 1f0c5b7d9e2a4c61}}
    seconds:
      description: How long all of it took.
      returned: when seen
      type: float
      sample: 0.3
resources:
  description: What the project's containers take of their host, and what it has; empty if nothing runs.
  returned: always
  type: dict
  contains:
    state:
      description: V(seen), V(absent) (no engine) or V(unseen) (the engine could not be queried).
      returned: when queried
      type: str
      sample: seen
    reason:
      description: Why nothing was read.
      returned: when RV(resources.state) is not V(seen)
      type: str
      sample: no Docker Engine at /var/run/docker.sock
    containers:
      description:
        - By ID of the container, its C(log) (C(driver), C(max_size), and its C(size) in bytes if the file can be seen)
          and, if it runs and has a limit, its C(memory) in bytes (C(working_set), C(file_cache), C(limit)).
      returned: when seen
      type: dict
      sample: {80f646b97be9: {log: {driver: json-file, max_size: 10m}}}
    host:
      description:
        - C(cores), C(memory), C(kernel) and C(system) as the engine knows them. If it runs on this machine, C(swap),
          C(time_zone) and C(disks) too, each with what it is C(for), its C(path), and the bytes C(used) and C(free).
      returned: when seen
      type: dict
      sample: {cores: 4, memory: 8589934592, swap: 0, time_zone: UTC}
    clock:
      description:
        - The host's time when the module C(began) and C(ended), and the controller's when it C(asked) and was
          C(answered).
      returned: if the engine runs on this machine
      type: dict
      sample: {asked: 1795564800.1, began: 1795564800.6, ended: 1795564803.2, answered: 1795564803.4}
    unread:
      description: What was left out, one sentence each.
      returned: when seen
      type: list
      elements: str
    seconds:
      description: How long all of it took.
      returned: when seen
      type: float
      sample: 0.2
oauth:
  description: Where each endpoint of O(oauth_authorize) redirects a user.
  returned: always
  type: list
  elements: dict
  sample: [{provider: google, url: "http://127.0.0.1:8000/auth/google/login", status: 302, location: {}, reason: ""}]
health:
  description: Answers of the services to health probes; empty if nothing runs.
  returned: always
  type: dict
  contains:
    state:
      description: V(seen), V(absent) (no engine) or V(unseen) (the engine could not be queried).
      returned: when queried
      type: str
      sample: seen
    reason:
      description: Why nothing was probed.
      returned: when RV(health.state) is not V(seen)
      type: str
      sample: no Docker Engine at /var/run/docker.sock
    probes:
      description:
        - One entry per probe, with C(service), C(container), C(kind), its C(target) (a container port with a path, or
          the name of a command), its C(state) (V(ok), V(failed) or V(unknown)), a C(reason) and C(seconds).
        - C(facts) holds the service's answers, such as C(health) (its JSON without secrets), C(targets),
          C(connections), C(memory_used), C(queues), C(schedule) or C(version).
      returned: when seen
      type: list
      elements: dict
      sample:
        - service: postgres
          container: assistant-postgres-1
          kind: postgres
          target: postgres
          state: ok
          reason: ""
          seconds: 0.21
          facts: {version: "15.14", connections: 4, connections_limit: 100, connections_reserved: 3}
    seconds:
      description: How long all of it took.
      returned: when seen
      type: float
      sample: 2.4
"""

import base64
import gc
import io
import os
import sys
import tempfile
import zipfile
from typing import Any, Dict

gc.disable()  # this process ends before it would find anything

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "project": {"type": "str", "default": ""},
            "directory": {"type": "str", "default": ""},
            "compose_files": {"type": "list", "elements": "str", "default": []},
            "env_files": {"type": "list", "elements": "str", "default": []},
            "env_template": {"type": "str", "default": ""},
            "files_only": {"type": "bool", "default": False},
            "environment_name": {"type": "str", "default": ""},
            "docker_host": {"type": "str", "default": ""},
            "log_lines": {"type": "int", "default": 40},
            "oauth_authorize": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "provider": {"type": "str", "required": True},
                    "url": {"type": "str", "required": True},
                },
            },
            "endpoints": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "service": {"type": "str", "required": True},
                    "url": {"type": "str"},
                    "path": {"type": "str"},
                    "port": {"type": "int"},
                    "kind": {"type": "str"},
                },
            },
            "probe_timeout": {"type": "float", "default": 3.0},
            "nginx_test": {"type": "bool", "default": True},
            "packages": {"type": "bool", "default": True},
            "show": {"type": "list", "elements": "str", "default": []},
            "log_patterns": {"type": "list", "elements": "str", "default": []},
            "key": {"type": "str", "required": True, "no_log": True},
            # Not a secret, but too long for a log.
            "package": {"type": "str", "no_log": True},
            "package_folder": {"type": "path"},
        },
        required_one_of=[["package", "package_folder"]],
        supports_check_mode=True,
    )
    package, folder = map(module.params.pop, ("package", "package_folder"))
    if folder:
        module.exit_json(changed=False, **gathered(folder, module.params))
    # Removed when the module ends, like the folder of Ansible's own modules next to it. From files: out of a zip
    # archive, Python compiles each module twice.
    with tempfile.TemporaryDirectory(prefix="ansible_parity_host_") as unpacked:
        zipfile.ZipFile(io.BytesIO(base64.b64decode(package))).extractall(unpacked)
        sys.dont_write_bytecode = True
        module.exit_json(changed=False, **gathered(unpacked, module.params))


def gathered(package: str, params: Dict[str, Any]) -> Dict[str, Any]:
    """Return the facts of the host, which `parity_host` in the folder `package` gathers."""
    sys.path.insert(0, package)
    from parity_host.gather import host  # noqa: PLC0415 - only now can it be found

    key = params.pop("key")
    public = host.Public(*map(params.pop, host.Public._fields))
    return host.gather(host.GatherOptions(**params), key, dict(os.environ), public)


if __name__ == "__main__":
    main()
