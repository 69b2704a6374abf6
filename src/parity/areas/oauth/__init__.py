"""OAuth clients, secrets and redirect URIs."""
