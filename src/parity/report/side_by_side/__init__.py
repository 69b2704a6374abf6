"""`side-by-side.html` and `side-by-side.md`: how the environments compare, not only what is wrong."""
