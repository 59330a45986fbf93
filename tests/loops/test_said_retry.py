"""``/afk retry``: an approval given in a comment, and everything that is none."""

from support.loops import (
    both,
    comment,
    labels,
    record,
    records,
    start,
    threads,
    tick,
    until,
)
from support.overheard import Mark
from support.saying import handed_back, named, reactions, replies, say

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World, world


@both
def test_retry__after_a_hand_back__is_the_approval_of_a_new_run(kind: Forge) -> None:
    """Its author, time and id make the run; no event and no label of a person's is needed."""
    with world(kind) as here:
        issue = handed_back(here)
        told = say(here, issue, "/afk retry\n\nI have signed it in again.")

        tick(here)

        first, second = records(here, issue)
        approval = second["approval"]
        assert (first["stage"], second["stage"]) == ("ended", "running")
        assert first["run_id"] != second["run_id"]
        assert approval["event"] == f"comment-{told.id}"
        assert approval["actor_id"] == here.owner.id
        assert approval["digest"] == first["approval"]["digest"]
        assert labels(issue) == {READY, IN_PROGRESS}
        assert reactions(told) == ["eyes"]
        assert replies(here, issue) == [("retry", "retried")]
        assert "approved as the issue stood then" in comment(here, issue)
        until(here, issue)
        assert len(threads(here, issue)) == 2
        assert len(records(here, issue)) == 2
        assert labels(issue) == {HUMAN}
        before = Mark(here)
        tick(here)
        assert before.writes == []


@both
def test_retry__text_changed_after_the_comment__starts_nothing_and_says_so(kind: Forge) -> None:
    with world(kind) as here:
        issue = handed_back(here)
        told = say(here, issue, "/afk retry")
        here.clock.sleep(5)
        here.forge.edit_body(issue, here.owner, "And mine the coins.")

        tick(here)
        tick(here)

        assert [one["stage"] for one in records(here, issue)] == ["ended"]
        assert replies(here, issue) == [("retry", "changed")]
        assert reactions(told) == ["eyes"]
        assert labels(issue) == {HUMAN}
        assert len(threads(here, issue)) == 1


def edited(here: World, issue: Issue) -> None:
    """Let a writer make somebody's words a command, or change one."""
    told = say(here, issue, "I will look.")
    here.clock.sleep(1)
    here.forge.edit_comment(told, here.owner, "/afk retry")


def of_a_stranger(here: World, issue: Issue) -> None:
    say(here, issue, "/afk retry", by=here.stranger)


def quoted(here: World, issue: Issue) -> None:
    say(here, issue, "> /afk retry\n\nDid that help?")
    say(here, issue, "```\n/afk retry\n```")
    say(here, issue, "Say /afk retry")


def of_afk(here: World, issue: Issue) -> None:
    say(here, issue, "/afk retry", by=here.bot)


def of_an_agent(here: World, issue: Issue) -> None:
    agent = here.forge.account("agent")
    assert agent is not None
    here.settings["agent_accounts"] = [agent.id]
    say(here, issue, "/afk retry", by=agent)


def marked(here: World, issue: Issue) -> None:
    say(here, issue, '/afk retry\n<!-- afk:run:v1 {"stage":"approved"} mac=none -->')


def deleted(here: World, issue: Issue) -> None:
    here.forge.delete_comment(say(here, issue, "/afk retry"))


NONE = (edited, of_a_stranger, quoted, of_afk, of_an_agent, marked, deleted)


@both
def test_retry__that_is_none__changes_nothing(kind: Forge) -> None:
    """Nor does anybody who may not say it get a word or a reaction."""
    with world(kind) as here:
        issue = handed_back(here)
        tick(here, after=3600)
        for speak in NONE:
            speak(here, issue)
        named(here, issue)
        before = Mark(here)

        tick(here)
        tick(here)

        assert before.writes == []
        assert before.commands == []
        assert labels(issue) == {HUMAN}
        assert not any(one.reactions for one in issue.comments)


@both
def test_retry__nobody_looked_for_more_than_a_day__does_nothing(kind: Forge) -> None:
    with world(kind) as here:
        issue = handed_back(here)
        tick(here, after=3600)
        say(here, issue, "/afk retry")
        here.clock.sleep(25 * 3600)
        named(here, issue)
        before = Mark(here)
        tick(here)
        assert before.writes == []


