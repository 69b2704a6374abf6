"""Two models compared by meaning."""
