"""Writing in time: a few at once, then no faster than the server allows, and not for ever."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.adapters.github.api import GitHubApi
from afk.adapters.github.kind import WRITE_EVERY, WRITES_AT_ONCE
from afk.adapters.github.query_builder import Query
from afk.adapters.http import Http
from afk.adapters.pace import Pace, utc_now
from afk.errors import RateLimited
from afk_sandbox.world import START, Clock

A_MINUTE: Final = 60.0
ALLOWED: Final = 80
"""Writes a minute: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api"""


@dataclass
class Written:
    """Writes at a pace, each noted with its time."""

    at_once: int = WRITES_AT_ONCE
    every: float = WRITE_EVERY
    lasts: float = float("inf")
    clock: Clock = field(default_factory=Clock)
    at: list[datetime] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with the whole budget."""
        self.pace = Pace(
            at_once=self.at_once,
            every=self.every,
            lasts=self.lasts,
            now=self.clock.now,
            sleep=self._sleep,
        )

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.sleep(seconds)

    def write(self, times: int = 1) -> None:
        for _ in range(times):
            self.pace.take()
            self.at.append(self.clock.now())


def test_take__a_few__without_a_pause() -> None:
    written = Written()
    written.write(WRITES_AT_ONCE)
    assert written.slept == []


def test_take__more_than_that__each_in_its_turn() -> None:
    written = Written()
    written.write(WRITES_AT_ONCE + 3)
    assert written.slept == pytest.approx([WRITE_EVERY] * 3)


def test_take__after_a_while__the_budget_is_there_again() -> None:
    written = Written()
    written.write(WRITES_AT_ONCE)
    written.clock.sleep(WRITE_EVERY * 10)
    written.write(10)
    assert written.slept == []
    written.write()
    assert written.slept == pytest.approx([WRITE_EVERY])


@given(st.lists(st.tuples(st.integers(1, 60), st.floats(0, 90)), max_size=6))
def test_take__any_writes_at_any_times__never_more_a_minute_than_allowed(
    bursts: list[tuple[int, float]],
) -> None:
    written = Written()
    for count, pause in bursts:
        written.write(count)
        written.clock.sleep(pause)
    for place, at in enumerate(written.at):
        until = at + timedelta(seconds=A_MINUTE)
        assert sum(one < until for one in written.at[place:]) <= ALLOWED


def test_take__the_clock_goes_back__waits_no_longer_for_that() -> None:
    written = Written()
    written.write(WRITES_AT_ONCE)
    written.clock.moment -= timedelta(hours=1)
    written.write(2)
    assert written.slept == pytest.approx([WRITE_EVERY] * 2)


def test_take__beyond_what_the_tick_has__is_a_limit_that_a_later_tick_resumes_from() -> None:
    written = Written(at_once=2, every=10.0, lasts=25.0)
    with pytest.raises(RateLimited) as caught:
        written.write(9)
    assert len(written.at) == 4
    assert sum(written.slept) == pytest.approx(20)
    assert caught.value.retry_at == START + timedelta(seconds=30)
    assert "only so many writes a minute" in str(caught.value)
    assert "budget is spent" not in str(caught.value)
    written.clock.sleep(60)
    written.write(2)
    assert len(written.at) == 6, "what needs no waiting goes on"


def test_take__no_pace_to_keep__any_number_at_once() -> None:
    written = Written(at_once=0, every=0.0)
    written.write(1_000)
    assert written.slept == []


def test_shut__the_server_told_of_a_limit__nothing_more_is_written() -> None:
    written = Written()
    written.pace.shut(RateLimited("spent", retry_at=START))
    with pytest.raises(RateLimited, match="spent") as caught:
        written.write()
    assert caught.value.retry_at == START
    assert written.at == []


def test_shut__while_one_waits_for_its_turn__it_is_not_written_either() -> None:
    began = threading.Event()
    pace = Pace(at_once=1, every=5.0, now=lambda: START, sleep=lambda _: began.set())
    pace.take()

    def shut(_: float) -> None:
        pace.shut(RateLimited("spent"))

    pace.sleep = shut
    with pytest.raises(RateLimited, match="spent"):
        pace.take()


def test_pace__by_itself__knows_the_time() -> None:
    assert utc_now().tzinfo is not None
    Pace().take()


class Heard(list[str]):
    """What GitHub was sent."""


def api(answers: dict[str, httpx.Response]) -> tuple[GitHubApi, Heard]:
    """Return a GitHub that answers by path, once it has noted the request."""
    heard = Heard()

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(f"{request.method} {request.url.path}")
        return answers[request.url.path]

    http = Http(
        client=httpx.Client(transport=httpx.MockTransport(answer)),
        base_url="https://api.github.test",
        name="github",
        authorize=dict,
        sleep=lambda seconds: pytest.fail(f"slept for {seconds} s"),
    )
    return GitHubApi(http=http, graphql_url="https://api.github.test/graphql"), heard


GRAPHQL_LIMIT: Final = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}


@pytest.mark.parametrize("path", ["/repos/o/r", "/graphql"])
def test_github__a_limit_met_in_any_request__lets_nothing_more_be_written(path: str) -> None:
    """Recording 118 tells of a limit by its text alone; GraphQL answers 200."""
    text = {"message": "You have exceeded a secondary rate limit."}
    github, heard = api(
        {
            "/repos/o/r": httpx.Response(403, json=text),
            "/graphql": httpx.Response(200, json=GRAPHQL_LIMIT),
        }
    )
    asks: dict[str, Callable[[], object]] = {
        "/repos/o/r": lambda: github.rest("GET", "", repo="o/r"),
        "/graphql": lambda: github.query(Query("query", {})),
    }
    with pytest.raises(RateLimited):
        asks[path]()
    before = len(heard)

    with pytest.raises(RateLimited):
        github.rest("POST", "/issues/1/labels", repo="o/r", body={"labels": ["x"]})
    with pytest.raises(RateLimited):
        github.mutate(Query("mutation", {}))
    assert heard[before:] == []


def test_github__another_refusal__is_no_limit() -> None:
    github, heard = api(
        {
            "/repos/o/r/labels": httpx.Response(403, json={"message": "Must have admin rights"}),
            "/repos/o/r/issues/1": httpx.Response(200, json={}),
        }
    )
    github.send("POST", "/repos/o/r/labels")
    github.send("PATCH", "/repos/o/r/issues/1")
    assert heard == ["POST /repos/o/r/labels", "PATCH /repos/o/r/issues/1"]
