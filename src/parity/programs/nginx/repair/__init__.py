"""Repairs of nginx configurations: one module for each family of faults, `table.py` says which repairs which."""
