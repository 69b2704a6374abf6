"""Environment variables, env files and their templates."""
