"""Records that somebody edited while they waited: parked, never started, never closed."""

from collections.abc import Callable

import pytest
from support.poll_rig import BODY, labels, on_both_forges, polled, prompts, record_in

from afk.record.codec import is_record
from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, Ticked, World, world


def by_hand(here: World, issue: Issue) -> None:
    """Change a word of the record."""
    comment = issue.comments[0]
    here.forge.edit_comment(
        comment, here.owner, comment.body.replace('"sequence":1', '"sequence":2', 1)
    )


def cut_short(here: World, issue: Issue) -> None:
    here.forge.edit_comment(issue.comments[0], here.owner, issue.comments[0].body[:60])


def of_another_issue(here: World, issue: Issue) -> None:
    """Paste the signed record of another issue."""
    other = here.issue(issue.repo, "Add a sink", BODY)
    polled(here)
    body = other.comments[0].body
    here.forge.edit_comment(issue.comments[0], here.owner, body)


@pytest.mark.parametrize("tamper", [by_hand, cut_short, of_another_issue])
@on_both_forges
def test_record__edited_by_hand_while_it_waits__is_parked_and_never_started(
    kind: Forge, tamper: Callable[[World, Issue], None]
) -> None:
    with world(kind) as here:
        here.settings["max_in_flight"] = 0
        issue = here.issue(here.repository("shop"), "Add a till", BODY)
        polled(here)
        here.clock.sleep(60)
        tamper(here, issue)
        del here.settings["max_in_flight"]
        ticked: Ticked = polled(here, "--repo", "owner/shop", "--issue", str(issue.number))
        assert ticked.exit_code == 0
        assert prompts(here, issue) == []
        assert labels(issue) == {HUMAN}
        *_, newest_comment = [one.body for one in issue.comments if is_record(one.body)]
        newest = record_in(newest_comment)
        assert (newest["verdict"], newest["reason"]) == ("needs-human", "record-edited")
        assert "is not believed: somebody edited it" in newest_comment
