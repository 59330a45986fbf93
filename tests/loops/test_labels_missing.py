"""Labels that a repository lost, never had, or spells otherwise: no run waits for them for ever."""

import pytest
from support.loops import (
    assert_ended,
    both,
    labels,
    only,
    record,
    said,
    start,
    tick,
    until,
)
from support.overheard import Mark, doorbell

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import Repository
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World, world

REFUSED = Fault("before", 422, b'{"message": "Validation Failed"}', "application/json")


def delete(here: World, repo: Repository, *names: str) -> None:
    """Delete labels of the repository, as its owner may at any time."""
    for label in [one for one in repo.labels if one.name in names]:
        here.forge.delete_label(label)


@both
def test_labels__never_created__an_approval_that_is_over_is_handed_back(kind: Forge) -> None:
    """Nothing was started there yet, and the next issue of the repository is."""
    with world(kind) as here, doorbell(here) as bell:
        repo = here.repository("shop")
        delete(here, repo, HUMAN, IN_PROGRESS)
        issue = here.issue(repo, "Add a till", "[[push]]")
        here.clock.sleep(5)
        here.forge.edit_body(issue, here.owner, "Something else. [[push]]")
        other = here.issue(repo, "Add a drawer", "[[push]]")

        until(here, other)

        assert_ended(here, issue, "needs-human", "edited", turns=0)
        assert_ended(here, other, "done", "landed")
        assert [ring["id"].split(":")[1] for ring in bell.rings] == ["needs-human", "done"]


@both
@pytest.mark.parametrize("gone", [HUMAN, IN_PROGRESS])
def test_labels__deleted_during_a_run__made_again_where_it_needs_them(
    kind: Forge, gone: str
) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[idle]]")
        delete(here, issue.repo, gone)
        assert gone not in labels(issue)

        tick(here)

        assert_ended(here, issue, "needs-human", "nothing-pushed")
        assert [one.name for one in issue.repo.labels].count(HUMAN) == 1
        assert len(bell.rings) == 1


@both
def test_lock__deleted_with_its_label_while_the_agent_works__is_put_back(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[sleep=900]] [[push]]")
        delete(here, issue.repo, IN_PROGRESS)

        assert "put the in-progress label back" in tick(here)

        assert labels(issue) == {READY, IN_PROGRESS}
        until(here, issue, after=600)
        assert_ended(here, issue, "done", "landed")


@both
def test_lock__cannot_be_put_back__the_run_is_driven_all_the_same(kind: Forge) -> None:
    """The forge refuses the label alone: it is reported, and the red commit gets its turn."""
    with world(kind) as here:
        issue = start(here, "[[push=red,green]]")
        here.forge.remove_label(issue, IN_PROGRESS, here.owner)
        here.faults["forge"] = only("POST", "/labels", REFUSED)

        heard = tick(here, code=1)

        assert "the agent was told to fix CI" in heard
        assert "the server is in trouble" not in heard
        assert len(said(here, issue)) == 2
        assert record(here, issue)["commits"]["first_red_at"]


@both
def test_end__labels_cannot_be_put_on__rings_once_and_ends_when_they_can(kind: Forge) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[idle]]")
        here.forge.remove_label(issue, IN_PROGRESS, here.owner)
        here.faults["forge"] = only("POST", "/labels", REFUSED)

        tick(here, code=1)
        tick(here, code=1)

        assert len(bell.rings) == 1
        assert (record(here, issue)["stage"], labels(issue)) == ("ending", {READY})
        here.faults.clear()
        tick(here)
        assert_ended(here, issue, "needs-human", "nothing-pushed")
        assert len(bell.rings) == 1


@pytest.mark.parametrize("name", [IN_PROGRESS, HUMAN])
def test_labels__there_in_another_case_on_github__nothing_starts_and_says_why(name: str) -> None:
    """GitHub takes both spellings for one label, so that afk's own can never be on an issue."""
    with world(Forge.GITHUB) as here:
        repo = here.repository("shop")
        issue = here.issue(repo, "Add a till", "[[push]]")
        [label] = [one for one in repo.labels if one.name == name]
        here.forge.rename_label(label, name.title())
        before = Mark(here)

        heard = tick(here, code=2)

        assert f"has the label '{name.title()}', but not '{name}'" in heard
        assert "Next step: rename the label" in heard
        assert before.commands == []
        assert said(here, issue) == []
        here.forge.rename_label(label, name)
        until(here, issue)
        assert_ended(here, issue, "done", "landed")
