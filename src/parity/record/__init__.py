"""From what hosts sent to a snapshot: rendered by Compose, versioned, without secrets."""
