"""Compose files on a host, as far as redacting and choosing files needs them."""
