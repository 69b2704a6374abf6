"""The sources of an audit, each with a state and a reason of its own."""
