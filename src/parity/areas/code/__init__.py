"""Git checkouts: what is in no commit, and how the environments' commits follow one another."""
