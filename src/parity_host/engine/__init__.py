"""The Docker Engine: its API, files of containers, temporary containers."""
