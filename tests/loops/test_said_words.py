"""``/afk stop``, ``why``, ``status``, ``answer``: to a run at work, to one that waits, to none."""

import pytest
from support.loops import both, comment, labels, only, record, records, start, threads, tick, until
from support.overheard import Mark
from support.saying import handed_back, named, reactions, replies, say, short_answers

from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import IN_PROGRESS, READY, World, world

REFUSED = Fault("before", 403, b'{"message":"no"}', "application/json")


def answers_in(here: World, issue: Issue) -> list[str]:
    """Return what the agent was answered."""
    del issue
    sent = [one for one in here.t3_log.exchanges if "user-input.respond" in one.body]
    return [one.body for one in sent]


@both
def test_stop__run_at_work__stopped_for_that_reason(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=40000]] [[push]]")
        told = say(here, issue, "/afk stop")

        until(here, issue)

        assert (record(here, issue)["verdict"], record(here, issue)["reason"]) == (
            "stopped",
            "stop-command",
        )
        assert replies(here, issue) == [("stop", "stopped")]
        assert reactions(told) == ["eyes"]
        assert labels(issue) == set()
        before = Mark(here)
        tick(here)
        assert (before.writes, before.commands) == ([], [])


@both
def test_stop__run_of_a_stranger_s_wish__goes_on(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=40000]] [[push]]")
        tick(here)
        say(here, issue, "/afk stop", by=here.stranger)
        say(here, issue, "> /afk stop")
        before = Mark(here)
        tick(here)
        assert record(here, issue)["stage"] == "running"
        assert (before.writes, before.commands) == ([], [])


@both
@pytest.mark.parametrize("recorded", [True, False])
def test_stop__issue_that_waits__leaves_the_queue(kind: Forge, recorded: bool) -> None:
    with world(kind) as here:
        here.settings["max_in_flight"] = 0
        issue = here.issue(here.repository("shop"), "Add a till", "x")
        if recorded:
            tick(here)
        here.settings["max_in_flight"] = 4
        say(here, issue, "/afk stop")

        tick(here)
        tick(here)

        (only_one,) = records(here, issue)
        assert (only_one["stage"], only_one["reason"]) == ("ended", "stop-command")
        assert replies(here, issue) == [("stop", "stopped")]
        assert labels(issue) == set()
        assert threads(here, issue) == []


@both
def test_stop__nothing_at_work__says_so(kind: Forge) -> None:
    with world(kind) as here:
        issue = handed_back(here)
        say(here, issue, "/afk stop")
        tick(here)
        assert replies(here, issue) == [("stop", "not-at-work")]
        assert "nothing is at work here" in comment(here, issue)
        assert record(here, issue)["verdict"] == "needs-human"


@both
def test_why_and_status__run_at_work__its_comment_is_brought_up_to_date(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=40000]] [[push]]")
        first, second = say(here, issue, "/afk why"), say(here, issue, "/afk status\nPlease.")
        third = say(here, issue, "/afk dance")
        before = Mark(here)

        tick(here)
        tick(here)

        assert replies(here, issue) == [("why", "shown"), ("status", "shown"), ("unknown", "words")]
        assert [reactions(one) for one in (first, second, third)] == [
            ["eyes"],
            ["eyes"],
            ["confused"],
        ]
        shown = comment(here, issue)
        assert f"#issuecomment-{first.id}" in shown
        assert "`/afk why`, `/afk status`, `/afk stop`, `/afk retry`, `/afk answer TEXT`" in shown
        assert "dance" not in shown
        assert len(before.writes) == 4, "three reactions, one edit"
        assert len(records(here, issue)) == 1
        assert short_answers(here, issue) == []


@both
def test_why__issue_without_a_run__is_answered_in_a_short_comment_once(kind: Forge) -> None:
    with world(kind) as here:
        repo = here.repository("shop")
        issue = here.issue(repo, "Add a till", "x", ready=False)
        told = say(here, issue, "/afk why")
        named(here, issue)

        tick(here)
        tick(here)

        (answer,) = short_answers(here, issue)
        assert f"#issuecomment-{told.id})" in answer
        assert "ready-for-agent" in answer
        assert reactions(told) == ["eyes"]
        assert records(here, issue) == []
        say(here, issue, "/afk")
        say(here, issue, "/afk stop")
        say(here, issue, "/afk answer Yes.")
        tick(here)
        tick(here)
        words, stop, nothing = short_answers(here, issue)[1:]
        assert "It knows `/afk why`" in words
        assert "nothing is at work here" in stop
        assert "no open question" in nothing
        assert labels(issue) == set()


