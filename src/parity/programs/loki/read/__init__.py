"""A Loki configuration as Loki reads it: expanded, decoded, with the defaults of its release."""
