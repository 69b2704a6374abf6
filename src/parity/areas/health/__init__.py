"""How services answer when they are probed."""
