#!/usr/bin/python
"""Module: read the files of a service sealed, or replace and verify them, with rollback."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: parity_remedy
short_description: Replace a service's configuration files, verified before and after, with rollback
description:
  - Works on files that a container reads from its host. Their paths on the host come from the container's own bind
    mounts. Files in an image or a volume can be read; changing them is refused.
  - With O(state=read), returns the files sealed (each secret and each comment is replaced by a token) and changes
    nothing.
  - With O(state=repaired), takes sealed text, restores what the tokens stand for on the host, and replaces the files.
    They are tested before any live file is replaced. Each file is replaced atomically; the old one is kept next to it
    under a hidden name, with owner, mode and extended attributes. The service is reloaded or restarted and verified. On
    any failure everything is rolled back and verified again.
  - A run that is killed leaves a journal next to the files. The next run rolls back from it and reports that.
version_added: "0.1.0"
options:
  state:
    description: Whether the files are read or replaced.
    type: str
    choices: [read, repaired]
    default: read
  kind:
    description: The program that reads the files.
    type: str
    choices: [loki, nginx]
    required: true
  container:
    description: Id or name of its container; empty if none runs, and O(service) is set instead.
    type: str
    required: true
  service:
    description: The service of the Compose project that mounts the files; for services without a container.
    type: str
    default: ""
  project:
    description: >-
      The project's C(directory), C(compose_files) and C(env_files), as returned by C(parity_stack_info); for services
      without a container.
    type: dict
    default: {}
  files:
    description: Its files, including unchanged ones, since an interrupted run may have left something in their folders.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: The path in the container.
        type: str
        required: true
      digest:
        description:
          - Digest of the file as returned by C(parity_stack_info) or O(state=read) for the same O(key). Any other file
            is refused.
        type: str
        default: ""
      sealed:
        description: The new text, planned from the sealed one; omit it for a file that is not changed.
        type: str
  trial:
    description: Whether the files are first tested in a temporary container of the same image.
    type: bool
    default: true
  push:
    description: Whether a test line is pushed to the running Loki and queried.
    type: bool
    default: true
  timeout:
    description: Seconds for each check.
    type: float
    default: 90.0
  docker_host:
    description: Address of the engine, as in E(DOCKER_HOST). If empty, found as the docker command finds it.
    type: str
    default: ""
  key:
    description: Key for this run's fingerprints, the same for all of its tasks.
    type: str
    required: true
attributes:
  check_mode:
    description: Changes nothing; neither the test nor the service is run.
    support: full
  diff_mode:
    description: Shows the change with secrets and comments hidden.
    support: full
author:
  - The Parity engineers (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Read the configuration sealed
  parity_remedy:
    kind: loki
    container: assistant-loki-1
    files: [{path: /etc/loki/config.yaml}]
    key: "{{ __gather_key }}"
  register: __read

- name: Migrate it
  parity_remedy:
    state: repaired
    kind: loki
    container: assistant-loki-1
    files:
      - path: /etc/loki/config.yaml
        digest: "{{ __read.files['/etc/loki/config.yaml'].digest }}"
        sealed: "{{ (__read.files['/etc/loki/config.yaml'].sealed | loki_migrate('3.4.3')).text }}"
    key: "{{ __gather_key }}"
"""

RETURN = r"""
outcome:
  description:
    - V(read), V(changed), V(unchanged), V(refused) (nothing was changed), V(restored) (it failed and was rolled back
      completely), or V(broken) (it failed and the rollback is incomplete; RV(said) lists which file is where).
  returned: always
  type: str
  sample: changed
said:
  description: What was done and what was not, one sentence each.
  returned: always
  type: list
  elements: str
  sample: ["the service runs with it, and was proved"]
step:
  description: The step at which it failed, if it failed.
  returned: with O(state=repaired)
  type: str
  sample: taking
output:
  description: What the program printed if it rejected the files; C(remedy_plan) continues from there.
  returned: with O(state=repaired)
  type: str
  sample: 'nginx: [emerg] host not found in resolver "dns" in /etc/nginx/conf.d/default.conf:3'
backups:
  description: The backups next to the files.
  returned: with O(state=repaired)
  type: list
  elements: str
  sample: [/srv/loki/.config.yaml.parity-20261124T083000Z.bak]
files:
  description:
    - By path in the container, C(host_path) (empty if the file is not on the host; C(elsewhere) then names the place),
      C(sealed) text and C(digest).
      C(kept) is true if the running container still has an older file that was replaced on the host since it started.
  returned: with O(state=read)
  type: dict
  sample: {/etc/loki/config.yaml: {host_path: /srv/loki/config.yaml, elsewhere: "", sealed: "{}", digest: 5d41}}
unfinished:
  description: What interrupted runs left in the folders of the files, one sentence each.
  returned: with O(state=read)
  type: list
  elements: str
"""

import os

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.parity_host.remedy import register, remedy, stopping


def main() -> None:
    """Run the module."""
    stopping.by_exception()
    module = AnsibleModule(
        argument_spec={
            "state": {"type": "str", "choices": ["read", "repaired"], "default": "read"},
            "kind": {"type": "str", "choices": sorted(register.KINDS), "required": True},
            "container": {"type": "str", "required": True},
            "service": {"type": "str", "default": ""},
            "project": {"type": "dict", "default": {}},
            "files": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "path": {"type": "str", "required": True},
                    "digest": {"type": "str", "default": ""},
                    "sealed": {"type": "str"},
                },
            },
            "trial": {"type": "bool", "default": True},
            "push": {"type": "bool", "default": True},
            "timeout": {"type": "float", "default": 90.0},
            "docker_host": {"type": "str", "default": ""},
            "key": {"type": "str", "required": True, "no_log": True},
        },
        supports_check_mode=True,
    )
    key, state = module.params.pop("key"), module.params.pop("state")
    asked = remedy.RemedyOptions(**module.params)
    if state == "read":
        found = remedy.read(asked, key, dict(os.environ))
        module.exit_json(changed=False, outcome=found.pop("state"), **found)
    done = remedy.repair(asked, key, dict(os.environ), module.check_mode)
    outcome = done.pop("state")
    if outcome in ("changed", "unchanged"):
        module.exit_json(changed=outcome == "changed", outcome=outcome, **done)
    module.fail_json(msg=". ".join(done["said"]), outcome=outcome, **done)


if __name__ == "__main__":
    main()
