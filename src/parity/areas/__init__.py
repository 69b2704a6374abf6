"""One folder an area; `register.py` lists them in the order of the report. No area imports another."""