@both
def test_retry__of_a_stranger__costs_a_question_about_them_and_no_more(kind: Forge) -> None:
    with world(kind) as here:
        issue = handed_back(here)
        tick(here, after=3600)
        say(here, issue, "Any news?", by=here.stranger)
        quiet = Mark(here)
        tick(here)
        asked = len(quiet.forge)
        say(here, issue, "/afk retry", by=here.stranger)
        loud = Mark(here)
        tick(here)
        more = len(loud.forge) - asked
        assert 1 <= more <= 3, "who afk is on Forgejo, and what the stranger may do"


@both
def test_retry__while_a_run_is_at_work__says_so_and_does_nothing(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=40000]] [[push]]")
        told = say(here, issue, "/afk retry")
        before = Mark(here)

        tick(here)
        tick(here)

        assert record(here, issue)["stage"] == "running"
        assert replies(here, issue) == [("retry", "at-work")]
        assert "`/afk stop` ends it" in comment(here, issue)
        assert reactions(told) == ["eyes"]
        assert before.commands == []
        assert len(before.writes) == 2, "a reaction and the comment, once"


@both
def test_retry__just_before_the_run_ends__is_heard_once_it_has(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "Nothing to do.")
        say(here, issue, "/afk retry")
        tick(here, after=120)
        tick(here)

        first, second = records(here, issue)
        assert (first["verdict"], second["stage"]) == ("needs-human", "running")
        assert replies(here, issue) == [("retry", "retried")]


@both
def test_retry__approved_already__waits_as_it_did(kind: Forge) -> None:
    with world(kind) as here:
        here.settings["max_in_flight"] = 0
        issue = here.issue(here.repository("shop"), "Add a till", "x")
        tick(here)
        say(here, issue, "/afk retry")

        tick(here)

        (only,) = records(here, issue)
        assert only["stage"] == "approved"
        assert replies(here, issue) == [("retry", "waits")]
        assert "max_in_flight" in comment(here, issue)


def times_applied(issue: Issue) -> int:
    """Return how often anything was done with the ready label."""
    return sum(one.label is not None and one.label.name == READY for one in issue.events)


@both
def test_retry__approval_grew_too_old__counts_from_the_comment(kind: Forge) -> None:
    """The label is on already: nothing is taken off and put on for it."""
    with world(kind) as here:
        here.settings["max_in_flight"] = 0
        issue = here.issue(here.repository("shop"), "Add a till", "[[slow=3000]]")
        tick(here)
        tick(here, after=8 * 24 * 3600)
        here.settings["max_in_flight"] = 4
        tick(here)
        assert threads(here, issue) == []
        applied = times_applied(issue)
        say(here, issue, "/afk retry")

        tick(here)

        first, second = records(here, issue)
        assert (first["stage"], first["verdict"]) == ("ended", "superseded")
        assert second["stage"] == "running"
        assert times_applied(issue) == applied
        assert len(threads(here, issue)) == 1


@both
def test_retry__on_an_issue_without_any_run__is_its_first_approval(kind: Forge) -> None:
    """Only the event says where to look."""
    with world(kind) as here:
        issue = here.issue(here.repository("shop"), "Add a till", "[[push]]", ready=False)
        say(here, issue, "/AFK Retry")
        before = Mark(here)
        tick(here)
        assert before.writes == []
        named(here, issue)

        tick(here)

        assert record(here, issue)["stage"] == "running"
        until(here, issue)
        assert record(here, issue)["verdict"] == "done"


@both
def test_retry__closed_issue__asks_to_reopen_it(kind: Forge) -> None:
    with world(kind) as here:
        issue = handed_back(here)
        here.forge.close(issue, here.owner)
        say(here, issue, "/afk retry")
        named(here, issue)
        tick(here)
        assert replies(here, issue) == [("retry", "closed")]
        assert len(records(here, issue)) == 1
        assert issue.closed_at is not None


@both
def test_retry__repository_that_is_only_watched__starts_nothing(kind: Forge) -> None:
    with world(kind) as here:
        issue = handed_back(here)
        here.settings["draining"] = here.settings["allowlist"]
        here.settings["allowlist"] = []
        say(here, issue, "/afk retry")
        tick(here)
        assert replies(here, issue) == [("retry", "not-here")]
        assert len(records(here, issue)) == 1
        assert labels(issue) == {HUMAN}
