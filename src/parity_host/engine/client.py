"""A read-only client of the Docker Engine API over a local socket or TCP, with the standard library only."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from email.message import Message
from typing import Any, Dict, Iterator, List, Optional, Tuple
from urllib.parse import quote, urlencode, urlsplit

TIMEOUT_SECONDS = 15.0
_BUSY_SECONDS = 0.02
ANSWER_LIMIT_BYTES = 8 * 1024 * 1024
DEFAULT_SOCKET = "/var/run/docker.sock"
_API_VERSION = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}\Z")


class EngineUnavailableError(Exception):
    """The engine gave no answer. The message is a sentence for the report."""


class EngineAbsentError(EngineUnavailableError):
    """There is no engine on this host at all: no socket where one would be."""


class UnusableAnswerError(EngineUnavailableError):
    """The engine answered, and not with what was asked for: of other things it may tell all the same."""


class NotFoundError(Exception):
    """The engine answered that the object does not exist (any more)."""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        ends = time.monotonic() + self.timeout if self.timeout else 0.0
        while True:
            try:
                self.sock.connect(self._path)
            except BlockingIOError:  # too many wait to be taken: with a time limit, Linux says so at once (connect(2))
                if time.monotonic() >= ends:
                    raise socket.timeout from None
                time.sleep(_BUSY_SECONDS)
            else:
                return


def find_endpoint(configured: str, environ: Dict[str, str]) -> str:
    """Return the engine's address the way the docker command finds it.

    `configured` (a `DOCKER_HOST` style address, may be empty) comes first, then DOCKER_HOST, the current docker
    context, the system socket and the rootless socket.
    Source: https://docs.docker.com/engine/manage-resources/contexts/ and https://docs.docker.com/engine/security/rootless/
    """
    if configured or environ.get("DOCKER_HOST"):
        return configured or environ["DOCKER_HOST"]
    from_context = _context_endpoint(environ)
    if from_context:
        return from_context
    rootless = os.path.join(environ.get("XDG_RUNTIME_DIR", "/nonexistent"), "docker.sock")
    if not os.path.exists(DEFAULT_SOCKET) and os.path.exists(rootless):
        return "unix://" + rootless
    return "unix://" + DEFAULT_SOCKET


def _context_endpoint(environ: Dict[str, str]) -> Optional[str]:
    folder = environ.get("DOCKER_CONFIG") or os.path.join(environ.get("HOME", ""), ".docker")
    name = environ.get("DOCKER_CONTEXT") or _read_json(os.path.join(folder, "config.json")).get("currentContext")
    if not name or name == "default":
        return None
    digest = hashlib.sha256(str(name).encode()).hexdigest()
    meta = _read_json(os.path.join(folder, "contexts", "meta", digest, "meta.json"))
    host = meta.get("Endpoints", {}).get("docker", {}).get("Host")
    return str(host) if host else None


def _read_json(path: str) -> Dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as stream:
            data = json.load(stream)
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


class Engine:
    """One Docker Engine. `get` changes nothing; `post` is for `commands` alone, which runs read-only commands."""

    def __init__(self, endpoint: str, environ: Dict[str, str]) -> None:
        """Take an address as `find_endpoint` gives it; raises EngineUnavailableError for a foreign scheme."""
        self.endpoint = endpoint
        self._environ = environ
        self._prefix = ""
        scheme = urlsplit(endpoint).scheme
        if scheme == "ssh":
            raise EngineUnavailableError(
                "the Docker address %s uses SSH; connect Ansible to that host (ansible_host), "
                "or set parity_docker_host to a socket" % endpoint
            )
        if scheme not in ("unix", "tcp", "http", "https"):
            raise EngineUnavailableError(
                "%r is not a Docker address; use unix://, tcp://, http:// or https://" % endpoint
            )

    def negotiate(self) -> Dict[str, Any]:
        """Return the engine's own `/version` answer and talk its API version from now on."""
        version = self.get("/version")
        if not isinstance(version, dict) or not _API_VERSION.match(str(version.get("ApiVersion"))):
            raise EngineUnavailableError("%s answers, but it is not a Docker Engine" % self.endpoint)
        self._prefix = "/v%s" % version["ApiVersion"]
        return version

    def get(self, path: str, /, **query: str) -> Any:
        """Return the decoded JSON answer to GET `path`."""
        try:
            return json.loads(self.get_bytes(path, **query).decode("utf-8", "replace"))
        except (ValueError, RecursionError) as error:
            raise UnusableAnswerError("%s: the answer to %s is not JSON" % (self.endpoint, path)) from error

    def get_bytes(self, path: str, /, **query: str) -> bytes:
        """Return the raw answer to GET `path`, at most ANSWER_LIMIT_BYTES of it."""
        status, body = self._ask("GET", _target(path, query), time.monotonic() + TIMEOUT_SECONDS, ANSWER_LIMIT_BYTES)
        if status == 404:
            raise NotFoundError(path)
        if status >= 400:
            raise UnusableAnswerError("%s answered %s with status %d" % (self.endpoint, path, status))
        return body

    def has(self, path: str, /, **query: str) -> bool:
        """Return whether something is there, from the answer to HEAD `path`."""
        status, _ = self._ask("HEAD", _target(path, query), time.monotonic() + TIMEOUT_SECONDS, 0)
        if status >= 400 and status != 404:
            raise EngineUnavailableError("%s answered %s with status %d" % (self.endpoint, path, status))
        return status != 404

    def header(self, name: str, path: str, /, **query: str) -> str:
        """Return a header of the answer to HEAD `path`, empty where it has none; raises NotFoundError."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        status, _, headers = self._answer("HEAD", _target(path, query), deadline, 0)
        if status == 404:
            raise NotFoundError(path)
        if status >= 400:
            raise UnusableAnswerError("%s answered %s with status %d" % (self.endpoint, path, status))
        return headers.get(name) or ""

    def post(self, path: str, body: Dict[str, Any], deadline: float, limit: int) -> Tuple[int, bytes]:
        """Return the status and the first `limit` bytes of the answer to POST `path`.

        Raises EngineUnavailableError when the answer has not ended by `deadline` (as `time.monotonic` counts).
        """
        data = json.dumps(body).encode()
        return self._ask("POST", _target(path, {}), deadline, limit, data, "application/json")

    def _ask(
        self, method: str, target: str, deadline: float, limit: int, data: Optional[bytes] = None, kind: str = ""
    ) -> Tuple[int, bytes]:
        """Return the status and the first `limit` bytes of an answer; `kind` is the media type of `data`."""
        status, body, _ = self._answer(method, target, deadline, limit, data, kind)
        return status, body

    def _answer(
        self, method: str, target: str, deadline: float, limit: int, data: Optional[bytes] = None, kind: str = ""
    ) -> Tuple[int, bytes, Message]:
        headers = {"Host": "docker", **({"Content-Type": kind} if kind else {})}
        connection = self._connect(max(deadline - time.monotonic(), 0.01))
        try:
            with _ended_at(deadline, connection):
                connection.request(method, self._prefix + target, data, headers)
                response = connection.getresponse()
                return response.status, response.read(limit), response.headers
        except (OSError, http.client.HTTPException) as error:
            raise _unavailable(self.endpoint, error) from error
        finally:
            connection.close()

    def _connect(self, timeout: float) -> http.client.HTTPConnection:
        parts = urlsplit(self.endpoint)
        if parts.scheme == "unix":
            return _UnixConnection(parts.path, timeout)
        host, port = parts.hostname or "localhost", parts.port or 2375
        if parts.scheme == "https" or self._environ.get("DOCKER_TLS_VERIFY"):
            return http.client.HTTPSConnection(host, port, timeout=timeout, context=self._tls())
        return http.client.HTTPConnection(host, port, timeout=timeout)

    def _tls(self) -> ssl.SSLContext:
        folder = self._environ.get("DOCKER_CERT_PATH") or os.path.join(self._environ.get("HOME", ""), ".docker")
        try:
            context = ssl.create_default_context(cafile=os.path.join(folder, "ca.pem"))
            context.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
        except OSError as error:
            raise EngineUnavailableError(
                "the TLS files for %s in %s cannot be read: %s" % (self.endpoint, folder, error.strerror)
            ) from error
        return context


@contextmanager
def _ended_at(deadline: float, connection: http.client.HTTPConnection) -> Iterator[None]:
    """End a connection at `deadline`, however slowly it answers: a socket's own limit is for each read.

    Raises socket.timeout then, whatever was read.
    """
    late = threading.Event()

    connection.connect()
    sock = connection.sock  # the connection forgets it once an answer without a length begins

    def end() -> None:
        late.set()
        with suppress(OSError):  # it has ended by itself
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(deadline - time.monotonic(), 0.01), end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        if late.is_set():
            raise socket.timeout from error
        raise
    finally:
        timer.cancel()
    if late.is_set():
        raise socket.timeout


def _target(path: str, query: Dict[str, str]) -> str:
    """Return an address below the engine's; the name of a file in it may be bytes that are no text.

    Raises NotFoundError for what can be no name: nothing is called so.
    """
    try:
        asked = urlencode(query, errors="surrogateescape")
        return quote(path, errors="surrogateescape") + ("?" + asked if asked else "")
    except UnicodeEncodeError:
        raise NotFoundError(path) from None


def _unavailable(endpoint: str, error: Exception) -> EngineUnavailableError:
    if isinstance(error, FileNotFoundError):
        return EngineAbsentError("no Docker Engine at %s: no such file" % endpoint)
    if isinstance(error, PermissionError):
        return EngineUnavailableError(
            "%s: permission denied; add the user to the docker group, or set ansible_become" % endpoint
        )
    if isinstance(error, ConnectionRefusedError):
        return EngineUnavailableError("%s: connection refused; the Docker Engine is not running" % endpoint)
    if isinstance(error, socket.timeout):
        return EngineUnavailableError("%s: request timed out" % endpoint)
    reason = getattr(error, "strerror", None) or type(error).__name__
    return EngineUnavailableError("%s does not answer: %s" % (endpoint, reason))


def frames(raw: bytes) -> Iterator[Tuple[int, bytes]]:
    """Yield the frames of what the engine streams of a container without a terminal: 1 is its output, 2 its errors.

    Yields nothing for the stream of a container with a terminal, which has no frames.
    Source: https://docs.docker.com/reference/api/engine/ (ContainerAttach, "Stream format").
    """
    offset = 0
    while offset + 8 <= len(raw) and raw[offset] in (0, 1, 2) and raw[offset + 1 : offset + 4] == b"\0\0\0":
        length = int.from_bytes(raw[offset + 4 : offset + 8], "big")
        yield raw[offset], raw[offset + 8 : offset + 8 + length]
        offset += 8 + length


def split_log_stream(raw: bytes) -> List[str]:
    """Return the lines of an engine's log answer, output and errors as they came."""
    chunks = [content for _, content in frames(raw)]
    return b"".join(chunks or [raw]).decode("utf-8", "replace").splitlines()