@both
def test_why__issue_that_waits__its_comment_goes_on_saying_for_what(kind: Forge) -> None:
    with world(kind) as here:
        here.settings["max_in_flight"] = 0
        issue = here.issue(here.repository("shop"), "Add a till", "x")
        tick(here)
        say(here, issue, "/afk why")
        tick(here)
        assert replies(here, issue) == [("why", "shown")]
        assert "max_in_flight" in comment(here, issue)


@both
def test_answer__question_that_nobody_has_answered__reaches_the_agent(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[ask]] [[push]]")
        say(here, issue, "/afk answer Take the blue one.\n<!-- not this -->\nAnd be kind.")

        tick(here)

        (sent,) = answers_in(here, issue)
        assert "Take the blue one." in sent
        assert "And be kind." in sent
        assert "not this" not in sent
        assert "Nobody is there" not in sent
        assert replies(here, issue) == [("answer", "sent")]
        assert "A comment answered it." in comment(here, issue)
        assert "Take the blue one." not in record_text(here, issue)
        until(here, issue)
        assert record(here, issue)["verdict"] == "done"
        assert len(answers_in(here, issue)) == 1


def record_text(here: World, issue: Issue) -> str:
    """Return afk's own comments."""
    return "\n".join(one.body for one in issue.comments if one.author is here.bot)


@both
def test_answer__t3_loses_it__is_given_again_under_the_same_id(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[ask]] [[push]]")
        say(here, issue, "/afk answer Blue.")
        here.faults["t3"] = only("POST", "/dispatch", Fault("before"))
        here.tick(after=60)
        here.faults.clear()

        tick(here)

        assert all("Blue." in one for one in answers_in(here, issue))
        assert replies(here, issue) == [("answer", "sent")]
        until(here, issue)
        assert record(here, issue)["verdict"] == "done"


@both
def test_answer__second_question__goes_on_where_it_would_have_been_handed_back(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[ask=2]] [[push]]")
        tick(here)
        say(here, issue, "/afk answer Blue again.")
        tick(here)
        assert record(here, issue)["stage"] == "running"
        assert ["Nobody is there" in one for one in answers_in(here, issue)] == [True, False]


@both
def test_answer__too_late_or_nothing_open__is_said_and_not_sent(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[slow=40000]] [[push]]")
        say(here, issue, "/afk answer Blue.")
        say(here, issue, "/afk answer")
        tick(here)
        assert replies(here, issue) == [("answer", "nothing-open"), ("unknown", "words")]
        assert answers_in(here, issue) == []


@both
def test_answer__afk_was_first__is_said_and_not_sent(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[ask]] [[push]]")
        here.faults["t3"] = only("POST", "/dispatch", Fault("before"))
        here.tick(after=60)
        here.faults.clear()
        say(here, issue, "/afk answer Blue.")
        tick(here)
        assert replies(here, issue) == [("answer", "too-late")]
        assert not any("Blue." in one for one in answers_in(here, issue))


@both
def test_comment__takes_no_reaction__is_answered_all_the_same(kind: Forge) -> None:
    with world(kind) as here:
        issue = handed_back(here)
        here.faults["forge"] = only("POST", "/reactions", REFUSED)
        told = say(here, issue, "/afk retry")
        output = tick(here)
        assert "takes no reaction" in output
        assert reactions(told) == []
        assert record(here, issue)["stage"] == "running"


@both
def test_comments__several_at_once__in_their_order(kind: Forge) -> None:
    with world(kind) as here:
        issue = handed_back(here)
        say(here, issue, "/afk why")
        say(here, issue, "/afk retry")
        say(here, issue, "/afk retry")
        tick(here)
        assert labels(issue) == {READY, IN_PROGRESS}
        tick(here)
        assert ("why", "shown") in replies(here, issue)
        assert ("retry", "retried") in replies(here, issue)
        assert len(records(here, issue)) == 2
        assert len(threads(here, issue)) == 2
