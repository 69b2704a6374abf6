#!/usr/bin/python
"""Documentation of the action `parity_audit`, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: parity_audit
short_description: Record what was gathered, judge it, and write the reports
description:
  - Makes one snapshot of each environment from what the role C(gather) registered on its hosts, with the Compose files
    rendered by the real Compose. If a group sets C(parity_replay), the snapshot in that file is used instead.
  - Compares the snapshots, judges the differences, and checks them against a threshold.
  - With O(dest), renders every template in C(templates/) from the findings and writes the results, with
    C(findings.json) and the snapshots, to a folder named after the time; C(latest) next to it points to it. The folder
    appears complete or not at all.
  - Runs on the controller. Compose never opens a file of the controller, whatever a host's Compose files name.
  - All of it is one task, because each task would load the same code and data once more.
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
  settings:
    description: How to judge.
    type: dict
    suboptions:
      fail_on:
        description: Minimum severity at which an open finding fails the audit, or V(never).
        type: str
        default: high
      fail_on_unseen:
        description: Whether the audit fails if something could not be read.
        type: bool
        default: true
      fail_on_areas:
        description: Thresholds per area, as a mapping of area to severity or V(never).
        type: dict
      fail_on_new:
        description: Whether only new and returning findings fail the audit.
        type: bool
        default: false
      policy:
        description: File with your policy; C(docs/policy.md) describes the keys.
        type: path
      waivers:
        description: File with your waivers; C(docs/policy.md) describes the keys.
        type: path
      review_days:
        description: Days until the findings are due for review.
        type: int
        default: 30
      inventories:
        description: The audited inventories, as passed to C(-i); none if ansible.cfg sets them.
        type: list
        elements: str
      renames:
        description: Services with different names in different environments, as a mapping of one name to the other.
        type: dict
      signatures:
        description: Log signatures in addition to the built-in ones; C(docs/signatures.md) describes the keys.
        type: list
        elements: dict
  dest:
    description: The folder in which the report's folder is created. If empty, no report is written.
    type: path
    default: ""
  keep:
    description: Number of most recent reports to keep; 0 keeps all.
    type: int
    default: 0
attributes:
  check_mode:
    description: Writes nothing in check mode.
    support: full
author:
  - The Parity engineers (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Compare, judge and write the reports
  parity_audit:
    environments: [dev, prod]
    settings:
      fail_on: medium
    dest: reports
"""

RETURN = r"""
snapshots:
  description: One snapshot per environment, in the given order; docs/record-and-replay.md describes the format.
  returned: without O(dest)
  type: list
  elements: dict
  sample: [{schema: 1, environment: prod, production: true, taken: "2026-11-23T22:50:00Z", hosts: {}}]
findings:
  description: The content of C(findings.json); its schema is C(schemas/findings.schema.json).
  returned: without O(dest)
  type: dict
path:
  description: The folder that was written; empty in check mode.
  returned: with O(dest)
  type: str
  sample: /srv/parity/reports/2026-11-23T225000Z
passed:
  description: Whether no open finding reaches the threshold.
  returned: with O(dest)
  type: bool
  sample: true
verdict:
  description: Why the audit passes or fails, in a sentence.
  returned: with O(dest)
  type: str
  sample: "Passed: no open finding is high or worse."
summary:
  description: The lines to print last in a terminal.
  returned: with O(dest)
  type: list
  elements: str
  sample: ["Parity: dev and prod: 3 high; 12 expected differences."]
"""
