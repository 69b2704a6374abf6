#!/usr/bin/python
"""Fact module: what one host knows of one Compose project."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: parity_stack_info
short_description: Describe a Compose project as it runs and as its files declare it
description:
  - Asks the Docker Engine of the host for the containers of one Compose project, reads the files that make the project
    up, with the files those name, and asks the services that run how they are. Changes nothing.
  - The engine is asked with GET requests; PostgreSQL, Redis and Celery by a command that only reads, run in their own
    containers; nginx by C(nginx -t) (see O(nginx_test)).
  - One task for all sources. Ansible pays for every task on every host, and a secret that one source shows is taken out
    of what all others show.
  - No secret leaves the host, and no value that is not known to be public (see O(show)). Both are replaced by keyed
    fingerprints; the texts of files still render in Compose, without their comments.
  - Never fails for what a host may be like. Each source says what could not be seen, and why, in its C(state) and
    C(reason).
version_added: "0.1.0"
options:
  project:
    description:
      - Name of the Compose project.
      - When empty, it is found from the labels that Compose puts on containers.
    type: str
    default: ""
  directory:
    description:
      - The project's directory, where it is configured. Without O(project), only a project that was brought up from
        there is looked at.
      - When empty, it is read from the labels of the containers that run.
    type: str
    default: ""
  compose_files:
    description:
      - Compose files in Compose's order, relative to O(directory).
      - When empty, those that the containers' labels name; with O(directory), as Compose itself finds them.
    type: list
    elements: str
    default: []
  env_files:
    description:
      - Env files given to Compose itself (C(--env-file)), relative to O(directory).
      - When empty, those that the containers' labels name, else C(.env).
    type: list
    elements: str
    default: []
  env_template:
    description: The env template, relative to O(directory); when empty, a file with a usual name beside the env files.
    type: str
    default: ""
  files_only:
    description: Whether the project does not run here, so that no engine is asked.
    type: bool
    default: false
  environment_name:
    description: Name of the environment; decides when several Compose projects run on one engine.
    type: str
    default: ""
  docker_host:
    description:
      - Address of the engine, as in E(DOCKER_HOST).
      - When empty, E(DOCKER_HOST), the current docker context, the system socket and the rootless socket are tried.
    type: str
    default: ""
  log_lines:
    description: How many of the last log lines of each container are read.
    type: int
    default: 40
  oauth_authorize:
    description:
      - The application's own addresses that send users to an OAuth provider. Each is asked once; nothing is followed.
    type: list
    elements: dict
    default: []
    suboptions:
      provider:
        description: The provider's name, as in C(knowledge/oauth.yml).
        type: str
        required: true
      url:
        description: The address, as this host reaches it.
        type: str
        required: true
  endpoints:
    description:
      - Where services answer for their health, when it is not found or found wrong.
      - An entry with a O(endpoints[].url), a path or a port stands in the place of all HTTP addresses found for its
        service; one with a O(endpoints[].kind) alone only says what the service is.
    type: list
    elements: dict
    default: []
    suboptions:
      service:
        description: The Compose service.
        type: str
        required: true
      url:
        description: The whole address. Its host may be any that the audited host reaches; who sets it, answers for it.
        type: str
      path:
        description:
          - The path, for a service that has a container here. For V(prometheus), V(loki) and V(grafana) their own
            paths are asked below it.
        type: str
      port:
        description: The port in the container.
        type: int
      kind:
        description:
          - V(http), V(web), V(prometheus), V(loki), V(grafana), V(jaeger), V(nginx), V(postgres), V(redis),
            V(celery-worker) or V(celery-beat), or V(none) for a service that is not to be asked.
        type: str
  nginx_test:
    description:
      - Whether nginx is asked to test its configuration (C(nginx -t)), by a command in its container where that makes
        nothing there, else in a throw-away container of the same image, networks and, read-only, mounts.
    type: bool
    default: true
  probe_timeout:
    description:
      - Seconds for one question to a service. A program that must be started in its container (of PostgreSQL, Redis and
        Celery) has three times as long, and all questions together four times.
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
    description: Key of this run's fingerprints. Made for one run, never written.
    type: str
    required: true
attributes:
  check_mode:
    description: Runs the same in check mode, since it changes nothing.
    support: full
author:
  - The Parity engineers
"""

EXAMPLES = r"""
- name: Describe the stack that runs here
  parity_stack_info:
    project: personal_assistant_prod
    key: "{{ __gather_key }}"
  register: __gather_host

- name: Describe a checkout that does not run here
  parity_stack_info:
    directory: /srv/checkout/docker
    compose_files: [docker-compose.prod.yml]
    files_only: true
    key: "{{ __gather_key }}"
  register: __gather_host
"""

