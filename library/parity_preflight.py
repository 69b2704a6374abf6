#!/usr/bin/python
"""Documentation of the action `parity_preflight`, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: parity_preflight
short_description: Check the inventory, the variables, the tags, and what a user wrote of policy
description:
  - Fails with a sentence for each mistake, so that nothing runs on a host with a mistyped name.
  - Runs on the controller and changes nothing.
version_added: "0.1.0"
options:
  environments:
    description: The groups that are environments.
    type: raw
    required: true
  inventory_problems:
    description: What an inventory plugin found wrong; the groups are not checked then.
    type: list
    elements: str
    required: true
  hosts:
    description: The hosts that C(--limit) keeps.
    type: list
    elements: str
    required: true
  tags:
    description: The tags that were passed to Ansible.
    type: list
    elements: str
    required: true
  skip_tags:
    description: The tags that were passed to Ansible to skip.
    type: list
    elements: str
    required: true
  prefixes:
    description: The prefixes with which the names of the remedies are tags.
    type: list
    elements: str
    required: true
  remedies:
    description: The playbook that imports the plays of the remedies.
    type: path
    required: true
  policy:
    description: The user's policy, or an empty string.
    type: str
    required: true
  waivers:
    description: The user's waivers, or an empty string.
    type: str
    required: true
  signatures:
    description: Log signatures in addition to the built-in ones; C(docs/signatures.md) describes the keys.
    type: list
    elements: dict
    required: true
  fail_on_areas:
    description: Thresholds per area, as a mapping of area to severity or never.
    type: dict
    required: true
attributes:
  check_mode:
    description: Runs the same in check mode, because it changes nothing.
    support: full
author:
  - The Parity engineers (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Check the setup
  parity_preflight:
    environments: [dev, prod]
    inventory_problems: []
    hosts: "{{ ansible_play_hosts_all }}"
    tags: "{{ ansible_run_tags }}"
    skip_tags: "{{ ansible_skip_tags }}"
    prefixes: ["", remedy_]
    remedies: playbooks/remedies.yml
    policy: ""
    waivers: ""
    signatures: []
    fail_on_areas: {}
  register: __preflight
"""

RETURN = r"""
log_patterns:
  description:
    - Of every log signature, the user's first, its pattern and what shows that its fault is over. Hosts show of a log's
      line what is public - the words of these messages, and the names that they speak of.
  returned: success
  type: list
  elements: str
"""
