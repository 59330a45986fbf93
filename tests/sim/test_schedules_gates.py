"""The schedules' oracle of the gates: it sees a turn that was sent where one was shut."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from schedules.deeds import DEEDS
from schedules.gates import every_gate_was_open, shut_now
from schedules.oracles import broken
from schedules.seen import Seen
from support.loops import tick

from afk.types import Forge
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import IN_PROGRESS, World, world

Shuts = Callable[[World, Issue], None]


def _closed_by_another(here: World, issue: Issue) -> None:
    here.forge.push(issue.repo, "mine", "mine", here.owner)
    body = f"Closes #{issue.number}"
    here.forge.open_pull(issue.repo, here.owner, "mine", title="mine", body=body)


def _locked_by_a_person(here: World, issue: Issue) -> None:
    another = here.issue(issue.repo, "Another", "Do it.", ready=False)
    here.forge.add_label(another, IN_PROGRESS, here.owner)


def _gone(here: World, issue: Issue) -> None:
    DEEDS["a colleague labels it ready"].do(here, issue)
    DEEDS["the colleague leaves, or comes back"].do(here, issue)


def _does(words: str) -> Shuts:
    return DEEDS[words].do


SHUTS: Final[dict[str, tuple[Shuts, bool, bool]]] = {
    "the kill switch was on": (_does("throws the kill switch"), True, True),
    "its repository was in no list": (_does("changes the allowlist"), True, True),
    "its repository was not allowed": (_does("drains the repository"), True, False),
    "its conversation was locked": (_does("locks the conversation, or unlocks it"), True, False),
    "a blocker was open": (_does("blocks it"), True, False),
    "somebody else's pull request closed it": (_closed_by_another, True, False),
    "ready-for-agent was not on it": (_does("takes ready off"), True, True),
    "it was closed": (_does("closes it"), True, True),
    "ready-for-human was on it": (_does("puts ready-for-human on"), True, False),
    "a person's lock was in its repository": (_locked_by_a_person, True, False),
    "whoever had asked for it might no longer": (_gone, True, True),
    "its text was another one by then": (_does("edits the text"), False, True),
}
"""What shuts a gate, and whether it does so for a first turn and for any other."""


@pytest.mark.parametrize("why", SHUTS)
def test_gates__a_turn_where_one_is_shut__is_seen(why: str) -> None:
    shuts, first, later = SHUTS[why]
    with world(Forge.GITHUB, t3_version="0.0.32") as here:
        issue = here.issue(here.repository("shop"), "Add a till", "[[hang]]")
        seen = Seen(here, [issue])
        seen.begins(1)
        seen.moments.append(shut_now(here, [issue]))
        tick(here)
        assert told(seen) == []
        here.clock.sleep(5)
        shuts(here, issue)
        here.clock.sleep(5)
        seen.begins(1)
        seen.moments.append(shut_now(here, [issue]))
        assert told(seen) == [], "what was told before is not looked at again"
        (thread,) = seen.threads(issue)
        message = next(one for one in thread.messages.values() if one.role == "user")
        thread.messages["again"] = replace(message, id="again", created_at=here.t3.now())
        assert (why in told(seen)) is later
        del thread.messages[message.id]
        assert (why in told(seen)) is first
        seen.moments.clear()
        assert told(seen) == [], "a tick was shown what had been true before"


def told(seen: Seen) -> list[str]:
    """Return why a turn should not have been sent."""
    return [words.split(", and ")[1] for words in broken(seen, [every_gate_was_open])]
