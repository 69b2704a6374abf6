"""Remedies: the only code that changes a host."""
