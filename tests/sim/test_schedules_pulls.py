"""What schedules must see of pull requests: each thing once in a world in which it is so."""

from collections.abc import Callable

import pytest
from schedules.pull_deeds import BY_HAND
from schedules.pulls import ON_ITS_WAY, merged_as_asked, what_people_closed_stays_closed
from schedules.seen import Seen

from afk.types import Forge
from afk_sandbox.forge.pull_records import Pull
from afk_sandbox.world import World, world

LATER = ON_ITS_WAY.total_seconds() + 1


def opened(here: World, branch: str = "afk/1-abc") -> Pull:
    """A pull request of afk's, from a branch with one green commit."""
    repo = next(iter(here.forge.repositories), None) or here.repository("shop")
    here.people.push(repo, branch, here.bot, "mine\n\nCI: green", "app.py:1=mine")
    return here.forge.open_pull(repo, here.bot, branch, title="Add a till")


def merged(here: World, pull: Pull) -> list[str]:
    """Let afk merge it, later; returns what is wrong with that."""
    here.settings["merge"] = "green"
    seen = Seen(here, [here.issue(pull.repo, "Add a till", "")])
    seen.obeyed()
    here.clock.sleep(LATER)
    here.forge.merge(pull, here.bot)
    return list(merged_as_asked(seen))


def test_merged__green_and_nobody_against_it__nothing_is_wrong() -> None:
    with world(Forge.GITHUB) as here:
        assert merged(here, opened(here)) == []


def _objected(here: World, pull: Pull) -> None:
    here.people.request_changes(pull, here.people.reviewer(pull.repo), "No.")


def _by_hand(here: World, pull: Pull) -> None:
    here.people.push(pull.repo, pull.head_ref, here.owner, f"{BY_HAND}\n\nCI: green")


def _strangers(here: World, pull: Pull) -> None:
    pull.issue.author = here.stranger


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (_objected, "and somebody wanted it changed"),
        (_by_hand, "which somebody had taken over"),
        (_strangers, "which a stranger opened"),
    ],
)
def test_merged__what_people_did_before__is_seen(
    act: Callable[[World, Pull], None], told: str
) -> None:
    with world(Forge.GITHUB) as here:
        pull = opened(here)
        act(here, pull)
        assert merged(here, pull) == [f"6: afk merged owner/shop#1, {told}"]


def test_merged__objection_taken_back_or_of_just_then_or_of_a_stranger__is_none() -> None:
    with world(Forge.GITHUB) as here:
        pull = opened(here)
        _objected(here, pull)
        here.people.request_changes(pull, here.stranger, "No.")
        here.clock.sleep(5)
        here.people.approve(pull, here.people.reviewer(pull.repo))
        assert merged(here, pull) == []


def test_merged__what_somebody_did_on_the_base__is_none_of_its_own() -> None:
    with world(Forge.GITHUB) as here:
        repo = here.repository("shop")
        here.people.push(repo, repo.default_branch, here.owner, BY_HAND, "other.py:1=x")
        assert merged(here, opened(here)) == []


@pytest.mark.parametrize(("after", "count"), [(LATER, 1), (1, 0)])
def test_closed_by_a_person__another_one_opened__is_seen(after: float, count: int) -> None:
    """What was on its way could not know."""
    with world(Forge.GITHUB) as here:
        pull = opened(here)
        here.people.close(pull, here.owner)
        here.clock.sleep(after)
        opened(here)
        seen = Seen(here, [here.issue(pull.repo, "Add a till", "")])
        assert len(list(what_people_closed_stays_closed(seen))) == count


def test_closed_by_a_person__and_opened_again__is_open() -> None:
    with world(Forge.GITHUB) as here:
        pull = opened(here)
        here.people.close(pull, here.owner)
        here.people.reopen(pull, here.owner)
        here.clock.sleep(LATER)
        opened(here, "afk/2-def")
        seen = Seen(here, [here.issue(pull.repo, "Add a till", "")])
        assert list(what_people_closed_stays_closed(seen)) == []
