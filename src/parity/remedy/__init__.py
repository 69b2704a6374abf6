"""What remedies need on the controller: targets, plans, values."""
