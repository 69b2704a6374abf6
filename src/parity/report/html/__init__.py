"""`report.html`: derived in Python, placed by templates."""
