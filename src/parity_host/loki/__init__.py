"""Loki on a host: its files, and a trial of them."""
