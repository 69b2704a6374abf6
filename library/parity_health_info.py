#!/usr/bin/python
"""Fact module: how the services of one Compose project answer for themselves."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: parity_health_info
short_description: Ask every service of a Compose project for its health
description:
  - Asks all services of one Compose project at once, beyond whether their containers run. Reads only.
  - Over HTTP it asks health endpoints, Prometheus, Loki, Grafana, Jaeger and nginx, at published ports or, where none
    is published, at the container's own network address. No redirect is followed to another address.
  - In their own containers it runs C(pg_isready), C(psql), C(redis-cli), and Celery's own C(ping), C(active_queues)
    and C(registered).
  - What is asked is found from the label C(parity.health), from health checks, and from images and commands.
  - No secret leaves the host. Passwords that a probe needs are taken from the container's own configuration and are
    given by the environment, never as an argument.
  - Never fails for what a host may be like. A probe that could not be made says why.
version_added: "0.1.0"
options:
  project:
    description: Name of the Compose project.
    type: str
    required: true
  docker_host:
    description:
      - Address of the engine, as in E(DOCKER_HOST).
      - When empty, E(DOCKER_HOST), the current docker context, the system socket and the rootless socket are tried.
    type: str
    default: ""
  endpoints:
    description:
      - What to ask, where it is not found, or found wrong. An entry with a O(endpoints[].url), a path or a port stands
        in the place of all HTTP addresses found for its service.
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
          - V(http), V(prometheus), V(loki), V(grafana), V(jaeger), V(nginx), V(postgres), V(redis), V(celery-worker),
            V(celery-beat), V(web), or V(none) for a service that is not to be asked.
        type: str
  timeout:
    description:
      - Seconds for one probe. Celery, which loads the application first, has three times as long, and all probes
        together four times.
    type: float
    default: 3.0
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
- name: Ask the services for their health
  parity_health_info:
    project: personal_assistant_prod
    endpoints:
      - {service: api, path: /health/overall, port: 8000}
      - {service: prometheus, path: /prometheus}
      - {service: shop, url: "https://shop.example.org/health"}
      - {service: legacy, kind: none}
    key: "{{ __gather_key }}"
  register: __gather_health
"""

RETURN = r"""
state:
  description: V(seen), V(absent) (no engine) or V(unseen) (the engine could not be asked).
  returned: always
  type: str
  sample: seen
reason:
  description: Why nothing was seen.
  returned: when RV(state) is not V(seen)
  type: str
  sample: there is no Docker Engine at /var/run/docker.sock
probes:
  description:
    - One entry a probe. RV(probes[].target) is a port of the container with its path, or the name of a command.
    - RV(probes[].state) is V(ok), V(failed) or V(unknown); the last two have a reason.
    - RV(probes[].facts) holds what the service said, such as C(health) (JSON without its secrets), C(targets),
      C(connections), C(memory_used), C(queues), C(schedule), C(version).
  returned: when seen
  type: list
  elements: dict
  sample:
    - service: postgres
      container: personal_assistant_postgres_prod
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
from ansible.module_utils.parity_host import health
from ansible.module_utils.parity_host.module import KEY_ARGUMENT, guarded


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "project": {"type": "str", "required": True},
            "docker_host": {"type": "str", "default": ""},
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
            "timeout": {"type": "float", "default": 3.0},
            "key": KEY_ARGUMENT,
        },
        supports_check_mode=True,
    )
    asked = module.params
    wanted = health.Asked(asked["docker_host"], asked["project"], asked["endpoints"], asked["timeout"])
    facts = guarded(asked["key"], lambda redactor: health.gather(wanted, dict(os.environ), redactor))
    module.exit_json(changed=False, **facts)


if __name__ == "__main__":
    main()
