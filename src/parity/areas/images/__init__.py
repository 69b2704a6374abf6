"""What the containers run: the content, age and base of their images."""
