"""Where scalars are in a YAML text, without a YAML library."""
