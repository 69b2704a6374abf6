"""What the Celery probe runs inside an application's own container, as `python -c`: Celery's own questions, asked once.

Nothing is sent but Celery's `ping`, `active_queues` and `registered`, as `celery inspect` does; no task, no change. One
process asks all of it, since each loads the whole application. Its text is sent as it is, so it imports nothing of
Parity and no more than Python 3.6 has.
"""

import contextlib
import functools
import json
import os
import socket
import sys
import time
from typing import Any, Callable, Dict, Iterator, List

MARK = "parity-celery:"
MOST_NAMES = 500
MOST_QUEUES = 60
# A queue of this length is looked at twice, so many seconds apart: does it grow although it is taken from?
WORTH_WAITING = 20
SPAN = 1.0
_MOST_KEYS = 5000
_CONTROL = ("celeryev", "pidbox", "reply.")


def main(arguments: List[str]) -> None:
    """Print what was found as one line of JSON after a mark: the application may print lines of its own."""
    name, part, seconds = arguments[0], arguments[1], float(arguments[2])
    facts: Dict[str, Any] = {"hostname": socket.gethostname(), "stage": "load"}
    try:
        with _silenced():
            ask(_load(name), part, seconds, facts)
    except BaseException as error:
        facts["error"] = _words(error)
    sys.stdout.write("\n" + MARK + json.dumps(facts) + "\n")
    sys.stdout.flush()
    os._exit(0)  # threads of the application must not hold the answer back


@contextlib.contextmanager
def _silenced() -> Iterator[None]:
    stdout, sys.stdout = sys.stdout, sys.stderr
    try:
        yield
    finally:
        sys.stdout = stdout


def _words(error: BaseException) -> str:
    return ("%s: %s" % (type(error).__name__, error))[:400]


def _load(name: str) -> Any:
    """Return the application as `celery -A name` finds it."""
    from celery.app.utils import find_app  # type: ignore[import-not-found]  # noqa: PLC0415

    sys.path.insert(0, os.getcwd())
    app = find_app(name)
    app.finalize()  # periodic tasks of `on_after_finalize` are set up
    return app


def ask(app: Any, part: str, seconds: float, facts: Dict[str, Any]) -> None:
    """Add to `facts` what the application and its broker say; `part` is `worker` or `beat`."""
    facts["remote_control"] = bool(app.conf.get("worker_enable_remote_control", True))
    if part == "beat":
        facts["schedule"] = _schedule(app)
        facts["scheduler"] = str(app.conf.get("beat_scheduler") or "")[:120]
    facts["stage"] = "connect"
    with app.connection_for_read() as connection:
        facts["broker"] = _broker(connection)
        connection.ensure_connection(max_retries=1, interval_start=0.1, timeout=max(seconds / 3, 0.5))
        facts["stage"] = "ask"
        known = {str(app.conf.get("task_default_queue") or "celery")} | _scheduled_queues(facts)
        facts["queues"] = {}
        names = sorted(known | _attempt(facts, "bound", lambda: _bound_queues(connection), set()))[:MOST_QUEUES]
        begun = time.time()
        _measure(connection, names, facts)
        nodes = _nodes(app, connection, seconds, facts)
        facts["nodes"] = nodes[:MOST_NAMES]
        if nodes:
            # With the nodes named, Celery waits no longer than until all have answered.
            named = app.control.inspect(destination=nodes, timeout=1.5, connection=connection)
            facts["consumed"] = _consumed(_attempt(facts, "active_queues", named.active_queues, None))
            facts["registered"] = _registered(_attempt(facts, "registered", named.registered, None))
        if _busy(facts):
            time.sleep(max(begun + SPAN - time.time(), 0.0))
        _measure(connection, names, facts)
        facts["unacked"] = _attempt(facts, "unacked", lambda: _unacked(connection), 0)
    facts["stage"] = "done"


class _EnoughError(Exception):
    """Every worker that the question reached has answered."""


def _nodes(app: Any, connection: Any, seconds: float, facts: Dict[str, Any]) -> List[str]:
    """Return the workers that answer a ping. Where nothing tells how many were asked, each try waits its whole time."""
    reached = _attempt(facts, "receivers", lambda: _receivers(connection), [])
    for timeout in (1.0, min(max(seconds / 4, 0.5), 2.5)):
        found = _attempt(facts, "ping", functools.partial(_ping, app, connection, timeout, reached), [])
        if found:
            return sorted(found)
    return []


def _ping(app: Any, connection: Any, timeout: float, reached: List[int]) -> Any:
    """Return the names of the workers that answer, as soon as all have that the ping reached."""
    answers: List[Any] = []
    del reached[:]

    def collect(answer: Any) -> None:
        answers.append(answer)
        if reached and len(answers) >= reached[0]:
            raise _EnoughError

    with contextlib.suppress(_EnoughError):
        app.control.inspect(timeout=timeout, connection=connection, callback=collect).ping()
    return {str(node)[:200] for answer in answers if isinstance(answer, dict) for node in answer}