RETURN = r"""
engine:
  description: What the Docker Engine knows of the project; empty with O(files_only).
  returned: always
  type: dict
  contains:
    state:
      description:
        - V(seen), V(absent) (no engine, or nothing of the project in O(directory)) or V(unseen) (it could not be
          asked).
      returned: always
      type: str
      sample: seen
    reason:
      description: Why nothing was seen, and the way out.
      returned: when RV(engine.state) is not V(seen)
      type: str
      sample: /var/run/docker.sock refuses this user; add the user to the docker group, or set ansible_become
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
      description: The project's directory as its containers' labels name it.
      returned: when seen
      type: str
      sample: /srv/assistant/docker
    config_files:
      description: The compose files that the containers were made from.
      returned: when seen
      type: list
      elements: str
    environment_files:
      description: The env files that were given to Compose itself.
      returned: when seen
      type: list
      elements: str
    containers:
      description:
        - One entry a container, with state, health and its last output, exit code, restarts, for how long it has run,
          the compose files it was made from that are gone, ports, image, digests, limits, networks and aliases, mounts,
          restart policy, command, labels, environment and the end of its log.
      returned: when seen
      type: list
      elements: dict
      sample: [{name: personal_assistant_api_prod, service: api, state: running, restarts: 0}]
    networks:
      description:
        - By network of the project, its C(driver), the C(names) that containers of other projects answer to there, and
          whether all of them were seen (C(whole)).
      returned: when seen
      type: dict
      sample: {assistant_default: {driver: bridge, whole: true, names: []}}
    unread:
      description: What could not be read of a project that was seen, a sentence each.
      returned: when seen
      type: list
      elements: str
project:
  description: What the project's files say.
  returned: always
  type: dict
  contains:
    state:
      description: V(seen), V(absent) (no project directory is known) or V(unseen) (it could not be read).
      returned: always
      type: str
      sample: seen
    reason:
      description: Why nothing was read, and the way out.
      returned: when RV(project.state) is not V(seen)
      type: str
      sample: no compose file in /srv/assistant; set parity_compose_files
    directory:
      description: The project's directory.
      returned: when seen
      type: str
      sample: /srv/assistant
    compose_files:
      description: The main compose files, in Compose's order.
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
      description: By path, the roles a file plays, its redacted text, or the problem with reading it.
      returned: when seen
      type: dict
      sample: {/srv/assistant/.env: {roles: [project], text: "DEBUG=true\n", problem: null, missing: false}}
    unread:
      description: What was left out of a project that was seen, a sentence each.
      returned: when seen
      type: list
      elements: str
    paths:
      description: By path, what stands where compose files name bind sources, build contexts, secrets and configs.
      returned: when seen
      type: dict
      sample: {/srv/assistant/nginx.conf: file, /srv/assistant/certs: missing}
config:
  description: The configurations of nginx and Loki, as their containers have them or, where none runs, would have them.
  returned: always
  type: dict
  contains:
    state:
      description: V(seen) or V(unseen).
      returned: when asked
      type: str
      sample: seen
    found:
      description:
        - One entry a container, with C(kind), C(container), C(service), the path of the C(main) file, the redacted
          text of all C(files) that it reads, and in C(unread) what could not be read.
        - Of an nginx that was asked for it, C(test) is what C(nginx -t) said, with C(how) it was run (V(exec),
          V(throw-away), or empty, then C(why) not), its exit C(code), C(output) and the C(version) of nginx.
        - Where no container runs, C(container) is empty, C(in_image) names what lies in the image, and C(assumed) says
          that nginx's own main file stands for the image's.
      returned: when seen
      type: list
      elements: dict
      sample: [{kind: nginx, container: assistant-nginx-1, service: nginx, main: /etc/nginx/nginx.conf, files: {}}]
oauth:
  description: Where each of O(oauth_authorize) sends a user.
  returned: always
  type: list
  elements: dict
  sample: [{provider: google, url: "http://127.0.0.1:8000/auth/google/login", status: 302, location: {}, reason: ""}]
health:
  description: How the services answer for themselves; empty where nothing runs.
  returned: always
  type: dict
  contains:
    state:
      description: V(seen), V(absent) (no engine) or V(unseen) (the engine could not be asked).
      returned: when asked
      type: str
      sample: seen
    reason:
      description: Why nothing was asked.
      returned: when RV(health.state) is not V(seen)
      type: str
      sample: there is no Docker Engine at /var/run/docker.sock
    probes:
      description:
        - One entry a question, with C(service), C(container), C(kind), its C(target) (a port of the container with a
          path, or the name of a command), its C(state) (V(ok), V(failed) or V(unknown)), a C(reason) and C(seconds).
        - C(facts) holds what the service said, such as C(health) (its JSON without secrets), C(targets),
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

import os

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.parity_host.gather import host


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
            "show": {"type": "list", "elements": "str", "default": []},
            "log_patterns": {"type": "list", "elements": "str", "default": []},
            "key": {"type": "str", "required": True, "no_log": True},
        },
        supports_check_mode=True,
    )
    key = module.params.pop("key")
    public = host.Public(*map(module.params.pop, host.Public._fields))
    module.exit_json(changed=False, **host.gather(host.GatherOptions(**module.params), key, dict(os.environ), public))


if __name__ == "__main__":
    main()
