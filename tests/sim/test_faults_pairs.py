"""Several faults in one run, on both servers and in bursts: what must hold holds.

Stories of every kind of run are played amid seeded troubles, then come clean ticks. Nothing may
come out differently than without the troubles, only later. ``AFK_SIM_ALL=1`` plays more seeds.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from support.invariants import (
    assert_always,
    assert_disarmed,
    assert_locks,
    assert_no_secrets,
    assert_settled,
)
from support.loops import CI_GRACE, lose_thread, records, said, threads
from support.overheard import doorbell
from support.sampling import seeds
from support.troubles import KINDS, Server, Trouble, arm, tick

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import READY, World, world

FAULTY_TICKS = 7
CLEAN_TICKS = 14


def nothing(here: World, issue: Issue, step: int) -> None:
    """Nobody does anything."""


def take_ready_off(here: World, issue: Issue, step: int) -> None:
    if step == 3:
        here.forge.remove_label(issue, READY, here.owner)


def lose(here: World, issue: Issue, step: int) -> None:
    """T3 forgets the first thread, once it has been told something."""
    found = threads(here, issue)
    if step >= 2 and found and found[0].messages and "lost" not in here.environ:
        here.environ["lost"] = "yes"
        lose_thread(here, found[0])


@dataclass(frozen=True)
class Story:
    """What the issue says, what happens meanwhile, how it has to end."""

    body: str
    verdict: str
    turns: tuple[int, ...]
    act: Callable[[World, Issue, int], None] = nothing


STORIES = {
    "corrected": Story("[[push=red,green]] [[close]]", "done", (2,)),
    "frozen": Story("[[push=red*]]", "frozen", (3,)),
    "idle": Story("[[idle]]", "needs-human", (1,)),
    "asks": Story("[[ask]] [[push]]", "done", (1,)),
    "limited": Story("[[limit=150]] [[push]]", "done", (2,)),
    "called-off": Story("[[slow=5000]] [[push]]", "stopped", (0, 1), take_ready_off),
    "lost": Story("[[slow=200]] [[push]]", "done", (1, 2), lose),
}


def troubles_of(here: World, chance: random.Random, count: int) -> list[Trouble]:
    """Return so many troubles for each server, anywhere in the run, some of them in bursts."""
    most: dict[Server, int] = {"forge": 60, "t3": 40}
    return [
        Trouble(
            here,
            server,
            nth=chance.randint(1, most[server]),
            kind=chance.choice(KINDS),
            burst=chance.choice((0, 0, 1, 4)),
        )
        for server in most
        for _ in range(count)
    ]


def play(kind: Forge, story: Story, seed: int, count: int) -> None:
    """Play one story with so many troubles on each server, then let it settle."""
    with world(kind) as here, doorbell(here) as bell:
        here.settings["fix_forward_max_attempts"] = 2
        issue = here.issue(here.repository("shop", **CI_GRACE), "Add a till", story.body)
        chance = random.Random(f"{kind} {story.body} {seed} {count}")
        troubles = troubles_of(here, chance, count)
        arm(here, troubles)
        outputs: list[str] = []
        for step in range(FAULTY_TICKS):
            story.act(here, issue, step)
            code, output = tick(here, troubles)
            outputs.append(output)
            assert code in (0, 1), output
            assert_always(here, [issue])
        assert_disarmed(here)
        here.faults.clear()
        for step in range(CLEAN_TICKS):
            ticked = here.tick(after=120)
            outputs.append(ticked.output)
            assert ticked.exit_code == 0, ticked.output
            assert_always(here, [issue])
            if step >= 1:
                assert_locks(here, [issue])
            if step >= 1 and all(one["stage"] == "ended" for one in records(here, issue)):
                break
        assert_no_secrets(here, outputs, [bell])
        if story.act is take_ready_off and not said(here, issue):
            return  # called off before anybody was told of it

        assert_settled(here, [issue], bell)
        [found] = records(here, issue)
        assert found["verdict"] == story.verdict
        assert len(found.get("dialogue", {}).get("turns", ())) in story.turns


@pytest.mark.parametrize("seed", seeds(1, 40))
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("story", list(STORIES.values()), ids=list(STORIES))
@pytest.mark.parametrize("kind", list(Forge))
def test_troubles__on_both_servers__end_as_without_them(
    kind: Forge, story: Story, count: int, seed: int
) -> None:
    play(kind, story, seed, count)
