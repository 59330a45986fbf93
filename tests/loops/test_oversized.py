"""Runs in flight on issues that became too large to read: ended once, and nothing is guessed."""

from collections.abc import Callable

import pytest
from support.loops import assert_ended, at_work, both, labels, record, record_comments, start, tick
from support.overheard import Mark, doorbell

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import IN_PROGRESS, READY, World, world

WORKING = "[[slow=40000]] [[push]]"
HUGE = 9_000_000
"""Characters; more than afk reads of one answer."""


def many_comments(here: World, issue: Issue) -> None:
    for _ in range(1_001):
        here.forge.comment(issue, here.stranger, "me too")


def huge_comment(here: World, issue: Issue) -> None:
    here.forge.comment(issue, here.stranger, "x" * HUGE)


def huge_edit_of_an_old_comment(here: World, issue: Issue) -> None:
    """It stands before the record."""
    here.forge.edit_comment(issue.comments[0], here.stranger, "x" * HUGE)


def huge_issue_that_mentions_it(here: World, issue: Issue) -> None:
    text = f"See #{issue.number}. " + "x" * HUGE
    here.forge.web_form_issue(issue.repo, here.stranger, [], title="Huge", body=text)


def long_text(here: World, issue: Issue) -> None:
    """Whoever opened an issue may edit it."""
    here.forge.edit_body(issue, here.owner, "x" * 300_000)


def huge_text(here: World, issue: Issue) -> None:
    here.forge.edit_body(issue, here.owner, "x" * HUGE)


FLOODS = [
    (Forge.GITHUB, many_comments),
    (Forge.FORGEJO, huge_comment),
    (Forge.FORGEJO, huge_edit_of_an_old_comment),
    (Forge.FORGEJO, huge_issue_that_mentions_it),
    (Forge.FORGEJO, long_text),
    (Forge.FORGEJO, huge_text),
]
"""GitHub takes 65,536 characters a text, Forgejo any number."""


@pytest.mark.parametrize(("kind", "flood"), FLOODS)
def test_oversized__run_in_flight__is_handed_over_once_and_its_repository_is_free(
    kind: Forge, flood: Callable[[World, Issue], None]
) -> None:
    with world(kind) as here, doorbell(here) as bell:
        repo = here.repository("shop")
        issue = here.issue(repo, "Add a till", WORKING, ready=False)
        here.forge.comment(issue, here.stranger, "me too")
        here.clock.sleep(60)
        here.forge.add_label(issue, READY, here.owner)
        tick(here)
        flood(here, issue)
        tick(here)
        assert_ended(here, issue, "needs-human", "oversized")
        assert len(bell.rings) == 1
        before = record(here, issue)
        other = here.issue(repo, "Add a bell", WORKING)
        tick(here)
        assert record(here, other)["stage"] == "running"
        assert record(here, issue) == before
        assert len(bell.rings) == 1


@both
def test_oversized__record_not_found_either__agent_is_left_alone(kind: Forge) -> None:
    """The record may stand among what could not be read; once it can be, things are put right."""
    with world(kind) as here:
        issue = start(here, WORKING)
        here.forge.delete_comment(record_comments(here, issue)[-1])
        kept = list(issue.comments)
        (huge_comment if kind is Forge.FORGEJO else many_comments)(here, issue)
        other = here.issue(issue.repo, "Add a bell", WORKING)
        mark, working = Mark(here), at_work(here)
        said = tick(here, code=1)
        assert "owner/shop#1: an agent is at work, and its run record was not found" in said
        assert "delete or shorten" in said
        assert mark.commands == []
        assert at_work(here) == working
        assert labels(issue) == {READY, IN_PROGRESS}
        assert record(here, other).get("stage", "approved") == "approved"
        issue.comments[:] = kept
        tick(here)
        assert record(here, issue)["stage"] == "running"
        assert at_work(here) == working
