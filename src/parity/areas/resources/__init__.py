"""What containers take of their host, and what the hosts themselves have."""
