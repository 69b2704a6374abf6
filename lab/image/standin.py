"""Stand-ins for Grafana, Jaeger and Loki, whose images cannot be had where registries are out of reach.

They answer the endpoints an audit asks. The one for Loki refuses a configuration for Loki 2 in Loki 3's own words; it
knows only the fields that the lab plants. It takes lines and gives them back, whatever is asked for, and ends with
`-verify-config` when the file is good.
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
PUSHED: list[dict] = []  # the streams that Loki was given
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


def refuse_unknown_target(path: str) -> None:
    """Exit as Loki does at a start with a target that it does not have; `-verify-config` does not look at that."""
    with open(path, encoding="utf-8") as stream:
        if "target: bogus" in stream.read():
            sys.exit("error initialising module: no such module: bogus")


class Handler(BaseHTTPRequestHandler):
    """Answers GET with what the table above says."""

    def do_GET(self) -> None:
        """Answer one request."""
        answer = ANSWERS[sys.argv[1]].get(self.path)
        if sys.argv[1] == "loki" and self.path.startswith("/loki/api/v1/query_range?"):
            answer = {"status": "success", "data": {"resultType": "streams", "result": PUSHED}}
        body = answer if isinstance(answer, str) else json.dumps(answer)
        self.send_response(404 if answer is None else 200)
        self.end_headers()
        self.wfile.write(body.encode())

    def do_POST(self) -> None:
        """Take lines, as Loki does."""
        taken = sys.argv[1] == "loki" and self.path == "/loki/api/v1/push"
        if taken:
            PUSHED.extend(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["streams"])
        self.send_response(204 if taken else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay silent."""


if __name__ == "__main__":
    if sys.argv[1] == "loki":
        refuse_old_loki(sys.argv[2])
        if "-verify-config" in sys.argv:
            print("config is valid", file=sys.stderr)
            sys.exit(0)
        refuse_unknown_target(sys.argv[2])
    ThreadingHTTPServer(("", PORTS[sys.argv[1]]), Handler).serve_forever()
