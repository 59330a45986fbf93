"""What is left behind on the forge once it was merged."""

from support.landing import begin, ended, how, the_pull, to_people, to_the_end
from support.loops import BROKEN, both, only, record, tick

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world

GONE_WRONG = only("DELETE", "afk/", BROKEN)


def merged(here: World) -> Issue:
    """A run whose pull request a person has merged; its branch cannot be deleted now.

    Returns once that was tried.
    """
    issue = begin(here, "[[ci=green]]")
    here.people.merge(to_people(here, issue), here.owner)
    here.faults["forge"] = GONE_WRONG
    for _ in range(4):
        if here.tick(after=120).exit_code == 1:
            break
    assert record(here, issue)["stage"] == "running"
    return issue


@both
def test_branch__cannot_be_deleted_now__is_by_the_next_tick(kind: Forge) -> None:
    with world(kind) as here:
        issue = merged(here)
        assert the_pull(here, issue).head_ref in issue.repo.branches
        here.faults.clear()

        to_the_end(here, issue)

        assert the_pull(here, issue).head_ref not in issue.repo.branches


@both
def test_branch__cannot_be_deleted_for_long__keeps_no_run_from_ending(kind: Forge) -> None:
    with world(kind) as here:
        issue = merged(here)
        for _ in range(2):
            assert not ended(here, issue)
            tick(here, after=120, code=1)
        tick(here, after=120, code=1)

        assert how(here, issue) == ("done", "landed")
        assert the_pull(here, issue).head_ref in issue.repo.branches
