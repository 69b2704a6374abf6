"""Whether nginx accepts a configuration, in nginx's own words."""
