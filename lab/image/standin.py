"""Stand-ins for Grafana, Jaeger and Loki, whose images cannot be had where registries are out of reach.

They answer the endpoints an audit asks. The one for Loki refuses a configuration for Loki 2 in Loki 3's own words; it
knows only the fields that the lab plants.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GONE_IN_3 = {
    "shared_store": "compactor.Config",
    "max_transfer_retries": "ingester.Config",
    "enforce_metric_name": "validation.plain",
}
ANSWERS = {
    "grafana": {"/api/health": {"database": "ok", "version": "10.4.2"}},
    "jaeger": {"/": {"status": "Server available"}},
    "loki": {"/ready": "ready\n", "/metrics": 'loki_build_info{version="3.4.3"} 1\n'},
}
PORTS = {"grafana": 3000, "jaeger": 16686, "loki": 3100}


def refuse_old_loki(path: str) -> None:
    """Exit as Loki 3 does when the configuration holds a field of Loki 2."""
    wrong = []
    with open(path, encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            field = line.split(":")[0].strip()
            if field in GONE_IN_3:
                wrong.append(f"  line {number}: field {field} not found in type {GONE_IN_3[field]}")
    if wrong:
        print(f"failed parsing config: {path}: yaml: unmarshal errors:", *wrong, sep="\n", file=sys.stderr, flush=True)
        sys.exit(1)


class Handler(BaseHTTPRequestHandler):
    """Answers GET with what the table above says."""

    def do_GET(self) -> None:
        """Answer one request."""
        answer = ANSWERS[sys.argv[1]].get(self.path)
        body = answer if isinstance(answer, str) else json.dumps(answer)
        self.send_response(404 if answer is None else 200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Stay silent."""


if __name__ == "__main__":
    if sys.argv[1] == "loki":
        refuse_old_loki(sys.argv[2])
    ThreadingHTTPServer(("", PORTS[sys.argv[1]]), Handler).serve_forever()
