"""Certificates and the public half of keys."""
