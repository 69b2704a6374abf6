"""What Ansible calls: filters as functions on plain data."""
