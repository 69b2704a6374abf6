"""nginx on a host: its command line, its files, `nginx -t`."""
