#!/usr/bin/python
"""Documentation of the action `parity_report`, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: parity_report
short_description: Write the reports of an audit
description:
  - Renders every template of C(templates/) from one set of findings and writes them, with C(findings.json) and the
    snapshots, to a folder named for the time; C(latest) beside it points to it.
  - The folder appears whole or not at all.
  - One task instead of one M(ansible.builtin.template) a file, since each of those costs more than the whole audit may.
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
    description: The folder in which the report's folder is made.
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
  description: The lines that a terminal shows last.
  returned: always
  type: list
  elements: str
  sample: ["Parity: dev and prod: 3 high; 12 differences are meant."]
"""
