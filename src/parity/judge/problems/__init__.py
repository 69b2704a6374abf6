"""From findings to problems: what a person would put on one ticket. Pure."""
