"""The directives that have a check of their own, a file for each subject."""
