"""Acting on many at once: each as if it were alone, and what is said in the order of the plan."""

import threading
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from support.factories import NOW, REPO, config, snapshot, thread
from support.heard import Heard

from afk.config import RepositoryConfig
from afk.deps import Deps
from afk.errors import NotFound, RateLimited
from afk.model.agent import AgentSnapshot, Start
from afk.observe.abreast import abreast, places_of
from afk.observe.agent_view import AgentView
from afk.observe.forge_view import ForgeView
from afk.observe.ledger import Bound, Ledger
from afk.observe.tick import Focus, Tick
from afk.parallel import ONE_BY_ONE
from afk.record.state import Keys
from afk.types import IssueKey

SECONDS = 20
"""How long a thread waits for another before a test gives up."""
SHARED = config(
    repositories={
        REPO: RepositoryConfig(workspace="/srv/app"),
        "acme/other": RepositoryConfig(workspace="/srv/other"),
        "acme/claude": RepositoryConfig(workspace="/srv/claude", instance="claude"),
    }
)
KEY = IssueKey(REPO, 7)


class Agent:
    """A T3 whose snapshots are numbered as they are asked for."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self.reads = 0
        self.checked: list[tuple[str, str]] = []

    def read(self) -> AgentSnapshot:
        """Return the next snapshot."""
        self.reads += 1
        return snapshot(sequence=self.reads)

    def check_provider(self, instance: str, model: str) -> None:
        """Note who is asked for; one is not there."""
        self.checked.append((instance, model))
        if instance == "gone":
            raise NotFound("no such agent")


def tick(shown: AgentSnapshot | None = None) -> tuple[Tick, Heard, Agent]:
    """Return a tick of nothing but T3, what it tells, and T3."""
    heard, agent, nobody = Heard(), Agent(), cast_away()
    deps = Deps(
        config=SHARED,
        tracker=nobody,
        ci=nobody,
        pulls=nobody,
        evidence=nobody,
        boards=nobody,
        history=nobody,
        talk=nobody,
        agent=nobody,
        notifiers=(),
        report=heard,
        keys=Keys(),
        now=lambda: NOW,
        sleep=lambda seconds: pytest.fail(f"slept for {seconds} s"),
        new_id=lambda: pytest.fail("nothing is sent"),
    )
    here: Any = agent
    opened = Tick(
        deps=deps,
        now=NOW,
        focus=Focus(),
        issues={},
        gone=(),
        t3=AgentView(agent=here, config=SHARED, report=heard, snapshot=shown),
        forge=ForgeView(tracker=nobody, pulls=nobody, config=SHARED, keys=Keys()),
        ledger=Ledger(),
    )
    return opened, heard, agent


def cast_away() -> Any:
    """Return what nobody asks."""
    return None


def alone(one: int) -> Sequence[Hashable]:
    return [one]


def test_abreast__the_last_is_done_first__what_is_said_stands_in_the_order_of_the_items() -> None:
    opened, heard, _ = tick()
    done = [threading.Event() for _ in range(4)]
    failed = NotFound("x")

    def act(apart: Tick, one: int) -> None:
        apart.deps.report.event(f"{one} begins", key=KEY)
        if one + 1 < len(done):
            assert done[one + 1].wait(SECONDS)
        apart.deps.report.warn(f"{one} warns")
        if one == 2:
            apart.t3.report.error(failed, key=KEY)
        apart.deps.report.event(f"{one} ends")
        done[one].set()

    abreast(opened, range(4), act, alone)

    said = [
        (f"{one} {what}", KEY if what == "begins" else None)
        for one in range(4)
        for what in ("begins", "ends")
    ]
    assert heard.events == said
    assert heard.warnings == [(f"{one} warns", None) for one in range(4)]
    assert heard.errors == [(failed, KEY)]


def test_abreast__the_first_still_at_it__is_heard_as_it_goes() -> None:
    opened, heard, _ = tick()
    second = threading.Event()

    def act(apart: Tick, one: int) -> None:
        apart.deps.report.event(f"{one} begins")
        if one == 0:
            assert second.wait(SECONDS)
            assert heard.events == [("0 begins", None)]
        else:
            second.set()

    abreast(opened, range(2), act, alone)
    assert heard.events == [("0 begins", None), ("1 begins", None)]


def test_abreast__one_meets_a_limit__it_is_raised_and_everything_said_is_told() -> None:
    opened, heard, _ = tick()
    together = threading.Barrier(3)

    def act(apart: Tick, one: int) -> None:
        together.wait(SECONDS)
        apart.deps.report.event(f"{one} was here")
        if one == 0:
            raise RateLimited("spent")

    with pytest.raises(RateLimited, match="spent"):
        abreast(opened, range(3), act, alone)
    assert heard.events == [(f"{one} was here", None) for one in range(3)]


def test_abreast__items_of_one_place__in_order_and_the_later_sees_what_the_former_read() -> None:
    opened, _, agent = tick(snapshot(sequence=0))
    seen: list[tuple[str, int]] = []

    def act(apart: Tick, one: str) -> None:
        assert apart.t3.snapshot is not None
        seen.append((one, apart.t3.snapshot.sequence))
        apart.t3.read_again()

    abreast(opened, ["a", "b", "c"], act, lambda _: ["here"])

    assert seen == [("a", 0), ("b", 1), ("c", 2)]
    assert opened.t3.snapshot == snapshot(sequence=3)
    assert agent.reads == 3


def test_abreast__each_place__sees_t3_as_it_read_it_itself() -> None:
    opened, _, agent = tick(snapshot(sequence=0))
    read, looked = threading.Event(), threading.Event()
    seen: dict[int, int] = {}

    def act(apart: Tick, one: int) -> None:
        assert apart.t3.snapshot is not None
        if one == 0:
            apart.t3.read_again()
            read.set()
            assert looked.wait(SECONDS)
        else:
            assert read.wait(SECONDS)
            seen[one] = apart.t3.snapshot.sequence
            looked.set()

    abreast(opened, range(2), act, alone)

    assert seen == {1: 0}
    assert opened.t3.snapshot == snapshot(sequence=1), "afterwards the newest counts"
    assert agent.reads == 1


def test_abreast__one_alone__is_acted_on_as_it_is__and_what_it_raises_is_raised() -> None:
    opened, heard, _ = tick(snapshot(sequence=7))
    seen: list[tuple[Tick, str]] = []

    def act(apart: Tick, item: str) -> None:
        seen.append((apart, item))
        apart.deps.report.event("said at once")
        assert heard.events == [("said at once", None)]
        raise NotFound("gone")

    with pytest.raises(NotFound, match="gone"):
        abreast(opened, ["only"], act, lambda _: ["here"])
    assert seen == [(opened, "only")]


def test_abreast__nothing_read_again__nothing_is_forgotten() -> None:
    opened, heard, agent = tick(snapshot(sequence=4))
    abreast(opened, range(3), lambda _, __: None, alone)
    abreast(opened, [], lambda _, __: pytest.fail("there is nothing to act on"), alone)
    assert opened.t3.snapshot == snapshot(sequence=4)
    assert (agent.reads, heard) == (0, Heard())


def test_abreast__one_by_one__in_the_items_order_whatever_they_share() -> None:
    opened, heard, _ = tick()
    token = ONE_BY_ONE.set(True)
    try:
        abreast(
            opened,
            range(5),
            lambda apart, one: apart.deps.report.event(str(one)),
            lambda one: [one % 2],
        )
    finally:
        ONE_BY_ONE.reset(token)
    assert [line for line, _ in heard.events] == list("01234")


def test_view__an_agent__is_asked_for_once_however_many_views_want_it() -> None:
    opened, _, agent = tick()
    views = [opened.t3, opened.t3.apart(Heard())]
    for view in views:
        view.check_provider("codex", "m")
    for view in views:
        with pytest.raises(NotFound):
            view.check_provider("gone", "m")
    assert agent.checked == [("codex", "m"), ("gone", "m"), ("gone", "m")]


def bounced(instance: str) -> list[Any]:
    """Return two threads in a row that failed to start on an instance."""
    one = thread(instance=instance, start=Start.REFUSED)
    return [one, replace(one, id="another")]


def shares(opened: Tick, one: tuple[str, str | None], other: tuple[str, str | None]) -> bool:
    return bool(set(places_of(opened, *one)) & set(places_of(opened, *other)))


def test_places__a_repository__shares_nothing_but_itself() -> None:
    opened, _, _ = tick(snapshot())
    assert shares(opened, (REPO, None), (REPO, ""))
    assert not shares(opened, (REPO, ""), ("acme/other", ""))
    assert shares(opened, ("acme/unknown", None), ("acme/unknown", ""))
    assert not shares(opened, ("acme/unknown", None), (REPO, None))


def test_places__an_instance_that_is_tried_out__is_shared_by_those_who_send_an_agent() -> None:
    opened, _, _ = tick(snapshot(*bounced("codex")))
    assert shares(opened, (REPO, ""), ("acme/other", ""))
    assert not shares(opened, (REPO, ""), ("acme/other", None)), "it sends nobody"
    assert not shares(opened, (REPO, ""), ("acme/claude", ""))
    unread, _, _ = tick()
    assert not shares(unread, (REPO, ""), ("acme/other", ""))


def test_bound__taken_by_many_at_once__never_beyond() -> None:
    bound, together, got = Bound(), threading.Barrier(8), []

    def take() -> None:
        together.wait(SECONDS)
        got.append(bound.take(5))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(SECONDS)
    assert sorted(got) == [False] * 3 + [True] * 5
    bound.give_back()
    assert [bound.take(5), bound.take(5)] == [True, False]


def test_ledger__what_others_walk_through__is_replaced_and_keeps_its_order() -> None:
    ledger = Ledger()
    ledger.hold("a", "first")
    held = ledger.held
    ledger.hold("b", "second")
    ledger.hold("a", "later")
    assert held == {"a": "first"}
    assert list(ledger.held.items()) == [("a", "first"), ("b", "second")]
