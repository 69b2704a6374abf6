"""What a configuration means: servers, locations and their settings, with everything that they inherit."""
