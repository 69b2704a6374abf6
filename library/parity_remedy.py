#!/usr/bin/python
"""Module: the files of a service read sealed, or replaced, proved and put back when they fail."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: parity_remedy
short_description: Replace a service's configuration files, proved before and after, or leave every byte
description:
  - Works on files that a container reads from its host. Their paths on the host come from the container's own bind
    mounts; a file of an image or of a volume can be read, and a change of it is refused.
  - With O(state=read) returns the files sealed, every secret and every comment replaced by a token; changes nothing.
  - With O(state=repaired) takes sealed text that was planned from it, puts back on the host what the tokens stand for,
    and replaces the files. They are proved before any live file is touched. Each is replaced in one step, and what was
    there is kept beside it under a hidden name, with owner, mode and extended attributes. The service then takes them
    and is proved. On any failure everything is put back, and proved again.
  - A run that was killed leaves a journal beside the files. The next one puts back by it, and says so.
version_added: "0.1.0"
options:
  state:
    description: Whether the files are read, or replaced.
    type: str
    choices: [read, repaired]
    default: read
  kind:
    description: The program that reads the files, such as V(nginx).
    type: str
    required: true
  container:
    description: Id or name of its container; empty where none runs, and O(service) says whose files they are.
    type: str
    required: true
  service:
    description: The service of the Compose project that has the files; where there is no container.
    type: str
    default: ""
  project:
    description: >-
      The project's C(directory), C(compose_files) and C(env_files), as C(parity_stack_info) told them; where there is
      no container.
    type: dict
    default: {}
  files:
    description: Its files. All in whose folders a dead run may have left something, also those that stay.
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
          - What C(parity_stack_info) or O(state=read) told of the file under the same O(key). Another is refused.
        type: str
        default: ""
      sealed:
        description: The new text, planned from the sealed one; none for a file that stays.
        type: str
  trial:
    description: Whether the files are proved in a throw-away container of the same image first.
    type: bool
    default: true
  push:
    description: Whether the running Loki is given a line and asked for it.
    type: bool
    default: true
  timeout:
    description: Seconds for each proof.
    type: float
    default: 90.0
  docker_host:
    description: Address of the engine, as in E(DOCKER_HOST). If empty, found as the docker command finds it.
    type: str
    default: ""
  key:
    description: Key of this run's fingerprints, the same for all of its tasks.
    type: str
    required: true
attributes:
  check_mode:
    description: Touches nothing; neither the trial nor the service is asked.
    support: full
  diff_mode:
    description: Shows the change with secrets and comments hidden.
    support: full
author:
  - The Parity engineers
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
    - V(read), V(changed), V(unchanged), V(refused) (nothing was touched), V(restored) (it failed and every byte was put
      back), or V(broken) (it failed and not all could be put back; what is where is said).
  returned: always
  type: str
  sample: changed
said:
  description: What was done and what not, a sentence each.
  returned: always
  type: list
  elements: str
  sample: ["the service runs with it, and was proved"]
step:
  description: The step at which it failed, if it did.
  returned: with O(state=repaired)
  type: str
  sample: taking
output:
  description: What the program printed of the files, where it refused them; C(remedy_plan) goes on from there.
  returned: with O(state=repaired)
  type: str
  sample: 'nginx: [emerg] host not found in resolver "dns" in /etc/nginx/conf.d/default.conf:3'
backups:
  description: What was kept beside the files.
  returned: with O(state=repaired)
  type: list
  elements: str
  sample: [/srv/loki/.config.yaml.parity-20261124T083000Z.bak]
files:
  description:
    - By path in the container, C(host_path) (empty where it does not lie on the host, C(elsewhere) then says where),
      C(sealed) text and C(digest).
      C(kept) says that the running container keeps to another file, which was replaced on the host since its start.
  returned: with O(state=read)
  type: dict
  sample: {/etc/loki/config.yaml: {host_path: /srv/loki/config.yaml, elsewhere: "", sealed: "{}", digest: 5d41}}
unfinished:
  description: What dead runs left in the folders of the files, a sentence each.
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
