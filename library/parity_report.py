#!/usr/bin/python
"""Documentation of the action `parity_report`, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: parity_report
short_description: Write the reports of an audit
description:
  - Renders every template in C(templates/) from one set of findings and writes the results, with C(findings.json) and
    the snapshots, to a folder named after the time; C(latest) next to it points to it.
  - The folder appears complete or not at all.
  - This is one task, because one M(ansible.builtin.template) task per file would take longer than the audit may.
version_added: "0.1.0"
options:
  findings:
    description: What the filter P(audit_findings#filter) returned.
    type: dict
    required: true
  snapshots:
    description: The snapshots that were audited.
    type: list
    elements: dict
    required: true
  dest:
    description: The folder in which the report's folder is created.
    type: path
    required: true
  keep:
    description: Number of most recent reports to keep; 0 keeps all.
    type: int
    default: 0
attributes:
  check_mode:
    description: Writes nothing in check mode.
    support: full
author:
  - The Parity engineers
"""

EXAMPLES = r"""
- name: Write the reports
  parity_report:
    findings: "{{ __report_recorded.snapshots | audit_findings('2026-11-23T22:50:00Z') }}"
    snapshots: "{{ __report_recorded.snapshots }}"
    dest: reports
"""

RETURN = r"""
path:
  description: The folder that was written; empty in check mode.
  returned: always
  type: str
  sample: /srv/parity/reports/2026-11-23T225000Z
summary:
  description: The lines to print last in a terminal.
  returned: always
  type: list
  elements: str
  sample: ["Parity: dev and prod: 3 high; 12 expected differences."]
"""
