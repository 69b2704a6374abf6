"""What Loki says of a file that its parser accepts, part by part."""
