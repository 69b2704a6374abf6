"""Whether a Loki starts with a configuration, in Loki's own words."""
