"""Endings that need a person: one new comment that mentions whoever approved, and never two."""

import pytest
from support import troubles
from support.chaos import Killed, KillingTransport
from support.loops import (
    assert_ended,
    both,
    comment,
    only,
    record,
    record_comments,
    start,
    tick,
    until,
)
from support.overheard import doorbell
from support.sampling import kill_points

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import Comment, Issue
from afk_sandbox.world import World, world

on_github = pytest.mark.parametrize("kind", [Forge.GITHUB])
on_forgejo = pytest.mark.parametrize("kind", [Forge.FORGEJO])
"""What is decided by the same code takes turns between the forges."""
FORBIDDEN = Fault("before", 403, b'{"message": "Forbidden"}', "application/json")


def told(here: World, issue: Issue) -> list[str]:
    """Return what afk wrote on the issue beside the runs' own comments."""
    records = record_comments(here, issue)
    return [one.body for one in issue.comments if one.author is here.bot and one not in records]


@both
@pytest.mark.parametrize(
    ("body", "settings", "words"),
    [
        ("[[idle]]", {}, "@owner: **Handed back to you.** The agent finished without pushing a "),
        (
            "[[push=red]]",
            {"fix_forward_max_attempts": 0},
            "@owner: **CI still red.** The agent has had every try to fix CI, ",
        ),
        ("[[ask=2]]", {}, "@owner: **Handed back to you.** The agent asks something that only a "),
    ],
    ids=["handed back", "still red", "a question"],
)
def test_end__that_needs_a_person__wakes_whoever_approved_once(
    kind: Forge, body: str, settings: dict[str, int], words: str
) -> None:
    with world(kind) as here, doorbell(here) as bell:
        here.settings |= settings
        issue = start(here, body)
        until(here, issue)

        [text] = told(here, issue)
        assert text.startswith(words)
        [posted] = record_comments(here, issue)
        link = f"/owner/shop/issues/1#issuecomment-{posted.id})"
        assert link in text
        assert "`" not in text.split("\n")[0], "nothing of anybody else's"
        verdict = record(here, issue)["verdict"]
        assert f"{verdict}:comment" in record(here, issue)["ending"]["notified"]
        assert bell.rings[-1]["link"].endswith(link[1:-1])
        tick(here)
        tick(here)
        assert told(here, issue) == [text]


@both
@pytest.mark.parametrize("body", ["[[push]]", "[[slow=4000]]"], ids=["landed", "stopped"])
def test_end__that_needs_nobody__stays_quiet(kind: Forge, body: str) -> None:
    with world(kind) as here:
        issue = start(here, body)
        if "slow" in body:
            here.forge.close(issue, here.owner)
        until(here, issue)

        assert told(here, issue) == []


@on_github
def test_mention__switched_off__posts_nothing(kind: Forge) -> None:
    with world(kind) as here:
        here.settings["mention"] = False
        issue = start(here, "[[idle]]")
        until(here, issue)

        assert_ended(here, issue, "needs-human", "nothing-pushed")
        assert told(here, issue) == []
        assert "notified" not in record(here, issue)["ending"]


@both
def test_wake__approver_s_account_is_gone__mentions_nobody(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop", ci={"grace_seconds": 60})
        here.settings["trusted"] = [here.stranger.id]
        issue = here.issue(repo, "Add a till", "[[idle]]", ready=False)
        here.forge.add_label(issue, "ready-for-agent", here.stranger)
        here.clock.sleep(60)
        tick(here)
        here.forge.delete_account(here.stranger)
        until(here, issue)

        [text] = told(here, issue)
        assert text.startswith("**Handed back to you.**")
        assert "@" not in text


@both
def test_wake__the_tick_dies_at_any_write_of_the_end__is_posted_once(kind: Forge) -> None:
    for nth in kill_points(kind, 9):
        with world(kind) as here:
            issue = start(here, "[[idle]]")
            here.clock.sleep(60)
            transport = KillingTransport(nth, after=True)
            try:
                here.run("tick", transport=transport)
            except Killed:
                tick(here)
            tick(here)

            assert_ended(here, issue, "needs-human", "nothing-pushed")
            assert len(told(here, issue)) == 1, nth


@on_forgejo
def test_wake__a_stranger_has_written_the_marker__is_posted_all_the_same(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[idle]]")
        run = record(here, issue)["run_id"]
        here.forge.comment(issue, here.stranger, f"Hi.\n\n<!-- afk:woken {run} needs-human -->")
        until(here, issue)

        assert len(told(here, issue)) == 1


@on_forgejo
def test_wake__cannot_be_posted__three_tries_then_the_comment_says_so(kind: Forge) -> None:
    """Only that one: the run's own comment is edited as ever."""
    with world(kind) as here:
        issue = start(here, "[[idle]]")
        here.faults["forge"] = only("POST", "/comments", FORBIDDEN)
        for _ in range(5):
            said = tick(here)

        assert_ended(here, issue, "needs-human", "nothing-pushed")
        assert told(here, issue) == []
        assert "Not everybody was told" in comment(here, issue)
        assert "nobody could be told" not in said, "it is not tried any more"
        assert record(here, issue)["ending"]["notify_failures"] == 3


@on_github
def test_wake__met_by_a_rate_limit__is_posted_later_and_no_doorbell_rings_twice(
    kind: Forge,
) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, "[[idle]]")
        fault = troubles.forbidden(here, "forge")
        here.faults["forge"] = only("POST", "/comments", fault)
        tick(here)
        assert (told(here, issue), bell.rings) == ([], [])
        here.faults.clear()
        until(here, issue)

        assert_ended(here, issue, "needs-human", "nothing-pushed")
        assert (len(told(here, issue)), len(bell.rings)) == (1, 1)
        assert "notify_failures" not in record(here, issue)["ending"]


@on_github
def test_wake__is_no_record_and_nothing_the_agent_gets(kind: Forge) -> None:
    """Labelled again after it: the next run starts, and its agent is not told what afk said."""
    with world(kind) as here:
        issue = start(here, "[[idle]]")
        until(here, issue)
        here.clock.sleep(60)
        here.forge.add_label(issue, "ready-for-agent", here.owner)
        tick(here)

        assert len(record_comments(here, issue)) == 2
        prompts = [
            message.text
            for thread in here.t3.state.threads.values()
            for message in thread.messages.values()
        ]
        assert not [one for one in prompts if "Handed back" in one]


def posted(here: World, issue: Issue) -> list[Comment]:
    return [one for one in issue.comments if one.author is here.bot]


@on_forgejo
def test_comment__nothing_new__is_not_written_again(kind: Forge) -> None:
    """Durations and times are the record's: a tick later the text is the same."""
    with world(kind) as here:
        issue = start(here, "[[hang]]")
        tick(here)
        before = [(one.body, len(one.history)) for one in posted(here, issue)]
        for _ in range(3):
            tick(here, after=600)
        assert [(one.body, len(one.history)) for one in posted(here, issue)] == before


@both
def test_comment__ci_is_red__names_what_failed_to_the_end(kind: Forge) -> None:
    """Also in writes that do not ask CI again, such as the end a tick later."""
    with world(kind) as here:
        here.settings["fix_forward_max_attempts"] = 0
        issue = start(here, "[[push=red]]")
        until(here, issue)

        text = comment(here, issue)
        assert "### afk: CI still red " in text
        assert "\nFailed: [`" in text
        assert "**`main` is left red:** CI failed on [`" in text
