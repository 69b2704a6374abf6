"""Parity's filters: each is a name for a function of `src/parity`; its page (`.yml`) is next to this file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from ansible.errors import AnsibleTemplatePluginError

try:
    import parity  # noqa: F401
except ModuleNotFoundError as error:
    if error.name != "parity":
        raise
    # Ansible runs this file alone and puts no folder of a checkout on Python's path.
    sys.path.append(str(Path(__file__).resolve().parents[1] / "src"))

from parity.domain import plain_data
from parity.domain.findings import ParityError

# Ansible reads this file in each process that fills in a template, and most of them use none of these filters: each
# function is imported when it is called. Next to it, the errors that a user can fix and that are not a ParityError.
_FILTERS: Final[dict[str, tuple[str, tuple[type[Exception], ...]]]] = {
    "audit_explain": ("parity.report.explain:explain", ()),
    "audit_intended": ("parity.report.write:intended_differences", ()),
    "audit_notification": ("parity.report.notification:notification", ()),
    "audit_plain": ("parity.report.text:plain", ()),
    "audit_unknown": ("parity.preflight.unknown_names:unknown", ()),
    "audit_waivers": ("parity.ansible.filters:waivers", ()),
    "audit_wrong_values": ("parity.preflight.wrong_values:wrong_values", ()),
    "env_elsewhere": ("parity.remedy.env_values:env_elsewhere", ()),
    "env_target": ("parity.remedy.env_targets:env_target", ()),
    "env_unread": ("parity.remedy.env_proof:env_unread", ()),
    "log_patterns": ("parity.ansible.log_patterns:log_patterns", ()),
    "loki_check": ("parity.ansible.filters:loki_check", (ValueError,)),
    "loki_explain": ("parity.ansible.filters:loki_explain", ()),
    "loki_migrate": ("parity.ansible.filters:loki_migrate", (ValueError,)),
    "nginx_check": ("parity.ansible.filters:nginx_check", (ValueError,)),
    "nginx_explain": ("parity.ansible.filters:nginx_explain", ()),
    "nginx_repair": ("parity.ansible.filters:nginx_repair", (ValueError,)),
    "read_env_file": ("parity.ansible.filters:env_file", ()),
    "remedy_plan": ("parity.ansible.filters:remedy_plan", (ValueError,)),
    "remedy_record": ("parity.remedy.records:record", ()),
    "remedy_targets": ("parity.remedy.plan:targets", ()),
}

# Takes hostvars as it is: to convert it would fill in every variable of every host.
_LAZY: Final = frozenset({"audit_wrong_values"})


def _filter(called_as: str, where: str, mistakes: tuple[type[Exception], ...]) -> Callable[..., Any]:
    """Return a function on plain data that reports what the user can fix as Ansible's own error."""
    module, _, name = where.partition(":")
    plain: Callable[[Any], Any] = (lambda value: value) if called_as in _LAZY else plain_data.data

    def called(*args: Any, **kwargs: Any) -> Any:
        function = getattr(import_module(module), name)
        try:
            return plain_data.data(function(*map(plain, args), **{key: plain(value) for key, value in kwargs.items()}))
        except (ParityError, *mistakes) as problem:
            raise AnsibleTemplatePluginError(str(problem)) from None

    return called


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {name: _filter(name, *described) for name, described in _FILTERS.items()}
