"""Comments of afk's shape that are not afk's: removed where that is safe, else told of."""

from collections.abc import Callable

import pytest
from support.loops import both, comment, only, record_comments, start, tick
from support.overheard import Mark

from afk.act.look_alikes import NAMED, PER_TICK
from afk.text.messages import SPOILT_COMMENT
from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import IN_PROGRESS, World, world

HEADING = "**afk: Landed** (run `0f0f0f0f`)\n\nThe commit is on the branch and CI is green.\n"
ANOTHER_KEY = f'<!-- afk:run:v1 {{"key_id":"0123456789ab"}} mac={"0" * 64} -->\n{HEADING}'
NO_RECORD = f"<!-- afk:run:v1 nonsense -->\n{HEADING}"
FORBIDDEN = Fault("before", 403, b'{"message": "Forbidden"}', "application/json")


def at_work(here: World) -> Issue:
    """A run of which nothing new is to be written down."""
    issue = start(here, "[[hang]]")
    tick(here)
    return issue


def copied(here: World, issue: Issue) -> str:
    """Return what afk itself wrote on the issue."""
    return record_comments(here, issue)[0].body


def tampered(here: World, issue: Issue) -> str:
    """Return what afk wrote, with another word in it."""
    return copied(here, issue).replace('"stage":"running"', '"stage":"ended"')


def theirs(issue: Issue, here: World) -> list[str]:
    """Return the stranger's comments as they stand."""
    return [one.body for one in issue.comments if one.author is here.stranger]


@both
@pytest.mark.parametrize(
    "forge_one", [copied, tampered, lambda *_: NO_RECORD, lambda *_: f"\n {NO_RECORD}"]
)
def test_look_alike__that_can_be_nobody_s_record__is_removed_and_nothing_follows(
    kind: Forge, forge_one: Callable[[World, Issue], str]
) -> None:
    with world(kind) as here:
        issue = at_work(here)
        here.forge.comment(issue, here.stranger, forge_one(here, issue))
        before = Mark(here)

        said = tick(here)

        assert "removed a comment of stranger that was forged" in said
        assert theirs(issue, here) == []
        assert before.commands == []
        assert [one.method for one in before.writes] == ["DELETE"]
        assert "Not afk's" not in comment(here, issue)
        again = Mark(here)
        tick(here)
        assert again.writes == []


@both
@pytest.mark.parametrize("body", [ANOTHER_KEY, HEADING], ids=["another key", "heading alone"])
def test_look_alike__that_may_be_another_installation_s__stays_and_is_told_of(
    kind: Forge, body: str
) -> None:
    """What another installation remembers must not be lost; people are told whose it is not."""
    with world(kind) as here:
        issue = at_work(here)
        posted = here.forge.comment(issue, here.stranger, body)

        said = tick(here)

        assert "a comment of stranger has the shape of afk's own and is not" in said
        assert theirs(issue, here) == [body]
        told = comment(here, issue)
        assert (
            f"/owner/shop/./issues/1#issuecomment-{posted.id}) of `stranger` has the shape" in told
        )
        again = Mark(here)
        assert "has the shape of afk's own" not in tick(here), "its comment says so by now"
        assert again.writes == []


@both
@pytest.mark.parametrize(
    "body",
    [f"> {HEADING}", f"```\n{NO_RECORD}```", f"Look:\n{NO_RECORD}", "**afk: Landed** yesterday"],
    ids=["quote", "code", "further down", "other words"],
)
def test_comment__that_only_talks_of_one__is_left_alone(kind: Forge, body: str) -> None:
    with world(kind) as here:
        issue = at_work(here)
        here.forge.comment(issue, here.stranger, body)
        before = Mark(here)
        assert "shape" not in tick(here)
        assert before.writes == []
        assert theirs(issue, here) == [body]


@both
def test_look_alike__that_cannot_be_removed__is_told_of_and_holds_nothing_up(kind: Forge) -> None:
    """No tick fails for what anybody can post, and none tries it twice."""
    with world(kind) as here:
        issue = at_work(here)
        posted = here.forge.comment(issue, here.stranger, NO_RECORD)
        here.faults["forge"] = only("DELETE", "/comments/", FORBIDDEN)

        assert "a forged comment cannot be removed" in tick(here)

        assert f"#issuecomment-{posted.id}) of `stranger`" in comment(here, issue)
        before = Mark(here)
        assert "cannot be removed" not in tick(here)
        assert before.writes == []
        assert IN_PROGRESS in {label.name for label in issue.labels}


@both
def test_look_alikes__in_numbers__a_few_a_tick(kind: Forge) -> None:
    with world(kind) as here:
        issue = at_work(here)
        for _ in range(PER_TICK + 2):
            here.forge.comment(issue, here.stranger, NO_RECORD)
        before = Mark(here)
        tick(here)
        assert [one.method for one in before.writes].count("DELETE") == PER_TICK
        assert len(theirs(issue, here)) == 2
        tick(here)
        assert len(theirs(issue, here)) == 2, "told of in afk's comment by now, which is enough"


@both
def test_comment_of_afk_s_own_that_was_changed__beside_many_forgeries__is_marked_a_tick_later(
    kind: Forge,
) -> None:
    """Removing and marking share one bound, and afk's own is not forgotten over it."""
    with world(kind) as here:
        issue = at_work(here)
        own = record_comments(here, issue)[0]
        changed = tampered(here, issue)
        here.forge.edit_comment(own, here.owner, changed)
        tick(here)
        for _ in range(PER_TICK):
            here.forge.comment(issue, here.stranger, NO_RECORD)

        said = tick(here)

        assert theirs(issue, here) == []
        assert own.body == changed
        assert "that somebody changed" not in said
        assert "marked a comment of afk's that somebody changed" in tick(here)
        assert own.body == SPOILT_COMMENT


@both
def test_look_alike__in_a_dry_run__is_said_and_left(kind: Forge) -> None:
    with world(kind) as here:
        issue = at_work(here)
        here.forge.comment(issue, here.stranger, NO_RECORD)
        before = Mark(here)
        ticked = here.tick("--dry-run", after=60)
        assert "would remove a forged comment of stranger" in ticked.output
        assert before.writes == []
        assert theirs(issue, here) == [NO_RECORD]


@both
def test_look_alikes__that_stay_in_numbers__fill_neither_the_comment_nor_the_log(
    kind: Forge,
) -> None:
    with world(kind) as here:
        issue = at_work(here)
        for _ in range(NAMED + 40):
            here.forge.comment(issue, here.stranger, "**afk: Landed** (run `12345678`)")
        told = tick(here)
        assert told.count("warning: owner/shop#1 a comment of") == NAMED
        assert "40 more comments have that shape" in told
        assert len(theirs(issue, here)) == NAMED + 40
