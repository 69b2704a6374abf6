"""The domain of Parity: comparing environments, judging differences. No Ansible, no network, no clock."""

from typing import Final

VERSION: Final = "0.1.0"
