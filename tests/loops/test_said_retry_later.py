"""``/afk retry`` where afk may not act on it, and its run once people think again."""

import pytest
from support.loops import (
    both,
    comment,
    labels,
    record,
    records,
    said,
    threads,
    tick,
    until,
)
from support.overheard import Mark
from support.saying import handed_back, named, replies, say, short_answers

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, READY, World, world


def gone(here: World, issue: Issue) -> None:
    here.forge.delete_comment(issue.comments[-2])


def changed(here: World, issue: Issue) -> None:
    here.forge.edit_comment(issue.comments[-2], here.owner, "/afk retry ")


@both
def test_retry__taken_back_while_the_agent_works__is_handed_back(kind: Forge) -> None:
    with world(kind) as here:
        issue = handed_back(here)
        issue.body = "[[slow=40000]] [[push]]"
        say(here, issue, "/afk retry")
        tick(here)
        assert record(here, issue)["stage"] == "running"
        gone(here, issue)

        until(here, issue)

        assert record(here, issue)["reason"] == "authority-revoked"
        assert "took the comment back" in comment(here, issue)
        assert labels(issue) == {HUMAN}
        tick(here, after=3600)
        assert len(threads(here, issue)) == 2


@both
def test_retry__taken_back_before_it_starts__never_starts(kind: Forge) -> None:
    with world(kind) as here:
        issue = handed_back(here)
        here.settings["max_in_flight"] = 0
        say(here, issue, "/afk retry")
        tick(here)
        assert record(here, issue)["stage"] == "approved"
        changed(here, issue)
        here.settings["max_in_flight"] = 4

        until(here, issue)
        tick(here)

        assert record(here, issue)["reason"] == "authority-revoked"
        assert labels(issue) == {HUMAN}
        assert len(threads(here, issue)) == 1


@both
def test_retry__author_may_no_longer_write__parks_the_run(kind: Forge) -> None:
    with world(kind) as here:
        issue = handed_back(here)
        issue.body = "[[push=red,green]]"
        helper = here.people.reviewer(issue.repo, "helper")
        say(here, issue, "/afk retry", by=helper)
        tick(here)
        assert record(here, issue)["approval"]["actor_id"] == helper.id
        here.people.leave(issue.repo, helper)
        until(here, issue)
        assert record(here, issue)["reason"] == "authority-revoked"
        assert len(said(here, issue)) == 2, "one first turn each, and none after that"


@both
def test_retry__label_taken_off_again__stops_the_run(kind: Forge) -> None:
    with world(kind) as here:
        issue = handed_back(here)
        issue.body = "[[slow=40000]]"
        say(here, issue, "/afk retry")
        tick(here)
        here.clock.sleep(60)
        here.forge.remove_label(issue, READY, here.owner)
        until(here, issue)
        assert record(here, issue)["reason"] == "ready-removed"


@both
def test_retry__label_put_on_by_afk_alone_later__starts_nothing(kind: Forge) -> None:
    """Every workflow of a repository may share afk's account: only a recorded retry counts."""
    with world(kind) as here:
        issue = handed_back(here)
        say(here, issue, "/afk retry")
        until(here, issue)
        tick(here)
        here.clock.sleep(60)
        here.forge.add_label(issue, READY, here.bot)
        before = Mark(here)
        tick(here)
        tick(here)
        assert "thread.create" not in before.commands
        assert [one["stage"] for one in records(here, issue)] == ["ended", "ended"]
        assert short_answers(here, issue) == []


@both
@pytest.mark.parametrize("act", ["off", "human"])
def test_retry__person_changes_the_labels_after_it__their_newer_word_counts(
    kind: Forge, act: str
) -> None:
    with world(kind) as here:
        here.settings["max_in_flight"] = 0
        issue = here.issue(here.repository("shop"), "Add a till", "[[push]]")
        tick(here)
        tick(here, after=8 * 24 * 3600)
        here.settings["max_in_flight"] = 4
        say(here, issue, "/afk retry")
        here.clock.sleep(5)
        here.forge.remove_label(issue, READY, here.owner)
        if act == "human":
            here.forge.add_label(issue, HUMAN, here.owner)
        named(here, issue)

        tick(here)
        tick(here)

        assert threads(here, issue) == []
        assert ("retry", "overtaken") in replies(here, issue)
        assert READY not in labels(issue)


@both
@pytest.mark.parametrize("disarm", ["switch", "allowlist"])
def test_retry__kill_switch_or_repository_not_allowed__nothing_is_read(
    kind: Forge, disarm: str
) -> None:
    with world(kind) as here:
        issue = handed_back(here)
        here.repository("other")
        say(here, issue, "/afk retry")
        named(here, issue)
        if disarm == "switch":
            here.settings["kill_switch"] = True
        else:
            here.settings["allowlist"].remove(issue.repo.full_name)
        before = Mark(here)
        tick(here)
        assert [one.path for one in before.forge if f"/{issue.number}" in one.path] == []
        assert before.writes == []


@both
def test_retry__dry_run__says_what_it_would_do(kind: Forge) -> None:
    with world(kind) as here:
        issue = handed_back(here)
        tick(here, after=3600)
        told = say(here, issue, "/afk retry")
        before = Mark(here)
        ticked = here.tick("--dry-run")
        assert ticked.exit_code == 0
        assert "would answer a comment" in ticked.output
        assert before.writes == []
        assert told.reactions == {}
