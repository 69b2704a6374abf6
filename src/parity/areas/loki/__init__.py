"""Loki configurations of stacks."""
