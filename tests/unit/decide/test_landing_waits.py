"""Landing by pull request: until when, and with which words and numbers, it waits for people."""

from datetime import timedelta
from typing import Any

import pytest
from support.factories import NOW, PUSHED, turn
from support.pull_factories import (
    EARLIER,
    OWN_BRANCH,
    landing_config,
    landing_decided,
    landing_record,
    pull,
    remark,
    review,
    sight,
    waiting_record,
)
from support.run_factories import branch, ended

from afk.decide.decision import Decision, wait
from afk.decide.landing import LANDING, PEOPLE
from afk.decide.pull_sight import tip_of
from afk.decide.reviews import MAX_TOLD, Asked, asked
from afk.landing_config import MergeMethod
from afk.model.forge import Branch
from afk.model.pull import BranchRules, PullState, QueueState, ReviewState
from afk.record.state import Purpose
from afk.types import Action, Reason

GREEN = landing_config(merge="green")
REVIEW_IT = "it is green: somebody has to review and merge it"
NEXT = "d" * 40


def waiting(seconds: float, **landing: Any) -> Decision:
    since = NOW - timedelta(seconds=seconds)
    before = waiting_record(landing={"waiting_since": since, **landing})
    settings = landing_config(review_seconds=1_000, review_remind_seconds=100)
    return landing_decided(before, settings)


def test_decide__waits_for_people__reminds_once_and_hands_back_in_the_end() -> None:
    assert waiting(99) == wait(PEOPLE, REVIEW_IT, NOW + timedelta(seconds=1))
    assert waiting(100) == Decision(Action.REMIND, PEOPLE)
    assert waiting(100, reminded_at=NOW) == wait(PEOPLE, REVIEW_IT, NOW + timedelta(seconds=900))
    assert waiting(999, reminded_at=NOW).action is Action.WAIT
    assert waiting(1_000, reminded_at=NOW) == Decision(
        Action.PARK, PEOPLE, Reason.NO_REVIEW, "review_seconds=1000"
    )


def test_decide__reviewers_ask_for_more_than_is_allowed__names_the_bound() -> None:
    told = [ended(turn(number, Purpose.REVIEW, red_commit=NEXT)) for number in (2, 3)]
    before = landing_record(turns=(ended(turn()), *told))
    found = landing_decided(
        before, landing_config(review_turns=2), sight=sight(pull(reviews=(review(),)))
    )
    assert found == Decision(Action.PARK, LANDING, Reason.REVIEWS_SPENT, "review_turns=2")


@pytest.mark.parametrize(("seconds", "action"), [(60, Action.REVIEW), (59, Action.WAIT)])
def test_decide__review_under_way__until_its_author_is_silent(seconds: int, action: Action) -> None:
    said = pull(reviews=(review(at=NOW - timedelta(seconds=seconds)),))
    found = landing_decided(
        waiting_record(), landing_config(review_quiet_seconds=60), sight=sight(said)
    )
    assert found.action is action
    if action is Action.WAIT:
        assert found == wait("review", "a review is under way", NOW + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("state", "rule", "detail"),
    [
        (QueueState.WAITING, LANDING, "the merge queue"),
        (QueueState.STUCK, PEOPLE, "it is stuck in the merge queue: its page says why"),
    ],
)
def test_decide__in_the_merge_queue__waits_for_it_or_for_people(
    state: QueueState, rule: str, detail: str
) -> None:
    found = landing_decided(settings=GREEN, sight=sight(pull(queue=state)))
    assert (found.action, found.rule, found.detail) == (Action.WAIT, rule, detail)


@pytest.mark.parametrize(("behind", "updates"), [(0, False), (1, True), (2, True), (None, True)])
def test_decide__behind_its_base__is_brought_up_to_date_where_that_is_asked(
    behind: int | None, *, updates: bool
) -> None:
    shown = sight(pull(behind=behind), rules=BranchRules(up_to_date=True))
    found = landing_decided(settings=GREEN, sight=shown)
    assert (found.action is Action.UPDATE_BRANCH) is updates


def test_decide__merge_method_that_is_not_allowed__is_named() -> None:
    settings = landing_config(merge="green", merge_method="rebase")
    allowed: list[tuple[tuple[MergeMethod, ...] | None, bool]]
    allowed = [(("rebase",), True), (("squash", "merge"), False), (None, True)]
    for methods, merges in allowed:
        shown = sight(rules=BranchRules(methods=methods))
        found = landing_decided(settings=settings, sight=shown)
        assert (found.action is Action.MERGE) is merges
        assert merges or "merge_method: rebase: allow it" in found.detail


@pytest.mark.parametrize(
    ("blocked", "said"),
    [("", "yet; the pull"), ("blocked", "yet (blocked); the pull")],
)
def test_decide__merge_refused__says_what_the_forge_says(blocked: str, said: str) -> None:
    before = landing_record(landing={"refused_at": NOW, "refused_head": PUSHED})
    found = landing_decided(before, GREEN, sight=sight(pull(blocked_by=blocked)))
    assert found.rule == PEOPLE
    assert f"the branch's rules do not let it be merged {said} request's page" in found.detail


@pytest.mark.parametrize(
    ("shown", "head", "own", "tip"),
    [
        (None, PUSHED, (PUSHED,), PUSHED),
        (None, PUSHED, (), ""),
        (pull(), NEXT, (NEXT,), PUSHED),
        (pull(state=PullState.CLOSED), NEXT, (NEXT,), PUSHED),
        (pull(state=PullState.MERGED, merge_commit="e" * 40), PUSHED, (PUSHED,), "e" * 40),
        (pull(state=PullState.MERGED, merge_commit="e" * 40), "", (PUSHED,), "e" * 40),
        (pull(state=PullState.MERGED, merge_commit="e" * 40), NEXT, (PUSHED,), "e" * 40),
        (pull(state=PullState.MERGED, merge_commit="e" * 40), NEXT, (NEXT, PUSHED), NEXT),
        (pull(state=PullState.MERGED), PUSHED, (PUSHED,), "the tip"),
    ],
    ids=range(9),
)
def test_tip_of__the_commit_whose_ci_counts(
    shown: Any, head: str, own: tuple[str, ...], tip: str
) -> None:
    before = landing_record(landing={"tip": "the tip", "branch": OWN_BRANCH})
    seen = sight(pull=None) if shown is None else sight(shown)
    assert tip_of(before, Branch(head, branch(PUSHED).commits), seen, own) == tip


def test_asked__very_many__the_first_are_told_reviews_before_comments() -> None:
    reviews = (review(),)
    comments = tuple(
        remark(id=f"c{n:03}", at=EARLIER + timedelta(seconds=n)) for n in range(MAX_TOLD + 5)
    )
    shown = pull(reviews=reviews, comments=comments[::-1])
    found = asked(landing_record(), shown, sight(shown), frozenset())
    assert found == Asked(reviews, comments[: MAX_TOLD - 1])
    approving = pull(
        reviews=(review(ReviewState.APPROVED, commit=NEXT),), comments=(remark(at=EARLIER),)
    )
    assert asked(landing_record(), approving, sight(approving), frozenset()).comments
