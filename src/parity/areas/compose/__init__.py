"""Compose files: what they declare differently, and what runs differently from what they declare."""
