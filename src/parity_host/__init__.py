"""What runs on audited hosts: the standard library only, on Python 3.8 and newer."""
