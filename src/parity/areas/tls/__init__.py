"""TLS settings and certificates."""
