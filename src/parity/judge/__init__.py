"""From differences to findings: severity, causes, waivers, gate, history, next steps. Pure."""
