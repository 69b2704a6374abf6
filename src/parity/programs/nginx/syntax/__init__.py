"""The text of nginx configurations: tokens, lines, and the messages about them."""
