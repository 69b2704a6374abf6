"""Nothing leaves a host but through here: classified, redacted, sealed."""
