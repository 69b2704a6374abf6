"""Snapshots side by side: stacks, which services belong together, which names resolve."""
