"""Moving a configuration to another Loki release: mechanical steps are done, the rest is said with its lines."""
