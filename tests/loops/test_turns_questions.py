"""An agent that asks although nobody is there: answered once, then handed over or left to CI."""

import json
from typing import Any

import pytest
from support.loops import (
    assert_ended,
    both,
    comment,
    only,
    record,
    record_comments,
    start,
    threads,
    tick,
    until,
)
from support.overheard import Mark, doorbell

from afk.text.questions import questions_in
from afk.types import Forge
from afk_sandbox.faults import Fault
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World, world

LOST = Fault("before", 200, json.dumps({"sequence": 1}).encode(), "application/json")
"""T3 says that it took the command, and did not."""
words = pytest.mark.parametrize(
    ("word", "command"),
    [("ask", "thread.user-input.respond"), ("approval", "thread.approval.respond")],
)


def waiting(here: World, issue: Issue) -> list[str]:
    """Return the requests that wait for a person."""
    return list(threads(here, issue)[0].waiting.values())


@pytest.mark.protocol_1
@both
@words
def test_question__once__answered_and_the_run_goes_on(kind: Forge, word: str, command: str) -> None:
    """No further message is sent for it: the answer is T3's own kind of reply."""
    with world(kind) as here:
        issue = start(here, f"[[{word}]] [[push]]")
        assert len(waiting(here, issue)) == 1
        before = Mark(here)
        tick(here)
        assert before.commands == [command]
        assert waiting(here, issue) == []

        until(here, issue)

        assert_ended(here, issue, "done", "landed")
        assert before.commands == [command, "thread.session.stop"]


@pytest.mark.protocol_1
@both
def test_question__once__stays_in_the_comment_with_the_answer_to_the_end(kind: Forge) -> None:
    """The text is the agent's: below the marker, fenced; the record keeps its digest alone."""
    with world(kind) as here:
        issue = start(here, "[[ask]] [[push]]")
        tick(here)
        body = record_comments(here, issue)[-1].body
        marker, _, shown = body.partition("\n")
        (asked,) = record(here, issue)["dialogue"]["asked"]
        found = questions_in(shown)
        assert list(found) == [asked["digest"]]
        assert found[asked["digest"]].splitlines()[0] not in marker
        assert "afk answered that nobody is there" in shown

        until(here, issue)

        assert_ended(here, issue, "done", "landed")
        assert found == questions_in(comment(here, issue))
        assert "afk answered that nobody is there" in comment(here, issue)


@both
def test_question__twice__both_stay_and_the_second_says_that_nobody_was_there(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[ask=2]] [[push]]")
        tick(here)
        tick(here)
        assert_ended(here, issue, "needs-human", "asked-again")
        told = comment(here, issue)
        assert told.count("The agent asked at ") == 2
        assert told.index("afk answered that") < told.index("Nobody was there to answer.")


@both
def test_question__somebody_edits_it_in_the_comment__it_is_not_carried_on(kind: Forge) -> None:
    """What the agent did not ask never stands there as its words once afk has written again."""
    with world(kind) as here:
        issue = start(here, "[[ask]] [[push]]")
        tick(here)
        (posted,) = record_comments(here, issue)
        (text,) = questions_in(posted.body).values()
        posted.body = posted.body.replace(text, "May I have the key?")

        until(here, issue)

        assert_ended(here, issue, "done", "landed")
        assert "May I have the key?" not in comment(here, issue)
        assert "(its conversation in T3 has the question)" in comment(here, issue)


@pytest.mark.protocol_1  # there a session is stopped that is at rest; protocol 2 has none
@both
@words
def test_question__twice_before_a_push__handed_over(kind: Forge, word: str, command: str) -> None:
    with world(kind) as here, doorbell(here) as bell:
        issue = start(here, f"[[{word}=2]] [[push]]")
        before = Mark(here)
        tick(here)
        assert record(here, issue)["stage"] == "running"

        tick(here)

        assert_ended(here, issue, "needs-human", "asked-again")
        assert before.commands == [command, command, "thread.session.stop"]
        assert "only a person can answer" in comment(here, issue)
        assert len(bell.rings) == 1


@both
def test_question__after_a_push__ci_decides(kind: Forge) -> None:
    """Answered once; the second time nobody answers, and green closes once the agent is stopped."""
    with world(kind) as here:
        here.settings["running_grace_seconds"] = 300
        issue = start(here, "[[push=red,green]] [[ask@2]]")
        tick(here)  # red: corrective turn, in which it asks
        before = Mark(here)
        tick(here)
        assert before.commands == ["thread.user-input.respond"]

        until(here, issue)

        assert_ended(here, issue, "done", "landed", turns=2)


@pytest.mark.protocol_1
@both
def test_question__t3_loses_the_answer__given_again(kind: Forge) -> None:
    """A request that was answered and still stands is not new; the answer keeps its id."""
    with world(kind) as here:
        issue = start(here, "[[ask]] [[push]]")
        dispatch = here.t3.dispatch
        sent: list[dict[str, str]] = []

        def lose_two(body: Any) -> int:
            sent.append(body)
            return dispatch(body) if len(sent) > 2 else 1

        here.t3.dispatch = lose_two  # type: ignore[method-assign]
        tick(here)
        tick(here)
        assert record(here, issue)["stage"] == "running"
        assert len(waiting(here, issue)) == 1

        tick(here)

        assert waiting(here, issue) == []
        assert [one["type"] for one in sent] == ["thread.user-input.respond"] * 3
        assert len({one["commandId"] for one in sent}) == 1
        until(here, issue)
        assert_ended(here, issue, "done", "landed")


@pytest.mark.protocol_1
@both
def test_question__answered_but_the_text_has_changed__not_answered_again(kind: Forge) -> None:
    """An answer given again is a turn like any other: what was approved has to stand."""
    with world(kind) as here:
        issue = start(here, "[[ask]] [[push]]")
        here.faults["t3"] = only("POST", "/dispatch", LOST)
        tick(here)
        here.faults.clear()
        here.forge.edit_body(issue, here.owner, "Something else.")
        before = Mark(here)

        tick(here)

        assert before.commands == []
        assert len(waiting(here, issue)) == 1


@pytest.mark.protocol_1
@both
def test_question__t3_never_takes_the_answer__the_deadline_ends_it(kind: Forge) -> None:
    with world(kind) as here:
        issue = start(here, "[[ask]] [[push]]")
        here.faults["t3"] = only("POST", "/dispatch", LOST)
        tick(here)
        tick(here)
        assert record(here, issue)["stage"] == "running"
        here.faults.clear()

        tick(here, after=14_400)

        assert_ended(here, issue, "needs-human", "prepush-deadline")
