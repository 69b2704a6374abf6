"""Services and containers: state, image, ports, limits, networks, volumes."""
