"""Holds parity.nginx.check against the real nginx on mutants of valid configurations."""
