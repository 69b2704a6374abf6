#!/usr/bin/python
"""Fact module: what the Docker Engine knows of one Compose project."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: parity_engine_info
short_description: Describe every container of a Compose project
description:
  - Asks the Docker Engine of the host, with GET requests only, for the containers of one Compose project.
  - No secret leaves the host. Secret parts of values are replaced by keyed fingerprints.
  - Never fails for what a host may be like. What could not be seen is said in RV(state) and RV(reason).
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
        there is looked at; RV(state) is V(absent) when there is none.
    type: str
    default: ""
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
- name: Describe the containers of the stack
  parity_engine_info:
    project: personal_assistant_prod
    key: "{{ __gather_key }}"
  register: __gather_engine
"""

RETURN = r"""
state:
  description:
    - V(seen), V(absent) (no engine, or nothing of the project in O(directory)) or V(unseen) (it could not be asked).
  returned: always
  type: str
  sample: seen
reason:
  description: Why nothing was seen, and the way out.
  returned: when RV(state) is not V(seen)
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
    - One entry a container, with state, health and its last output, exit code, restarts, ports, image, digests, limits,
      networks and aliases, mounts, restart policy, command, labels, environment and the end of its log.
  returned: when seen
  type: list
  elements: dict
  sample: [{name: personal_assistant_api_prod, service: api, state: running, restarts: 0}]
unread:
  description: What could not be read of a project that was seen, a sentence each.
  returned: when seen
  type: list
  elements: str
"""

import os

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.parity_host import containers
from ansible.module_utils.parity_host.module import KEY_ARGUMENT, guarded


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "project": {"type": "str", "default": ""},
            "directory": {"type": "str", "default": ""},
            "environment_name": {"type": "str", "default": ""},
            "docker_host": {"type": "str", "default": ""},
            "log_lines": {"type": "int", "default": 40},
            "key": KEY_ARGUMENT,
        },
        supports_check_mode=True,
    )
    asked = module.params
    wanted = containers.Asked(
        asked["docker_host"], asked["project"], asked["directory"], asked["environment_name"], asked["log_lines"]
    )
    facts = guarded(asked["key"], lambda redactor: containers.gather(wanted, dict(os.environ), redactor))
    module.exit_json(changed=False, **facts)


if __name__ == "__main__":
    main()
