"""A Loki configuration that every 3.x release takes, to which tests add what they are about, and the day they run on."""

from __future__ import annotations

from datetime import date

TODAY = date(2026, 1, 1)
PERIOD = """\
schema_config:
  configs:
    - from: 2024-03-01
      store: tsdb
      object_store: filesystem
      schema: v13
      index:
        prefix: idx_
        period: 24h
"""
HEAD = "common:\n  path_prefix: /srv/logs\n" + PERIOD
