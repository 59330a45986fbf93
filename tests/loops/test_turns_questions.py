"""An agent that asks although nobody is there: answered once, then handed over or left to CI."""

import pytest
from support.loops import (
    Mark,
    assert_ended,
    both,
    comment,
    doorbell,
    record,
    start,
    threads,
    tick,
    until,
)

from afk.sandbox.forge_records import Issue
from afk.sandbox.world import World, world
from afk.types import Forge

words = pytest.mark.parametrize(
    ("word", "command"),
    [("ask", "thread.user-input.respond"), ("approval", "thread.approval.respond")],
)


def waiting(here: World, issue: Issue) -> list[str]:
    """Return the requests that wait for a person."""
    return list(threads(here, issue)[0].waiting.values())


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
        assert "asked again" in comment(here, issue)
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


@both
def test_question__t3_loses_the_answer__not_taken_for_a_second_question(kind: Forge) -> None:
    """A request that was answered and still stands waits for its deadline, and is not new."""
    with world(kind) as here:
        issue = start(here, "[[ask]] [[push]]")
        real = here.t3.dispatch
        here.t3.dispatch = lambda body: 1  # type: ignore[method-assign]
        tick(here)
        here.t3.dispatch = real  # type: ignore[method-assign]
        before = Mark(here)

        tick(here)
        tick(here)

        assert record(here, issue)["stage"] == "running"
        assert before.commands == []
        tick(here, after=14_400)
        assert_ended(here, issue, "needs-human", "prepush-deadline")
        assert before.commands == ["thread.user-input.respond", "thread.session.stop"]
