"""Asks an application's own authorize endpoint where it sends users, and follows no redirect.

Only what an audit compares is returned: the status, and from the address that the answer names its host, its path, the
client id and the redirect URI. What belongs to one login (state, nonce, code_challenge) and cookies are not kept.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import threading
import time
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

from ..secrets.redact import Redactor

SECONDS = 8.0
MOST_ENDPOINTS = 20
HEAD_LIMIT_BYTES = 32 * 1024
VALUE_LIMIT = 2048
_MOST_PARAMETERS = 100
_MOST_INTERIM = 5
_PORTS = {"http": 80, "https": 443}
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: |\r|\n)")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_KEPT_AS_IS = "%/:=&?~+!$,;'@()*[]"


class _Answer(NamedTuple):
    status: int = 0
    location: str = ""
    reason: str = ""


class _NoAnswerError(Exception):
    """Nothing that can be judged came back. The message is a sentence's end for the report."""


class _Target(NamedTuple):
    scheme: str
    host: str
    port: int
    request: bytes


def probe_all(configured: Any, redactor: Redactor, seconds: float = SECONDS) -> List[Dict[str, Any]]:
    """Return what each endpoint of `parity_oauth_authorize` answered, all of them asked at once.

    `configured` is a list of mappings with `provider` and `url`. Each record has `provider`, `url`, `status` (0: none),
    `location` (empty, or `address`, `client_id`, `redirect_uri`) and `reason` (why there is no answer). It takes at
    most `seconds`, and never raises for what an endpoint or the configuration is like.
    """
    entries = [_entry(item) for item in configured[:MOST_ENDPOINTS]] if isinstance(configured, list) else []
    answers = _ask_all([url for _, url in entries], seconds)
    pairs = zip(entries, answers)  # noqa: B905 - Python 3.8
    return [_record(provider, url, answer, redactor) for (provider, url), answer in pairs]


def probe(provider: str, url: str, redactor: Redactor, seconds: float = SECONDS) -> Dict[str, Any]:
    """Return the record of one endpoint, as `probe_all` does."""
    return probe_all([{"provider": provider, "url": url}], redactor, seconds)[0]


def _entry(item: Any) -> Tuple[str, str]:
    fields = item if isinstance(item, dict) else {}
    return str(fields.get("provider", ""))[:80], str(fields.get("url", ""))[:VALUE_LIMIT]


def _ask_all(urls: Sequence[str], seconds: float) -> List[_Answer]:
    """Ask in threads of their own: looking up a name takes as long as it likes, and the audit does not wait for it."""
    deadline = time.monotonic() + seconds
    late = "no answer within %g seconds" % seconds
    answers = [_Answer(reason=late) for _ in urls]

    def ask(index: int) -> None:
        try:
            answers[index] = _ask(_target(urls[index]), deadline)
        except _NoAnswerError as error:
            answers[index] = _Answer(reason=str(error))
        except socket.timeout:
            answers[index] = _Answer(reason=late)
        except (OSError, ValueError, http.client.HTTPException) as error:
            answers[index] = _Answer(reason=_said(error))

    threads = [threading.Thread(target=ask, args=(index,), daemon=True) for index in range(len(urls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return list(answers)


def _said(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)[:200] or type(error).__name__


def _target(url: str) -> _Target:
    """Return what to connect to and what to send; raises _NoAnswerError for what is not an address of the web."""
    if not url.isprintable() or " " in url or "\\" in url:
        raise _NoAnswerError("the configured url contains an invalid character")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _NoAnswerError("the configured url is not valid") from None
    host = parts.hostname or ""
    if parts.scheme not in _PORTS or not re.fullmatch(r"[A-Za-z0-9._:-]{1,253}", host):
        raise _NoAnswerError("the configured url is not valid; it must be like http://127.0.0.1:8000/auth/google/login")
    if "@" in parts.netloc:
        raise _NoAnswerError("the configured url contains a user name; the endpoint must answer without one")
    path = quote(parts.path or "/", safe=_KEPT_AS_IS)
    query = "?" + quote(parts.query, safe=_KEPT_AS_IS) if parts.query else ""
    lines = ("GET %s%s HTTP/1.1" % (path, query), "Host: " + parts.netloc, "Accept: */*", "Connection: close", "", "")
    request = "\r\n".join(lines).encode("ascii", "replace")
    return _Target(parts.scheme, host, port or _PORTS[parts.scheme], request)


def _ask(target: _Target, deadline: float) -> _Answer:
    with socket.create_connection((target.host, target.port), _left(deadline)) as plain:
        if target.scheme == "http":
            return _talk(plain, target.request, deadline)
        # No secret is sent and none is kept, and a host that asks itself does so under another name than its
        # certificate's: whether that one is right is for the area `tls` to say.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with context.wrap_socket(plain, server_hostname=target.host) as secured:
            return _talk(secured, target.request, deadline)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise socket.timeout("late")
    return left


def _talk(connection: socket.socket, request: bytes, deadline: float) -> _Answer:
    connection.settimeout(_left(deadline))
    connection.sendall(request)
    rest = b""
    for _ in range(_MOST_INTERIM):
        head, rest = _read_head(connection, rest, deadline)
        match = _STATUS.match(head)
        if match is None:
            raise _NoAnswerError("the answer is not HTTP")
        status = int(match.group(1))
        if status >= 200:
            headers = http.client.parse_headers(io.BytesIO(head.partition(b"\n")[2]))
            return _Answer(status, str(headers.get("Location", "")))
    raise _NoAnswerError("only interim responses (1xx)")


def _read_head(connection: socket.socket, begun: bytes, deadline: float) -> Tuple[bytes, bytes]:
    """Return an answer's head and what came behind it; what follows the head is never asked for."""
    received = begun
    while True:
        end = _END_OF_HEAD.search(received)
        if end:
            return received[: end.end()], received[end.end() :]
        if len(received) > HEAD_LIMIT_BYTES:
            raise _NoAnswerError("the response headers are longer than %d bytes" % HEAD_LIMIT_BYTES)
        connection.settimeout(_left(deadline))
        more = connection.recv(8192)
        if not more:
            raise _NoAnswerError(
                "the connection was closed before a response" if not received else "the response is incomplete"
            )
        received += more


def _record(provider: str, url: str, answer: _Answer, redactor: Redactor) -> Dict[str, Any]:
    return {
        "provider": provider,
        "url": redactor.text(url),
        "status": answer.status,
        "location": _location(url, answer.location, redactor) if answer.location else {},
        "reason": redactor.text(answer.reason),
    }


def _location(url: str, location: str, redactor: Redactor) -> Dict[str, str]:
    """Return the parts of a `Location` that an audit compares, without their secrets."""
    try:
        # Bytes of UTF-8 arrive as Latin-1, as HTTP's headers are read.
        named = location.encode("latin-1", "replace").decode("utf-8", "replace")[: 4 * VALUE_LIMIT]
        parts = urlsplit(urljoin(url, named))
        port = ":%d" % parts.port if parts.port else ""
        given: Dict[str, str] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS):
            given.setdefault(name, value)
    except ValueError:
        return {"address": "(no address)", "client_id": "", "redirect_uri": ""}
    host = parts.hostname or ""
    address = "%s://%s%s%s" % (parts.scheme, "[%s]" % host if ":" in host else host, port, parts.path)
    return {
        "address": redactor.text(address)[:VALUE_LIMIT],
        "client_id": redactor.value("CLIENT_ID", given.get("client_id", "")[:VALUE_LIMIT]),
        "redirect_uri": redactor.value("REDIRECT_URI", given.get("redirect_uri", "")[:VALUE_LIMIT]),
    }
