#!/usr/bin/python
"""Module: keys that an env file lacks, added with values that somebody gave, proved, or every byte left."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: parity_env_file
short_description: Add the keys that an env file lacks, where its template has them
description:
  - Each key is put behind the one that stands before it in the template. Its value is written so that Compose reads
    back just that; all that the file had keeps its bytes. Without a value, or with a placeholder for one, a key is left
    to the owner, with the line to add.
  - The file is replaced in one step, and what was there is kept beside it under a hidden name, with owner, mode and
    extended attributes. On any failure everything is put back.
version_added: "0.1.0"
options:
  path:
    description: The env file.
    type: path
    required: true
  template:
    description: The file that names all keys in their order; none when empty.
    type: str
    default: ""
  digest:
    description: What C(parity_stack_info) told of the file under the same O(key). Another file is refused.
    type: str
    default: ""
  keys:
    description: The keys that it should have.
    type: list
    elements: str
    required: true
  values:
    description: The values of keys. They are never shown.
    type: dict
    default: {}
  refused:
    description: Keys that are left to the owner whatever value is given, with the reason of each.
    type: dict
    default: {}
  project_files:
    description: The project's own env files, whose values stand in the file for C(${NAME}).
    type: list
    elements: path
    default: []
  directory:
    description: The project's folder. A link is followed within the folder above it alone; not at all when empty.
    type: str
    default: ""
  mark:
    description: Whether a comment stands in the place of each key that is left to the owner, until it has a value.
    type: bool
    default: false
  recreate:
    description: >-
      Whether the containers that were made from the file are made anew by the host's own Docker Compose, as part of the
      change: when they do not run with it, the file is put back, and they are made from that again.
    type: bool
    default: false
  project:
    description: The Compose project whose containers read the file; for O(recreate=true).
    type: str
    default: ""
  services:
    description: Its services that are known to read the file. Which others do, Compose tells; for O(recreate=true).
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
    description: Key of this run's fingerprints, the same for all of its tasks.
    type: str
    required: true
attributes:
  check_mode:
    description: Touches nothing.
    support: full
  diff_mode:
    description: Shows the change with secrets and comments hidden.
    support: full
author:
  - The Parity engineers
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
    V(changed), V(unchanged), V(refused) (nothing was touched), V(restored) (it failed and every byte was put back), or
    V(broken) (it failed and not all could be put back; what is where is said).
  returned: always
  type: str
  sample: changed
said:
  description: What was done and what not, a sentence each.
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
  description: The keys for which a comment was put in.
  returned: always
  type: list
  elements: str
there:
  description: The keys that it had already.
  returned: always
  type: list
  elements: str
left:
  description: What is left to the owner, a sentence each, with the line to add.
  returned: always
  type: list
  elements: str
unfinished:
  description: Whether a run that was cut off had left something; it is undone but in check mode.
  returned: always
  type: bool
  sample: false
before:
  description: The file's redacted text before.
  returned: always
  type: str
  sample: "MODE=fast\n"
after:
  description: Its redacted text afterwards.
  returned: always
  type: str
  sample: "MODE=fast\n"
backups:
  description: What was kept beside the file.
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
    # They are returned nowhere. Ansible would hide each of them wherever it stands: a `1` in every path and name.
    values = {str(name): value for name, value in module.params.pop("values").items()}
    module.no_log_values = {one for one in module.no_log_values if len(str(one)) >= _HIDDEN_LENGTH}
    done = env.repair(env.EnvFileOptions(values=values, **module.params), key, dict(os.environ), module.check_mode)
    outcome = done.pop("state")
    if outcome in ("changed", "unchanged"):
        module.exit_json(changed=outcome == "changed", outcome=outcome, **done)
    module.fail_json(msg=". ".join(done["said"]), outcome=outcome, **done)


if __name__ == "__main__":
    main()
