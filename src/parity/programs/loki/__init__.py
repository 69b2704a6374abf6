"""Loki: would a file start the Loki that will read it, what changes it needs, and how two files differ in effect."""
