#!/usr/bin/python
"""Fact module: what the files of one Compose project say."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: parity_project_info
short_description: Read the compose files, env files and env template of a Compose project
description:
  - Reads the files that make up one Compose project on the host, and the files those name.
  - No secret leaves the host. The texts that are returned still render in Compose, with secret parts replaced by keyed
    fingerprints and comments taken out.
  - Never fails for what a host may be like. What could not be read is said beside the file it concerns.
version_added: "0.1.0"
options:
  directory:
    description: The project's directory. When empty, there is nothing to read and RV(state) says so.
    type: str
    default: ""
  compose_files:
    description: Compose files in Compose's order, relative to O(directory); when empty, as Compose itself finds them.
    type: list
    elements: str
    default: []
  env_files:
    description: Env files given to Compose itself (C(--env-file)), relative to O(directory); when empty, C(.env).
    type: list
    elements: str
    default: []
  env_template:
    description: The env template, relative to O(directory); when empty, a file with a usual name beside the env files.
    type: str
    default: ""
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
- name: Read the project's files
  parity_project_info:
    directory: /srv/assistant
    compose_files: [docker-compose.prod.yml]
    env_files: [.env.prod]
    key: "{{ __gather_key }}"
  register: __gather_project
"""

RETURN = r"""
state:
  description: V(seen), V(absent) (no project directory is known) or V(unseen) (it could not be read).
  returned: always
  type: str
  sample: seen
reason:
  description: Why nothing was read, and the way out.
  returned: when RV(state) is not V(seen)
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
"""

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.parity_host import project
from ansible.module_utils.parity_host.module import KEY_ARGUMENT, guarded


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "directory": {"type": "str", "default": ""},
            "compose_files": {"type": "list", "elements": "str", "default": []},
            "env_files": {"type": "list", "elements": "str", "default": []},
            "env_template": {"type": "str", "default": ""},
            "key": KEY_ARGUMENT,
        },
        supports_check_mode=True,
    )
    asked = module.params
    wanted = project.Wanted(asked["directory"], asked["compose_files"], asked["env_files"], asked["env_template"])
    module.exit_json(changed=False, **guarded(asked["key"], lambda redactor: project.gather(wanted, redactor)))


if __name__ == "__main__":
    main()
