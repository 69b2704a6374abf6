"""nginx: what it would say about a configuration, and what it said, explained."""
