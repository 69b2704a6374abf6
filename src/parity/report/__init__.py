"""From findings to files and to the terminal. Nothing in here decides anything."""
