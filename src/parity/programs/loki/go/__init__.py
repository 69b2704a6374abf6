"""What Go and its YAML reader make of a text: scalars, durations, times, URLs, nodes."""
