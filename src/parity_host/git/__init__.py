"""A Git repository as its files say: read by our own code, which runs nothing and follows nothing out of it."""
