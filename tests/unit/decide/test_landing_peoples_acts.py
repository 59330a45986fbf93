"""Landing by pull request: people's acts, and what must never be."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import AFK, MARA, PUSHED, STRANGER, turn
from support.pull_factories import (
    MERGED,
    landing_config,
    landing_decided,
    landing_record,
    pull,
    remark,
    review,
    seen,
    sight,
    waiting_record,
)
from support.run_factories import branch, commit, ended, facts, verdict

from afk.decide.landing import PEOPLE
from afk.decide.observation import note
from afk.model.forge import Branch
from afk.model.pull import (
    BranchRules,
    Mergeability,
    PullState,
    ReviewState,
)
from afk.record.state import Purpose
from afk.types import Action, CIStatus, Reason, ThreadStatus

GREEN = landing_config(merge="green")
APPROVED = landing_config(merge="approved")
NEXT = "d" * 40


def turns(*purposes: Purpose) -> tuple[Any, ...]:
    """Return a first turn and these, all ended."""
    more = [turn(number, purpose) for number, purpose in enumerate(purposes, 2)]
    return tuple(ended(one) for one in (turn(), *more))


# --- people's acts ---


def test_decide__closed_unmerged__is_a_person_s_stop() -> None:
    decision = landing_decided(waiting_record(), sight=sight(pull(state=PullState.CLOSED)))

    assert (decision.action, decision.reason) == (Action.END_STOPPED, Reason.PULL_CLOSED)
    assert decision.detail == "#12"


@pytest.mark.parametrize(
    ("ci", "action"),
    [
        (CIStatus.GREEN, Action.CLOSE_SUCCESS),
        (CIStatus.RED, Action.FIX_FORWARD),
        (CIStatus.PENDING, Action.WAIT),
        (None, Action.WAIT),
    ],
)
def test_decide__merged_by_anybody__ci_of_what_landed_decides(
    ci: CIStatus | None, action: Action
) -> None:
    shown = sight(pull(state=PullState.MERGED, merge_commit=MERGED, merged_by=MARA))
    left = Branch("", (), complete=False)

    decision = landing_decided(
        waiting_record(), sight=shown, branch=left, verdict=verdict(ci, MERGED)
    )

    assert decision.action is action


def test_decide__verdict_of_the_head__says_nothing_of_what_landed() -> None:
    shown = sight(pull(state=PullState.MERGED, merge_commit=MERGED))

    decision = landing_decided(sight=shown, verdict=verdict(CIStatus.GREEN, PUSHED))

    assert decision.action is Action.WAIT


def test_decide__fixed_after_the_merge__is_brought_up_by_another_pull() -> None:
    shown = sight(pull(state=PullState.MERGED, merge_commit=MERGED))
    moved = branch(NEXT, PUSHED)

    decision = landing_decided(sight=shown, branch=moved, verdict=verdict(None, NEXT))

    assert decision.action is Action.OPEN_PULL


def test_decide__pushed_to_the_base_against_orders__freezes_loudly() -> None:
    base = Branch("b" * 40, (commit(NEXT),))

    decision = landing_decided(sight=sight(base=base))

    assert (decision.action, decision.reason) == (Action.FREEZE_ESCALATE, Reason.PUSHED_TO_BASE)
    assert decision.detail == NEXT


def test_decide__what_an_earlier_pull_brought_to_the_base__did_not_go_astray() -> None:
    """CI was red after the merge, and the fix is in another pull request."""
    base = Branch("b" * 40, (commit(NEXT),))

    decision = landing_decided(landing_record(landing={"merged": MERGED}), sight=sight(base=base))

    assert decision.action is not Action.FREEZE_ESCALATE


def test_decide__several_pushed_to_the_base__are_named_by_their_shas() -> None:
    astray = Branch("b" * 40, (commit("e" * 40), commit(NEXT)))

    named = landing_decided(sight=sight(base=astray)).detail.split(" ")

    assert sorted(named) == [NEXT, "e" * 40]


def test_decide__waiting_and_merged_by_hand__landed() -> None:
    base = Branch(PUSHED, (commit(PUSHED),))

    assert landing_decided(waiting_record(), sight=sight(base=base)).action is Action.CLOSE_SUCCESS


@pytest.mark.parametrize("ci", [CIStatus.RED, CIStatus.GREEN])
def test_decide__somebody_pushed_to_the_branch__is_theirs_from_then_on(ci: CIStatus) -> None:
    head = Branch(NEXT, (commit(NEXT, "Mend it myself"), commit(PUSHED)))
    shown = sight(pull(head_sha=NEXT))

    decision = landing_decided(settings=GREEN, sight=shown, branch=head, verdict=verdict(ci, NEXT))

    assert (decision.action, decision.rule) == (Action.WAIT, PEOPLE)


def test_note__taken_over__is_remembered_while_the_branch_is_not_read() -> None:
    before = landing_record(landing={"taken_over": True})
    unread = Branch("", (), complete=False)

    assert note(seen(before, branch=unread), GREEN).landing.taken_over
    assert not note(seen(before, branch=branch(PUSHED)), GREEN).landing.taken_over


def test_note__base_brought_in__is_nobody_s_takeover() -> None:
    update = commit(NEXT, "Merge branch 'main' into afk/7-x")
    before = landing_record()
    head = Branch(NEXT, (update, commit(PUSHED)))

    record = note(seen(before, branch=head, sight=sight(pull(head_sha=NEXT))), GREEN)

    assert (record.landing.tip, record.landing.taken_over) == (NEXT, False)


# --- what must never be ---

STATES = st.sampled_from([None, CIStatus.PENDING, CIStatus.RED, CIStatus.GREEN])
REVIEWS = st.lists(
    st.builds(
        review,
        st.sampled_from(ReviewState),
        id=st.sampled_from(["r1", "r2", "r3"]),
        author=st.sampled_from([MARA, STRANGER, AFK]),
        commit=st.sampled_from([PUSHED, NEXT]),
        edited=st.sampled_from([True, False, None]),
    ),
    max_size=3,
)
PULLS = st.builds(
    pull,
    state=st.sampled_from(PullState),
    draft=st.booleans(),
    mergeability=st.sampled_from(Mergeability),
    behind=st.sampled_from([None, 0, 3]),
    base_ref=st.sampled_from(["main", "release"]),
    reviews=REVIEWS.map(tuple),
    comments=st.lists(st.builds(remark, author=st.sampled_from([MARA, STRANGER])), max_size=1).map(
        tuple
    ),
    truncated=st.booleans(),
    merge_commit=st.just(MERGED),
)


@given(
    shown=PULLS,
    ci=STATES,
    policy=st.sampled_from(["human", "green", "approved"]),
    running=st.booleans(),
    rules=st.builds(
        BranchRules,
        up_to_date=st.sampled_from([None, True, False]),
        may_merge=st.sampled_from([None, True, False]),
    ),
)
def test_decide__whatever_is_seen__merges_only_what_the_policy_lets_it(
    shown: Any, ci: CIStatus | None, policy: Any, rules: BranchRules, *, running: bool
) -> None:
    before = landing_record(turns=(turn(),)) if running else landing_record()
    thread = facts() if running else facts(ThreadStatus.IDLE, stopped=True)

    decision = landing_decided(
        before,
        landing_config(merge=policy),
        sight=sight(shown, rules=rules),
        verdict=verdict(ci),
        thread=thread,
    )

    if decision.action is Action.MERGE:
        assert (ci, policy != "human", running) == (CIStatus.GREEN, True, False)
        assert shown.open
        assert not shown.draft
        assert shown.base_ref == "main"
        assert shown.mergeability is not Mergeability.CONFLICT
        assert not shown.truncated
        newest = {
            one.author.id: one.state
            for one in shown.reviews
            if one.author == MARA and one.state is not ReviewState.COMMENTED
        }
        assert ReviewState.CHANGES_REQUESTED not in newest.values()
        if policy == "approved":
            assert ReviewState.APPROVED in newest.values()
    if decision.action in (Action.REBASE, Action.REVIEW, Action.FIX_FORWARD):
        assert not running
    if decision.action is Action.CLOSE_SUCCESS:
        assert shown.state is PullState.MERGED
