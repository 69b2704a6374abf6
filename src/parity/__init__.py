"""Parity: how far two environments of one Docker Compose application have drifted apart."""
