"""What Parity understands of programs; nothing in here knows of stacks or environments."""
