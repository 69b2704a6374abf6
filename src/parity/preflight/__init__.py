"""What is wrong with an inventory before anything runs."""
