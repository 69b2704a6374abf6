"""What logs say, by signature."""
