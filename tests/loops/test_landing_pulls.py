"""Landing by pull request, whole: opened, readied, merged, closed, by whomever."""

import pytest
from support.landing import (
    begin,
    ended,
    go_on,
    how,
    purposes,
    the_pull,
    to_people,
    to_the_end,
)
from support.landing_oracle import pulls_of
from support.loops import both, labels, record, said, tick
from support.overheard import Mark, doorbell

from afk.types import Forge
from afk_sandbox.world import world


@both
def test_green__human__opened_as_a_draft_made_ready_and_left_to_people(kind: Forge) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = begin(here, "[[ci=slow]]")
        go_on(here, lambda: here.people.pull_for(issue))
        opened = the_pull(here, issue)
        assert here.forge.is_draft(opened)
        assert opened.issue.author is here.bot
        assert opened.head_ref == f"afk/1-{record(here, issue)['run_id'][:8]}"
        assert "Closes #1" in opened.issue.body

        pull = to_people(here, issue)

        assert not here.forge.is_draft(pull)
        assert [one["title"] for one in bell.rings] == ["Ready for review: owner/shop#1"]
        tick(here)
        after = Mark(here)
        for _ in range(4):
            tick(here, after=3600)
        assert (after.writes, after.commands) == ([], [])
        assert issue.open
        assert pull.open
        assert len(bell.rings) == 1


@both
def test_merged_by_a_person__ci_of_what_landed__done_and_tidied_up(kind: Forge) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=green]]")
        pull = to_people(here, issue)
        here.people.merge(pull, here.owner)

        to_the_end(here, issue)

        assert how(here, issue) == ("done", "landed")
        assert not issue.open
        assert pull.head_ref not in issue.repo.branches
        assert purposes(here, issue) == ["first"]
        assert labels(issue) == set()


@both
def test_green_policy__merged_by_afk_with_the_trailer(kind: Forge) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=green]]", merge="green")

        found = to_the_end(here, issue)

        assert how(here, issue) == ("done", "landed")
        tip = issue.repo.commits[issue.repo.branches["main"]]
        assert f"AFK-Run: {found['run_id']}" in tip.message
        assert found["landing"]["merged"] == tip.sha
        assert not issue.open


@both
@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_green_policy__every_method__lands(kind: Forge, method: str) -> None:
    with world(kind) as here:
        here.settings["merge_method"] = method
        issue = begin(here, "[[ci=green]]", merge="green")

        to_the_end(here, issue)

        assert how(here, issue) == ("done", "landed")


@both
def test_approved_policy__waits_for_an_approval_of_somebody_who_may(kind: Forge) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=green]]", merge="approved")
        pull = to_people(here, issue)
        here.people.approve(pull, here.stranger)
        for _ in range(3):
            tick(here, after=600)
        assert pull.open

        here.people.approve(pull, here.owner)
        to_the_end(here, issue)

        assert how(here, issue) == ("done", "landed")


@both
def test_red__fixed_on_the_branch_and_not_on_the_base(kind: Forge) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=red,green]]", merge="green", ci={"reruns": 0})

        to_the_end(here, issue)

        assert how(here, issue) == ("done", "landed")
        assert purposes(here, issue) == ["first", "fix-forward"]
        assert "CI is red on commit" in said(here, issue)[1]


@both
def test_red_after_the_merge__is_fixed_by_another_pull_request(kind: Forge) -> None:
    with world(kind) as here:
        issue = begin(here, "[[ci=green*]] [[merged@1=red]]", merge="green", ci={"reruns": 0})
        go_on(here, lambda: len(purposes(here, issue)) > 1, ticks=20)
        assert purposes(here, issue)[1] == "fix-forward"
        assert not ended(here, issue)

        to_the_end(here, issue)

        assert how(here, issue) == ("done", "landed")
        assert [one.merge is not None for one in pulls_of(here, issue)] == [True, True]
