"""The grammar of env files."""
