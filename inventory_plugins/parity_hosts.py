"""Inventory plugin: environments and where they are, in one line."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from ansible.plugins.inventory import BaseInventoryPlugin

try:
    import parity  # noqa: F401
except ModuleNotFoundError as error:
    if error.name != "parity":
        raise
    # Ansible runs this file alone and puts no folder of a checkout on Python's path.
    sys.path.append(str(Path(__file__).resolve().parents[1] / "src"))

from parity.preflight import short_inventory

DOCUMENTATION = r"""
---
name: parity_hosts
short_description: Environments and where they are, in one line
description:
  - Reads an inventory source of the form C(environment=where,environment=where). Each environment becomes a group, and
    O(ignore:parity_environments) lists them in this order.
  - C(local) is the stack that runs on this machine; C(local:/srv/app) also names the project's folder.
  - C(deploy@server.example.org:2222:/srv/app) is the stack on that server, over SSH. User, port and folder can be left
    out. An IPv6 address is written in brackets.
  - C(./checkout) is a folder whose files are audited without a running stack;
    C(./app/compose.yml+./app/compose.prod.yml) names the compose files.
  - C(reports/latest/snapshots/dev.json) is a recorded snapshot.
  - An environment that is named more than once has several hosts.
  - Policy and waivers are looked up in the current folder.
version_added: "0.1.0"
options: {}
requirements:
  - enabled in ansible.cfg (Parity's ansible.cfg enables it)
"""

EXAMPLES = r"""
# ansible-playbook -i dev=local,prod=deploy@server.example.org:/srv/app audit.yml
# ansible-playbook -i dev=./checkout,prod=./checkout/compose.prod.yml audit.yml
# ansible-playbook -i last=reports/2026-11-20T06-00-00Z/snapshots/prod.json,prod=deploy@server.example.org audit.yml
"""


class InventoryModule(BaseInventoryPlugin):
    """Turns the line into groups, hosts and their variables."""

    NAME = "parity_hosts"

    def verify_file(self, path: str) -> bool:
        """Return whether the source has this plugin's form."""
        return short_inventory.is_short(_line(path))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Fill the inventory. What is wrong with the line is left for Parity's check of the setup to report.

        Ansible would go on to its own plugins, which take the line for names of hosts.
        """
        super().parse(inventory, loader, path, cache)
        folder = Path.cwd()
        try:
            hosts = short_inventory.read(_line(path), folder)
        except short_inventory.ShortInventoryError as error:
            inventory.set_variable("all", "__inventory_problems", [f"Inventory: {error}"])
            return
        earlier = inventory.groups["all"].get_vars().get("parity_environments", [])
        environments = list(dict.fromkeys([*earlier, *(host.environment for host in hosts)]))
        inventory.set_variable("all", "parity_environments", environments)
        for host in hosts:
            inventory.add_group(host.environment)
            inventory.add_host(host.name, host.environment)
            # Policy and waivers are next to the inventory, which is no file here.
            for name, value in {**host.variables, "inventory_dir": str(folder)}.items():
                inventory.set_variable(host.name, name, value)
            if host.variables.get("ansible_connection") == "local":
                inventory.set_variable(host.name, "ansible_python_interpreter", sys.executable)


def _line(path: str) -> str:
    """Return the source as it was given: of one without a comma, Ansible makes a path below the current folder."""
    return path if "," in path else os.path.relpath(path)
