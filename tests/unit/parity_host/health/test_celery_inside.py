"""How long Celery's workers are waited for: until all have answered whom the ping reached, where Redis tells how many."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from parity_host.health import celery_inside


def broker(role: str = "master", mode: str = "standalone", reached: Any = 2) -> Any:
    class Client:
        def info(self, section: str) -> dict[str, str]:
            return {"replication": {"role": role}, "server": {"redis_mode": mode}}[section]

        def publish(self, channel: str, message: str) -> Any:
            return reached

    return SimpleNamespace(default_channel=SimpleNamespace(client=Client()))


class App:
    """An application whose workers answer one after the other; it counts how many answers were waited for."""

    def __init__(self, *nodes: str) -> None:
        self.nodes = nodes
        self.waited = 0
        self.ended = False
        self.control = self

    def inspect(self, timeout: float, connection: Any, callback: Any) -> Any:
        def ping() -> None:
            connection.default_channel.client.publish("celery.pidbox", "ping")
            for node in self.nodes:
                self.waited += 1
                callback({node: {"ok": "pong"}})
            self.ended = True  # the whole time was waited

        return SimpleNamespace(ping=ping)


@pytest.mark.parametrize(
    ("connection", "nodes", "waited_to_the_end"),
    [
        (broker(reached=2), ("a", "b"), False),
        (broker(reached=1), ("a",), False),
        (broker(reached=3), ("a", "b"), True),  # one that was reached says nothing
        (broker(reached=0), (), True),
        (broker(reached=None), ("a", "b"), True),  # within a pipeline
        (broker(reached=2, mode="cluster"), ("a", "b", "c"), True),  # others are reached through other servers
        (broker(reached=2, role="active-replica"), ("a", "b", "c"), True),
        (SimpleNamespace(default_channel=SimpleNamespace(client=SimpleNamespace(publish=print))), ("a",), True),
    ],
)
def test_workers_are_waited_for_until_all_have_answered(connection, nodes, waited_to_the_end):
    app, facts = App(*nodes), {}
    assert celery_inside._nodes(app, connection, 4.0, facts) == sorted(nodes)
    assert app.ended is waited_to_the_end
    assert facts.get("problems", {}) == {}


def test_the_second_ping_counts_anew():
    connection = broker(reached=2)
    reached = celery_inside._receivers(connection)
    assert celery_inside._ping(App("a"), connection, 1.0, reached) == {"a"}
    again = App("a", "b", "c")
    assert celery_inside._ping(again, connection, 1.0, reached) == {"a", "b"}
    assert not again.ended


def test_a_server_that_says_nothing_of_itself_is_waited_for():
    connection = broker()
    connection.default_channel.client.info = lambda section: 1 / 0
    app, facts = App("a", "b"), {}
    assert celery_inside._nodes(app, connection, 4.0, facts) == ["a", "b"]
    assert app.ended
    assert list(facts["problems"]) == ["receivers"]


@pytest.mark.parametrize(
    ("first", "consumed", "busy"), [(20, ["q"], True), (19, ["q"], False), (500, ["other"], False), (20, [], False)]
)
def test_a_long_queue_that_is_taken_from_is_worth_a_moment(first, consumed, busy):
    facts = {"queues": {"q": {"lengths": [first]}, "empty": {"lengths": []}}, "consumed": {"node": consumed}}
    assert celery_inside._busy(facts) is busy
