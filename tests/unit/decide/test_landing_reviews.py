"""Landing by pull request: reviews become turns, and only of people who may approve."""

from datetime import timedelta
from typing import Any

import pytest
from support.factories import AFK, MARA, NOW, PUSHED, STRANGER, turn
from support.pull_factories import (
    EARLIER,
    landing_config,
    landing_decided,
    landing_record,
    pull,
    remark,
    review,
    sight,
    waiting_record,
)
from support.run_factories import ended, facts

from afk.decide.landing import PEOPLE
from afk.model.pull import (
    ReviewState,
)
from afk.record.state import Purpose
from afk.types import Action, Reason, ThreadStatus

GREEN = landing_config(merge="green")
APPROVED = landing_config(merge="approved")
NEXT = "d" * 40


def turns(*purposes: Purpose) -> tuple[Any, ...]:
    """Return a first turn and these, all ended."""
    more = [turn(number, purpose) for number, purpose in enumerate(purposes, 2)]
    return tuple(ended(one) for one in (turn(), *more))


# --- reviews ---


@pytest.mark.parametrize(
    "shown",
    [
        pull(reviews=(review(),)),
        pull(comments=(remark(),)),
        pull(reviews=(review(commit=NEXT),)),
        pull(reviews=(review(ReviewState.APPROVED, at=EARLIER - timedelta(1)), review(id="r2"))),
        pull(
            reviews=(review(ReviewState.APPROVED),),
            comments=(remark(at=EARLIER + timedelta(minutes=1)),),
        ),
    ],
    ids=["changes", "a comment", "on another head", "after an approval", "said after approving"],
)
def test_decide__somebody_who_may_approve_asks_for_something__becomes_a_turn(shown: Any) -> None:
    assert landing_decided(waiting_record(), sight=sight(shown)).action is Action.REVIEW


@pytest.mark.parametrize(
    "shown",
    [
        pull(reviews=(review(author=STRANGER),), comments=(remark(author=STRANGER),)),
        pull(reviews=(review(author=AFK),), comments=(remark(author=AFK),)),
        pull(reviews=(review(edited=True),), comments=(remark(edited=True),)),
        pull(reviews=(review(edited=None),), comments=(remark(edited=None),)),
        pull(
            reviews=(review(edited=True, edited_by=STRANGER),),
            comments=(remark(edited=True, edited_by=STRANGER),),
        ),
        pull(reviews=(review(hidden=True),), comments=(remark(hidden=True),)),
        pull(comments=(remark(resolved=True),)),
        pull(reviews=(review(ReviewState.COMMENTED),)),
        pull(reviews=(review(), review(ReviewState.DISMISSED, id="r2"))),
        pull(reviews=(review(), review(ReviewState.APPROVED, id="r2"))),
        pull(reviews=(review(ReviewState.APPROVED),), comments=(remark(),)),
        pull(reviews=(review(body=" "),)),
    ],
    ids=[
        "a stranger",
        "afk itself",
        "edited by somebody",
        "perhaps edited",
        "edited by another",
        "hidden",
        "resolved",
        "only a remark",
        "dismissed",
        "approved since",
        "asked before approving",
        "without a word",
    ],
)
def test_decide__nobody_who_may_asks_for_anything__no_turn(shown: Any) -> None:
    decision = landing_decided(waiting_record(), sight=sight(shown))

    assert (decision.action, decision.rule) == (Action.WAIT, PEOPLE)


def test_decide__edited_by_its_author__is_told_as_it_is_now() -> None:
    """A slip of the pen that was put right is no reason to say nothing to the agent."""
    for words in (
        {"reviews": (review(edited=True, edited_by=MARA),)},
        {"comments": (remark(edited=True, edited_by=MARA),)},
    ):
        shown = sight(pull(**words))
        assert landing_decided(waiting_record(), sight=shown).action is Action.REVIEW


def test_decide__told_before__is_not_told_again() -> None:
    told = ended(turn(2, Purpose.REVIEW, told=("r1", "c1"), red_commit=NEXT))
    before = landing_record(turns=(ended(turn()), told))
    shown = sight(pull(reviews=(review(),), comments=(remark(),)))

    assert landing_decided(before, sight=shown).rule == PEOPLE


def test_decide__a_turn_that_was_never_sent__told_nothing() -> None:
    intended = turn(2, Purpose.REVIEW, told=("r1",), sent_at=None, requested_at=None)
    before = landing_record(turns=(ended(turn()), intended))

    assert landing_decided(before, sight=sight(pull(reviews=(review(),)))).action is Action.REVIEW


def test_decide__the_reviewer_goes_on_writing__waits_until_it_is_quiet() -> None:
    at = NOW - timedelta(seconds=60)
    shown = sight(pull(comments=(remark(), remark(id="c2", at=at))))

    decision = landing_decided(waiting_record(), sight=shown)

    assert (decision.action, decision.rule) == (Action.WAIT, "review")
    assert decision.until == at + timedelta(seconds=300)


def test_decide__review_turns_spent__is_handed_back() -> None:
    before = landing_record(turns=turns(*[Purpose.REVIEW] * 3))

    decision = landing_decided(before, sight=sight(pull(reviews=(review(),))))

    assert (decision.action, decision.reason) == (Action.PARK, Reason.REVIEWS_SPENT)


def test_decide__somebody_else_is_in_the_thread__the_review_is_left_to_people() -> None:
    thread = facts(ThreadStatus.IDLE, stopped=True, foreign=True)

    decision = landing_decided(sight=sight(pull(reviews=(review(),))), thread=thread)

    assert (decision.action, decision.rule) == (Action.WAIT, PEOPLE)


def test_decide__more_than_is_read__decides_nothing() -> None:
    shown = sight(pull(reviews=(review(ReviewState.APPROVED),), truncated=True))

    decision = landing_decided(waiting_record(), APPROVED, sight=shown)

    assert (decision.action, decision.rule) == (Action.WAIT, PEOPLE)


def test_decide__review_turn_limited_on_a_green_head__is_waited_out() -> None:
    """Green is no reason to forget the turn: nothing was pushed that answers it."""
    limited = turn(2, Purpose.REVIEW, red_commit=PUSHED, told=("r1",))
    before = landing_record(turns=(ended(turn()), limited))
    thread = facts(
        ThreadStatus.ERROR,
        stopped=True,
        error="You've hit your usage limit. Try again later.",
        requested_at={one.message_id: NOW for one in before.dialogue.turns},
    )

    decision = landing_decided(before, thread=thread)

    assert (decision.action, decision.rule) == (Action.WAIT, "usage-limit")
