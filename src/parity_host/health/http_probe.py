"""One GET request to one address, bounded in time, header and body. No name is looked up, no redirect leaves."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from typing import Any, Dict, NamedTuple, Tuple
from urllib.parse import urljoin, urlsplit

BODY_LIMIT_BYTES = 256 * 1024
HEAD_LIMIT_BYTES = 64 * 1024
# By it an audit knows the lines that it left in an access log.
USER_AGENT = "Parity-Audit"
_MOST_REDIRECTS = 2
_REDIRECTS = (301, 302, 303, 307, 308)
_KEPT_HEADERS = ("content-type", "location")


class Address(NamedTuple):
    """Where to connect: an IP address and a port, and the name to ask TLS for, where there is one.

    `published` says that it is a port of the host.
    """

    ip: str
    port: int
    tls: bool = False
    published: bool = True
    name: str = ""


class HttpAnswer(NamedTuple):
    """What came back. `whole` is false when the body was longer than what was read of it."""

    status: int
    headers: Dict[str, str]
    body: bytes
    whole: bool
    seconds: float


class NoAnswerError(Exception):
    """Nothing came back that is HTTP; the message is a sentence's end for the report."""


class ClosedError(NoAnswerError):
    """The connection was taken and closed before anything came back, as `return 444` of nginx does on purpose."""


class UnreachableError(NoAnswerError):
    """There is no way to the address from this host, or what stands there speaks something else: nothing is known."""


class Bounded(io.RawIOBase):
    """What a socket sends, up to a number of bytes and a moment: http.client bounds neither."""

    def __init__(self, sock: socket.socket, deadline: float, limit: int) -> None:
        """Take the moment as `time.monotonic` counts."""
        self._sock = sock
        self._deadline = deadline
        self._left = limit

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what there is; raises socket.timeout when it is too late."""
        if self._left <= 0:
            return 0
        self._sock.settimeout(_left(self._deadline))
        count = self._sock.recv_into(buffer, min(len(buffer), self._left))
        self._left -= count
        return count


class SocketLike:
    """What http.client takes for a socket."""

    def __init__(self, stream: Bounded) -> None:
        """Take what is read."""
        self._stream = stream

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what is read."""
        return io.BufferedReader(self._stream)


def get(address: Address, target: str, host: str, deadline: float, limit: int = BODY_LIMIT_BYTES) -> HttpAnswer:
    """Return the answer to GET `target` (path and query) with the Host header `host`.

    At most `limit` bytes of the body are read. A redirect is followed only to the same address. Raises NoAnswerError.
    """
    started = time.monotonic()
    for _ in range(_MOST_REDIRECTS):
        answer = _once(address, target, host, deadline, limit)
        onward = _onward(address, target, host, answer)
        if not onward:
            break
        target = onward
    else:
        answer = _once(address, target, host, deadline, limit)
    return answer._replace(seconds=time.monotonic() - started)


def _onward(address: Address, target: str, host: str, answer: HttpAnswer) -> str:
    """Return the path that a redirect to the very same address names, else an empty text."""
    if answer.status not in _REDIRECTS or not answer.headers.get("location"):
        return ""
    scheme = "https" if address.tls else "http"
    here = "%s://%s" % (scheme, host)
    try:
        parts = urlsplit(urljoin(here + target, answer.headers["location"]))
        port, own = parts.port, urlsplit(here).port
    except ValueError:
        return ""
    default = 443 if address.tls else 80
    same = (parts.scheme, parts.hostname, port or default) == (scheme, urlsplit(here).hostname, own or default)
    onward = (parts.path or "/") + ("?" + parts.query if parts.query else "")
    return onward if same and onward != target and onward.isascii() and onward.isprintable() else ""


def _once(address: Address, target: str, host: str, deadline: float, limit: int) -> HttpAnswer:
    shown = "%s:%d" % (address.ip, address.port)
    sock = _connect(address, shown, deadline)
    try:
        sock.settimeout(_left(deadline))
        sock.sendall(_request(target, host))
        response = http.client.HTTPResponse(SocketLike(Bounded(sock, deadline, HEAD_LIMIT_BYTES + limit)))  # type: ignore[arg-type]
        response.begin()
        headers = {name: str(response.getheader(name) or "")[:2048] for name in _KEPT_HEADERS}
        try:
            body = response.read(limit + 1)
        except http.client.IncompleteRead as error:
            body = error.partial
        return HttpAnswer(response.status, headers, body[:limit], len(body) <= limit, 0.0)
    except socket.timeout:
        raise NoAnswerError("connected to %s, but no response in time" % shown) from None
    except (http.client.BadStatusLine, http.client.UnknownProtocol) as error:
        if isinstance(error, http.client.RemoteDisconnected):
            raise ClosedError("%s closes the connection without a response" % shown) from None
        raise UnreachableError("%s does not speak HTTP" % shown) from None
    except http.client.HTTPException as error:
        raise NoAnswerError("invalid HTTP response from %s: %s" % (shown, type(error).__name__)) from None
    except OSError as error:
        raise NoAnswerError("%s closes the connection: %s" % (shown, _why(error))) from None
    except ValueError:
        raise NoAnswerError("invalid HTTP response from %s" % shown) from None
    finally:
        sock.close()


def _connect(address: Address, shown: str, deadline: float) -> socket.socket:
    try:
        sock = socket.create_connection((address.ip, address.port), timeout=_left(deadline))
    except socket.timeout:
        if address.published:
            raise NoAnswerError("connecting to %s timed out" % shown) from None
        raise UnreachableError("%s cannot be reached from the host, and its port is not published" % shown) from None
    except ConnectionRefusedError:
        raise NoAnswerError("connection to %s refused" % shown) from None
    except OSError as error:
        raise UnreachableError("%s cannot be reached from the host: %s" % (shown, _why(error))) from None
    if not address.tls:
        return sock
    try:
        sock.settimeout(_left(deadline))
        return _tls_context().wrap_socket(sock, server_hostname=address.name or None)
    except (OSError, ValueError) as error:
        sock.close()
        raise UnreachableError("TLS handshake with %s failed: %s" % (shown, _why(error))) from None


def _tls_context() -> ssl.SSLContext:
    """Return a context that trusts any certificate: the address is the stack's own, and its name is not `localhost`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _request(target: str, host: str) -> bytes:
    lines = (
        "GET %s HTTP/1.1" % target,
        "Host: %s" % host,
        "User-Agent: " + USER_AGENT,
        "Accept: */*",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\nAccept-Encoding: identity\r\n\r\n").encode("ascii", "replace")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise socket.timeout
    return left


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None)
    return str(reason or type(error).__name__)


def parse_url(url: str) -> Tuple[str, str, int, str]:
    """Return scheme, host, port, and path with query of an HTTP URL; raises ValueError for any other text."""
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("not a URL")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an HTTP URL")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return parts.scheme, parts.hostname, port, (parts.path or "/") + ("?" + parts.query if parts.query else "")
