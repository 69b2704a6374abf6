#!/usr/bin/python
"""Documentation of the action `parity_record`, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: parity_record
short_description: Make one snapshot of each environment
description:
  - Takes what the role C(gather) registered on every host of each environment, renders the Compose files with the real
    Compose, and combines the result into one snapshot per environment.
  - If a group sets C(parity_replay), the snapshot in that file is used instead of its hosts.
  - Runs on the controller. Compose never opens a file of the controller, whatever a host's Compose files name.
version_added: "0.1.0"
options:
  environments:
    description: The groups that are environments, in the order of the report.
    type: list
    elements: str
    required: true
  production:
    description: Which of them are production. If empty, those with C(prod) or C(live) in their name.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    description: Runs the same in check mode, because it changes nothing.
    support: full
author:
  - The Parity engineers
"""

EXAMPLES = r"""
- name: Record what was gathered
  parity_record:
    environments: [dev, prod]
  register: __report_recorded
"""

RETURN = r"""
snapshots:
  description: One snapshot per environment, in the given order; docs/record-and-replay.md describes the format.
  returned: always
  type: list
  elements: dict
  sample: [{schema: 1, environment: prod, production: true, taken: "2026-11-23T22:50:00Z", hosts: {}}]
replayed:
  description: The environments whose snapshot was read from C(parity_replay).
  returned: always
  type: list
  elements: str
  sample: [prod]
"""
