"""What a provider says of its limits, from the failed turn to the comment a person reads."""

import pytest
from support.loops import HOUR, assert_ended, both, comment, record, said, start, tick, until

from afk.types import Forge
from afk_sandbox.world import world


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        ("You're out of extra usage \u00b7 resets in 29h", 29),
        ("Codex usage limit reached. The weekly limit resets in 1d 5h.", 29),
        ("You've hit your usage limit. Try again in 5 days 22 hours.", 142),
    ],
)
@both
def test_limit__of_more_than_the_allowed_wait_ahead__is_waited_for_once(
    kind: Forge, words: str, hours: int
) -> None:
    """It goes on at the reset, and lands: two turns, and no other in between."""
    with world(kind) as here:
        issue = start(here, f"[[die@1={words}]] [[push]]")
        tick(here)
        found = record(here, issue)
        assert found["dialogue"]["turns"][0]["outcome"] == "limited"
        assert words in comment(here, issue)
        tick(here, after=hours * HOUR - 240)
        assert len(said(here, issue)) == 1
        tick(here, after=240)

        until(here, issue)

        assert_ended(here, issue, "done", "landed", turns=2)
        assert words not in comment(here, issue)


@both
def test_failure__in_words_that_afk_does_not_know__says_them_in_the_comment(kind: Forge) -> None:
    """Whoever reads it can tell what it was; the record that is signed holds none of it."""
    words = "Your plan paused. ``` @octocat <b> key sk-proj-abcdef0123456789"
    with world(kind) as here:
        issue = start(here, f"[[die={words}]]")
        until(here, issue)

        assert_ended(here, issue, "needs-human", "agent-failed")
        marker, shown = comment(here, issue).split("\n", 1)
        assert "no usage limit, as far as afk can tell" in shown
        assert "````text\nYour plan paused. ``` @octocat <b> key ***" in shown
        assert "key ***\n````\n" in shown
        assert "sk-proj" not in shown
        assert "plan paused" not in marker
