"""nginx configurations of stacks."""
