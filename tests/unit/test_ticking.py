"""``--every``: when the next tick comes, and when there is none. Clock and pauses are ours."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afk.environment.stopping import Stopping
from afk.ticking import Rhythm, Ticked, keep_ticking

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FINE, FAILED, UNFIT = (Ticked(exit_code=code, unfit=code == 2) for code in (0, 1, 2))
AT_WORK = Ticked(exit_code=0, at_work=True)


class Bench:
    """Ticks as told, each taking so long; notes when each began and how long it paused."""

    def __init__(self, ticks: Sequence[Ticked], *, takes: float = 0, stop_after: int = 50) -> None:
        self.at, self.ticks, self.takes = START, list(ticks), takes
        self.began: list[float] = []
        self.pauses: list[float] = []
        self.stop_after = stop_after
        self.asked = False

    def tick(self) -> Ticked:
        self.began.append((self.at - START).total_seconds())
        self.at += timedelta(seconds=self.takes)
        self.asked = self.asked or len(self.began) >= self.stop_after
        return self.ticks[min(len(self.began), len(self.ticks)) - 1]

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.at += timedelta(seconds=seconds)

    def run(self, rhythm: Rhythm) -> int:
        return keep_ticking(self.tick, rhythm, now=lambda: self.at, stop=self)


def test_every__goes_on_until_it_is_stopped__and_ends_with_0() -> None:
    bench = Bench([FINE], takes=2, stop_after=3)
    assert bench.run(Rhythm(every=60)) == 0
    assert bench.began == [0, 60, 120]
    assert bench.pauses == [58, 58]


@pytest.mark.parametrize(("takes", "pause"), [(0, 60), (53, 7), (54, 6), (60, 6), (600, 6)])
def test_every__counts_from_when_a_tick_began__and_rests_after_a_long_one(
    takes: float, pause: float
) -> None:
    bench = Bench([FINE], takes=takes, stop_after=2)
    bench.run(Rhythm(every=60))
    assert bench.pauses == [pause]


def test_every__stopped_during_a_failing_tick__ends_with_0_after_it() -> None:
    bench = Bench([FAILED], takes=5, stop_after=1)
    assert bench.run(Rhythm(every=60)) == 0
    assert (bench.began, bench.pauses) == ([0], [])


def test_every__stopped_in_a_pause__begins_no_other_tick() -> None:
    bench = Bench([FINE])
    pause = bench.pause

    def asked_meanwhile(seconds: float) -> None:
        pause(seconds)
        bench.asked = True

    bench.pause = asked_meanwhile  # type: ignore[method-assign]  # what a signal does
    assert bench.run(Rhythm(every=60)) == 0
    assert bench.began == [0]


def test_every__ticks_that_fail__come_later_each_time_and_at_most_ten_minutes_apart() -> None:
    bench = Bench([FAILED] * 6 + [FINE, FAILED], stop_after=9)
    assert bench.run(Rhythm(every=60)) == 0
    assert bench.pauses == [120, 240, 480, 600, 600, 600, 60, 120]


def test_every__further_apart_than_that__no_failure_makes_it_quicker() -> None:
    bench = Bench([FAILED], stop_after=4)
    bench.run(Rhythm(every=3600))
    assert bench.pauses == [3600, 3600, 3600]


def test_every__wrong_from_the_start__ends_at_once_with_2() -> None:
    bench = Bench([UNFIT])
    assert bench.run(Rhythm(every=60)) == 2
    assert (bench.began, bench.pauses) == ([0], [])


def test_every__wrong_later__goes_on_until_it_is_mended() -> None:
    bench = Bench([FINE, UNFIT, FINE], stop_after=3)
    assert bench.run(Rhythm(every=60)) == 0
    assert bench.pauses == [60, 120]


@pytest.mark.parametrize("last", [FINE, FAILED])
def test_in_a_workflow__nobody_at_work__ends_as_the_tick_did(last: Ticked) -> None:
    bench = Bench([AT_WORK, AT_WORK, last])
    assert bench.run(Rhythm(every=30, while_at_work=True)) == last.exit_code
    assert bench.pauses == [30, 30]


def test_in_a_workflow__begins_no_tick_that_would_not_end_in_its_time() -> None:
    bench = Bench([AT_WORK], takes=20)
    assert bench.run(Rhythm(every=30, seconds=200, while_at_work=True)) == 0
    assert bench.began == [0, 30, 60, 90, 120, 150, 180]


def test_in_a_workflow__time_is_up_while_it_fails__says_so() -> None:
    bench = Bench([Ticked(exit_code=1, at_work=True)])
    assert bench.run(Rhythm(every=30, seconds=100, while_at_work=True)) == 1


@given(
    st.lists(st.sampled_from([FINE, FAILED, AT_WORK, UNFIT]), min_size=1, max_size=30),
    st.floats(1, 86_400),
    st.floats(0, 10_000),
    st.booleans(),
)
def test_always__ends_in_its_time_and_never_looks_more_often_than_asked(
    ticks: list[Ticked], every: float, seconds: float, at_work: bool
) -> None:
    bench = Bench(ticks, takes=1)
    code = bench.run(Rhythm(every=every, seconds=seconds, while_at_work=at_work))
    assert code in {0, 1, 2}
    assert all(later - began >= every - 1e-3 for began, later in pairwise(bench.began))
    assert all(every / 10 <= pause <= max(every, 600) for pause in bench.pauses)
    if seconds:
        assert bench.began[-1] == 0 or bench.began[-1] + 1 <= seconds


def test_pause__is_as_long_as_said() -> None:
    slept: list[float] = []
    Stopping(slept.append).pause(1.1)
    assert sum(slept) == pytest.approx(1.1)


def test_pause__asked_to_stop__ends_with_its_step() -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        stopping.ask()

    stopping = Stopping(sleep)
    stopping.pause(600)
    assert slept == [0.25]


def test_asked_twice__interrupts() -> None:
    stopping = Stopping(lambda _: None)
    stopping.ask()
    with pytest.raises(KeyboardInterrupt):
        stopping.ask()
