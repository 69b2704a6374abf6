"""Pages that are generated from data (`make docs`)."""
