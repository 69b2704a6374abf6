"""Probes: how services are asked whether they work."""
