#!/usr/bin/python
"""Module: add missing keys to an env file, verified, with rollback."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: parity_env_file
short_description: Add missing keys to an env file, where its template has them
description:
  - Each key is inserted after the key that precedes it in the template. Its value is quoted so that Compose reads back
    exactly that value; existing lines are not changed. A key without a value, or with a placeholder, is left to you,
    with the line to add.
  - The file is replaced atomically. The old one is kept next to it under a hidden name, with owner, mode and extended
    attributes, and is restored on any failure.
version_added: "0.1.0"
options:
  path:
    description: The env file.
    type: path
    required: true
  template:
    description: The template, which has all keys in order; none if empty.
    type: str
    default: ""
  digest:
    description: Digest of the file as returned by C(parity_stack_info) for the same O(key). Any other file is refused.
    type: str
    default: ""
  keys:
    description: The keys that the file should have.
    type: list
    elements: str
    required: true
  values:
    description: The values of the keys. They are never shown.
    type: dict
    default: {}
  refused:
    description: Keys that are not added even if they have a value, with the reason for each.
    type: dict
    default: {}
  project_files:
    description: The project's own env files, whose values the file can interpolate as C(${NAME}).
    type: list
    elements: path
    default: []
  directory:
    description: The project directory. Symbolic links are followed only within its parent; if empty, not at all.
    type: str
    default: ""
  mark:
    description: Whether a comment marks the place of each key that is left to you, until it has a value.
    type: bool
    default: false
  recreate:
    description: >-
      Whether the containers that were created from the file are recreated by the host's Docker Compose, as part of the
      change. If they do not run with the new file, the old one is restored and they are recreated from it.
    type: bool
    default: false
  project:
    description: The Compose project whose containers read the file; for O(recreate=true).
    type: str
    default: ""
  services:
    description: Its services that are known to read the file; Compose shows which others do. For O(recreate=true).
    type: list
    elements: str
    default: []
  docker_host:
    description: Address of the engine, as in E(DOCKER_HOST). If empty, found as the docker command finds it.
    type: str
    default: ""
  timeout:
    description: Seconds for the recreated containers to start and, if they have a health check, to become healthy.
    type: float
    default: 90.0
  key:
    description: Key for this run's fingerprints, the same for all of its tasks.
    type: str
    required: true
attributes:
  check_mode:
    description: Changes nothing.
    support: full
  diff_mode:
    description: Shows the change with secrets and comments hidden.
    support: full
author:
  - The Parity engineers (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Add what production lacks
  parity_env_file:
    path: /srv/shop/config/production.env
    template: /srv/shop/.env.template
    keys: [YOUTUBE_API_KEY]
    values:
      YOUTUBE_API_KEY: "{{ vault_youtube_api_key }}"
    digest: "{{ __target.digest }}"
    key: "{{ __gather_key }}"
"""

RETURN = r"""
outcome:
  description: >-
    V(changed), V(unchanged), V(refused) (nothing was changed), V(restored) (it failed and was rolled back completely),
    or V(broken) (it failed and the rollback is incomplete; RV(said) lists which file is where).
  returned: always
  type: str
  sample: changed
said:
  description: What was done and what was not, one sentence each.
  returned: always
  type: list
  elements: str
  sample: ["YOUTUBE_API_KEY was added"]
added:
  description: The keys that were added.
  returned: always
  type: list
  elements: str
  sample: [YOUTUBE_API_KEY]
marked:
  description: The keys that were marked by a comment.
  returned: always
  type: list
  elements: str
there:
  description: The keys that the file already had.
  returned: always
  type: list
  elements: str
left:
  description: What is left to you, one sentence each, with the line to add.
  returned: always
  type: list
  elements: str
unfinished:
  description: Whether an interrupted run had left something; it is rolled back, except in check mode.
  returned: always
  type: bool
  sample: false
before:
  description: The redacted text of the file before the change.
  returned: always
  type: str
  sample: "MODE=fast\n"
after:
  description: The redacted text of the file after the change.
  returned: always
  type: str
  sample: "MODE=fast\n"
backups:
  description: The backups next to the file.
  returned: always
  type: list
  elements: str
  sample: [/srv/shop/config/.production.env.parity-20261124T083000Z.bak]
"""

import os

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.parity_host.remedy import env, stopping

_HIDDEN_LENGTH = 8


def main() -> None:
    """Run the module."""
    stopping.by_exception()
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "required": True},
            "template": {"type": "str", "default": ""},
            "digest": {"type": "str", "default": ""},
            "keys": {"type": "list", "elements": "str", "required": True, "no_log": False},
            "values": {"type": "dict", "default": {}, "no_log": True},
            "refused": {"type": "dict", "default": {}},
            "project_files": {"type": "list", "elements": "path", "default": []},
            "directory": {"type": "str", "default": ""},
            "mark": {"type": "bool", "default": False},
            "recreate": {"type": "bool", "default": False},
            "project": {"type": "str", "default": ""},
            "services": {"type": "list", "elements": "str", "default": []},
            "docker_host": {"type": "str", "default": ""},
            "timeout": {"type": "float", "default": 90.0},
            "key": {"type": "str", "required": True, "no_log": True},
        },
        supports_check_mode=True,
    )
    key = module.params.pop("key")
    # They are never returned. Ansible would mask each of them wherever it occurs: a `1` in every path and name.
    values = {str(name): value for name, value in module.params.pop("values").items()}
    module.no_log_values = {one for one in module.no_log_values if len(str(one)) >= _HIDDEN_LENGTH}
    done = env.repair(env.EnvFileOptions(values=values, **module.params), key, dict(os.environ), module.check_mode)
    outcome = done.pop("state")
    if outcome in ("changed", "unchanged"):
        module.exit_json(changed=outcome == "changed", outcome=outcome, **done)
    module.fail_json(msg=". ".join(done["said"]), outcome=outcome, **done)


if __name__ == "__main__":
    main()
