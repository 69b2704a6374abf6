"""A refused connection in nginx's log is explained by the port that nginx has wrong, where it has one wrong."""

from __future__ import annotations

from typing import Any

import pytest
import rule_examples

LINE = (
    "2026/11/24 02:59:27 [error] 55#55: *1 connect() failed (111: Connection refused) while connecting to upstream, "
    'client: 127.0.0.1, server: , request: "GET / HTTP/1.1", upstream: "http://172.20.0.3:{port}/", host: "localhost"'
)


@pytest.mark.parametrize(("port", "cause"), [("9000", "nginx.upstream-port/nginx/api:9000@prod"), ("8000", "")])
def test_a_refused_upstream_is_explained_by_its_wrong_port(tmp_path, port, cause):
    api = {"command": ["uvicorn", "main:app", "--port", "8000"]}
    example: dict[str, Any] = {
        "dev": {"containers": {"nginx": {}, "api": api}, "server": "location / { proxy_pass http://api:8000; }"},
        "prod": {
            "containers": {"nginx": {"log_tail": [LINE.format(port=port)]}, "api": api},
            "server": f"location / {{ proxy_pass http://api:{port}; }}",
        },
        "broken": {},
    }
    found = rule_examples.findings(example, "broken", tmp_path)
    assert found["logs.nginx-upstream-refused/nginx@prod"]["caused_by"] == cause
