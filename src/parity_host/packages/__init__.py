"""Which packages a container has: what package managers have written down of them, and their names in folders."""