def _receivers(connection: Any) -> List[int]:
    """Return a list in which the number of clients that each message reaches will stand from now on.

    Redis answers PUBLISH with it, and Kombu sends a broadcast so. It counts all of them only where one server has all:
    in a cluster, or with several active servers, the list stays empty. Source: https://redis.io/docs/latest/commands/publish/
    """
    reached: List[int] = []
    client: Any = getattr(connection.default_channel, "client", None)
    publish = getattr(type(client), "publish", None)
    if publish is None or not hasattr(client, "info"):
        return reached
    alone = (
        client.info("replication").get("role") == "master" and client.info("server").get("redis_mode") == "standalone"
    )

    def counting(self: Any, *arguments: Any, **options: Any) -> Any:
        answer = publish(self, *arguments, **options)
        if isinstance(answer, int) and not isinstance(answer, bool):
            reached.append(answer)
        return answer

    if alone:
        type(client).publish = counting  # in this process alone, which ends with its answer
    return reached


def _busy(facts: Dict[str, Any]) -> bool:
    """Whether a queue that somebody takes from is long, so that it is worth a moment to see whether it grows."""
    taken = {queue for queues in facts.get("consumed", {}).values() for queue in queues}
    rows = facts["queues"].items()
    return any(row["lengths"][0] >= WORTH_WAITING for name, row in rows if row["lengths"] and name in taken)


def _unacked(connection: Any) -> int:
    """Return how many messages workers hold, as Kombu notes them in Redis."""
    client: Any = getattr(connection.default_channel, "client", None)
    return int(client.hlen("unacked")) if hasattr(client, "hlen") else 0


def _attempt(facts: Dict[str, Any], what: str, question: Callable[[], Any], otherwise: Any) -> Any:
    """Return the answer to one question; what goes wrong with it is noted and does not spoil the others."""
    try:
        return question()
    except Exception as error:
        facts.setdefault("problems", {})[what] = _words(error)
        return otherwise


def _broker(connection: Any) -> Dict[str, Any]:
    return {
        "transport": str(connection.transport_cls)[:40],
        "host": str(connection.hostname or "")[:200].rpartition("@")[2].partition("//")[0],
        "port": connection.port if isinstance(connection.port, int) else 0,
        "virtual_host": str(connection.virtual_host or "")[:40],
    }


def _schedule(app: Any) -> List[Dict[str, str]]:
    """Return beat's entries, each with the queue that Celery's own router sends it to."""
    found = []
    for name, entry in sorted(dict(app.conf.beat_schedule or {}).items(), key=lambda pair: str(pair[0]))[:MOST_NAMES]:
        task = entry.get("task", "") if isinstance(entry, dict) else getattr(entry, "task", "")
        options = entry.get("options") if isinstance(entry, dict) else getattr(entry, "options", None)
        row = {"name": str(name)[:200], "task": str(task)[:200], "every": _every(entry), "queue": ""}
        try:
            route = app.amqp.router.route(dict(options or {}), str(task), (), {})
            queue = route.get("queue") or app.conf.task_default_queue
            row["queue"] = str(getattr(queue, "name", queue))[:200]
        except Exception as error:
            row["problem"] = _words(error)
        found.append(row)
    return found


def _every(entry: Any) -> str:
    schedule = entry.get("schedule") if isinstance(entry, dict) else getattr(entry, "schedule", None)
    return str(schedule)[:120]


def _scheduled_queues(facts: Dict[str, Any]) -> Any:
    return {row["queue"] for row in facts.get("schedule", []) if row["queue"]}


def _bound_queues(connection: Any) -> Any:
    """Return the queues that anybody declared, as Kombu notes them in Redis (a set for each exchange)."""
    channel = connection.default_channel
    client = getattr(channel, "client", None)
    if client is None or not hasattr(client, "scan"):
        return set()
    found = set()
    cursor, seen = 0, 0
    while True:
        cursor, keys = client.scan(cursor=cursor, match="*_kombu.binding.*", count=1000)
        seen += 1000
        for key in keys:
            if client.type(key) in (b"set", "set"):
                for member in list(client.sscan(key, count=200)[1])[:MOST_QUEUES]:
                    text = member.decode("utf-8", "replace") if isinstance(member, bytes) else str(member)
                    found.add(text.rpartition("\x06\x16")[2][:200])
        if not cursor or seen >= _MOST_KEYS or len(found) >= MOST_QUEUES:
            return {name for name in found if name and not any(word in name for word in _CONTROL)}


def _measure(connection: Any, names: List[str], facts: Dict[str, Any]) -> None:
    """Add a sample of each queue's length, and of how many consume it where the broker knows."""
    for name in names:
        try:
            length, consumers = _length(connection, name)
        except Exception as error:
            facts.setdefault("problems", {}).setdefault("length", _words(error))
            continue
        row = facts["queues"].setdefault(name, {"lengths": [], "times": []})
        row["lengths"].append(length)
        row["times"].append(round(time.time(), 2))
        if consumers is not None:
            row["consumers"] = consumers


def _length(connection: Any, name: str) -> Any:
    """Return a queue's length and its number of consumers (None: not known). A queue that is not there is not made."""
    size = getattr(connection.default_channel, "_size", None)
    if size is not None:
        return int(size(name)), None
    with connection.channel() as channel:
        declared = channel.queue_declare(queue=name, passive=True)
        return int(declared.message_count), int(declared.consumer_count)


def _consumed(answer: Any) -> Dict[str, List[str]]:
    return {
        str(node)[:200]: [str(queue.get("name", ""))[:200] for queue in queues or []][:MOST_QUEUES]
        for node, queues in (answer or {}).items()
    }


def _registered(answer: Any) -> List[str]:
    tasks = {str(task).partition(" ")[0][:200] for names in (answer or {}).values() for task in names or []}
    return sorted(tasks)[:MOST_NAMES]


if __name__ == "__main__":
    main(sys.argv[1:])
