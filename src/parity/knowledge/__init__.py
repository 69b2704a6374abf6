"""Data that people extend without reading Python, and what reads it: rules, policy, signatures, users' files."""
