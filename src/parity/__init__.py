"""The domain of Parity: comparing environments, judging differences. No Ansible, no network, no clock."""
