"""Landing by pull request: one obstacle at a time, and nothing that a person would not expect."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import AFK, MARA, NOW, PUSHED, STRANGER, turn
from support.pull_factories import (
    EARLIER,
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
from support.run_factories import UNSEEN, VANISHED, branch, commit, ended, facts, verdict

from afk.decide.landing import PEOPLE
from afk.decide.observation import note
from afk.model.forge import Branch
from afk.model.pull import (
    BranchRules,
    Mergeability,
    PullState,
    QueueState,
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


# --- before there is one -----------------------------------------------------------------------


def test_decide__branch_pushed_and_no_pull__opens_one() -> None:
    before = landing_record(landing={"pull": 0, "ready_at": None})

    assert landing_decided(before, sight=sight(pull=None)).action is Action.OPEN_PULL


def test_decide__nothing_pushed__is_as_with_a_push() -> None:
    before = landing_record(pushed=(), pushed_at=None, landing={"pull": 0, "tip": ""})

    decision = landing_decided(
        before, sight=sight(pull=None), branch=Branch("", (), complete=False)
    )

    assert (decision.action, decision.reason) == (Action.ESCALATE_PREPUSH, Reason.NOTHING_PUSHED)


def test_decide__opened_while_the_agent_is_at_work__does_not_wait_for_it() -> None:
    before = landing_record(turns=(turn(),), landing={"pull": 0})

    decision = landing_decided(before, sight=sight(pull=None), thread=facts())

    assert decision.action is Action.OPEN_PULL


def test_decide__branch_gone_before_one_was_opened__waits_and_says_so() -> None:
    before = landing_record(landing={"pull": 0})
    gone = Branch("", (), complete=False)

    decision = landing_decided(before, sight=sight(pull=None), branch=gone)

    assert (decision.action, decision.detail) == (Action.WAIT, "its branch is gone")


def test_decide__a_stranger_opened_one_from_the_branch__is_closed_first() -> None:
    foreign = sight(pull=None, foreign=(pull(author=STRANGER, number=11),))

    assert landing_decided(sight=foreign).action is Action.CLOSE_FOREIGN_PULLS


# --- obstacles ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ci", [None, CIStatus.PENDING, CIStatus.RED, CIStatus.GREEN])
def test_decide__conflict__comes_before_whatever_ci_says(ci: CIStatus | None) -> None:
    shown = sight(pull(mergeability=Mergeability.CONFLICT))

    assert landing_decided(sight=shown, verdict=verdict(ci)).action is Action.REBASE


def test_decide__update_said_conflict__is_one_for_that_head_only() -> None:
    here = landing_record(landing={"conflict_head": PUSHED})
    elsewhere = landing_record(landing={"conflict_head": NEXT})

    assert landing_decided(here).action is Action.REBASE
    assert landing_decided(elsewhere).action is Action.WAIT


def test_decide__rebases_spent__freezes_and_names_the_bound() -> None:
    before = landing_record(turns=turns(Purpose.REBASE, Purpose.REBASE))

    decision = landing_decided(before, sight=sight(pull(mergeability=Mergeability.CONFLICT)))

    assert (decision.action, decision.reason) == (Action.FREEZE_ESCALATE, Reason.CONFLICT)
    assert decision.detail == "conflict_turns=2"


@pytest.mark.parametrize("action", ["conflict", "red", "review"])
def test_decide__anything_asked_of_the_agent__never_beside_its_turn(action: str) -> None:
    asked: dict[str, dict[str, Any]] = {
        "conflict": {"sight": sight(pull(mergeability=Mergeability.CONFLICT))},
        "red": {"verdict": verdict(CIStatus.RED)},
        "review": {"sight": sight(pull(reviews=(review(),)))},
    }

    decision = landing_decided(landing_record(turns=(turn(),)), thread=facts(), **asked[action])

    assert (decision.action, decision.detail) == (Action.WAIT, "the agent is still at work")


def test_decide__red__is_answered_as_on_a_push() -> None:
    assert landing_decided(verdict=verdict(CIStatus.RED)).action is Action.FIX_FORWARD


def test_decide__red_and_the_forge_reruns__runs_it_again_before_a_turn_is_paid_for() -> None:
    red = verdict(CIStatus.RED)

    assert landing_decided(verdict=red, can_rerun=True).action is Action.RERUN_CI


def test_decide__just_rerun__waits_while_the_old_failure_is_still_shown() -> None:
    again = {"rerun_of": PUSHED, "rerun_at": NOW - timedelta(seconds=60), "reruns": 1}
    before = landing_record(landing=again)

    decision = landing_decided(before, verdict=verdict(CIStatus.RED), can_rerun=True)

    assert (decision.action, decision.rule) == (Action.WAIT, "rerun")
    later = landing_record(landing={**again, "rerun_at": NOW - timedelta(seconds=121)})
    assert (
        landing_decided(later, verdict=verdict(CIStatus.RED), can_rerun=True).action
        is Action.FIX_FORWARD
    )


def test_decide__rerun_of_an_older_commit__does_not_count_for_this_one() -> None:
    again = {"rerun_of": NEXT, "rerun_at": NOW, "reruns": 1}
    before = landing_record(landing=again)

    decision = landing_decided(before, verdict=verdict(CIStatus.RED), can_rerun=True)

    assert decision.action is Action.RERUN_CI


# --- reviews -----------------------------------------------------------------------------------


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


# --- green -------------------------------------------------------------------------------------


def test_decide__green_draft__is_made_ready_once() -> None:
    draft = sight(pull(draft=True))

    assert landing_decided(landing_record(landing={"ready_at": None}), sight=draft).action is (
        Action.READY_PULL
    )
    again = landing_decided(sight=draft)
    assert (again.rule, again.detail) == (PEOPLE, "somebody made it a draft again")


@pytest.mark.parametrize("settings", [GREEN, APPROVED])
def test_decide__given_another_base__is_left_to_people(settings: Any) -> None:
    shown = sight(pull(base_ref="release", reviews=(review(ReviewState.APPROVED),)))

    decision = landing_decided(settings=settings, sight=shown)

    assert (decision.action, decision.rule) == (Action.WAIT, PEOPLE)


def test_decide__human__waits_for_people_however_green_and_approved() -> None:
    shown = sight(pull(reviews=(review(ReviewState.APPROVED),)))

    assert landing_decided(sight=shown).rule == PEOPLE


def test_decide__green_policy__merges() -> None:
    assert landing_decided(settings=GREEN).action is Action.MERGE


@pytest.mark.parametrize(
    ("said", "merges"),
    [
        (review(ReviewState.APPROVED), True),
        (review(ReviewState.APPROVED, commit=NEXT), False),
        (review(ReviewState.APPROVED, author=STRANGER), False),
        (review(ReviewState.APPROVED, author=AFK), False),
        (review(ReviewState.COMMENTED), False),
    ],
    ids=["this head", "another head", "a stranger", "afk itself", "only a remark"],
)
def test_decide__approved_policy__merges_what_was_approved_as_it_is(
    said: Any, *, merges: bool
) -> None:
    decision = landing_decided(waiting_record(), APPROVED, sight=sight(pull(reviews=(said,))))

    assert (decision.action is Action.MERGE) == merges


def test_decide__changes_requested_and_told__holds_every_merge_by_afk() -> None:
    told = ended(turn(2, Purpose.REVIEW, told=("r1",), red_commit=NEXT))
    before = landing_record(turns=(ended(turn()), told))

    decision = landing_decided(before, GREEN, sight=sight(pull(reviews=(review(),))))

    assert (decision.action, decision.rule) == (Action.WAIT, PEOPLE)


@pytest.mark.parametrize(
    ("rules", "tests_the_merge", "mergeability", "updates"),
    [
        (BranchRules(up_to_date=True), True, Mergeability.CLEAN, True),
        (BranchRules(), True, Mergeability.CLEAN, False),
        (BranchRules(), False, Mergeability.CLEAN, True),
        (BranchRules(), True, Mergeability.UNKNOWN, True),
    ],
    ids=["the rules say so", "nothing says so", "CI saw the head alone", "perhaps a conflict"],
)
def test_decide__behind__brings_the_base_in_where_that_is_due(
    rules: BranchRules, mergeability: Mergeability, *, tests_the_merge: bool, updates: bool
) -> None:
    shown = sight(
        pull(behind=2, mergeability=mergeability), rules=rules, tests_the_merge=tests_the_merge
    )

    decision = landing_decided(settings=GREEN, sight=shown)

    assert (decision.action is Action.UPDATE_BRANCH) == updates


def test_decide__base_that_moves_faster_than_ci__is_left_to_people_in_the_end() -> None:
    heads = tuple(f"{number:040x}" for number in range(10))
    before = landing_record(landing={"updated_from": heads})
    shown = sight(pull(behind=2), rules=BranchRules(up_to_date=True))

    assert landing_decided(before, GREEN, sight=shown).rule == PEOPLE


def test_decide__refused_just_now__is_asked_again_after_an_hour_or_for_another_head() -> None:
    refused = {"refused_head": PUSHED, "refused_at": NOW - timedelta(minutes=59)}
    before = waiting_record(landing=refused)

    assert landing_decided(before, GREEN).rule == PEOPLE
    later = waiting_record(landing={**refused, "refused_at": NOW - timedelta(minutes=60)})
    assert landing_decided(later, GREEN).action is Action.MERGE
    moved = waiting_record(landing={**refused, "refused_head": NEXT})
    assert landing_decided(moved, GREEN).action is Action.MERGE


def test_decide__rules_do_not_let_afk_merge__is_left_to_people() -> None:
    shown = sight(rules=BranchRules(may_merge=False))

    assert landing_decided(settings=GREEN, sight=shown).rule == PEOPLE


@pytest.mark.parametrize("state", QueueState)
def test_decide__in_the_merge_queue__waits(state: QueueState) -> None:
    decision = landing_decided(settings=GREEN, sight=sight(pull(queue=state)))

    assert (decision.action, decision.rule) == (Action.WAIT, "landing")


# --- waiting for people ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "reminded", "action"),
    [
        (timedelta(days=2), False, Action.WAIT),
        (timedelta(days=3), False, Action.REMIND),
        (timedelta(days=4), True, Action.WAIT),
        (timedelta(days=14), True, Action.PARK),
        (timedelta(days=14), False, Action.PARK),
    ],
)
def test_decide__nobody_comes__one_reminder_then_it_is_handed_back(
    since: timedelta, action: Action, *, reminded: bool
) -> None:
    landing = {"waiting_since": NOW - since, "reminded_at": EARLIER if reminded else None}

    assert landing_decided(waiting_record(landing=landing)).action is action


@pytest.mark.parametrize("presence", ["unseen", "vanished"])
def test_decide__waiting_and_t3_shows_nothing__goes_on_waiting(presence: str) -> None:
    """No agent is at work: what T3 shows is of no interest."""
    thread = {"unseen": UNSEEN, "vanished": VANISHED}[presence]
    before = waiting_record(unseen_at=NOW - timedelta(days=2))

    decision = landing_decided(before, thread=thread)

    assert (decision.action, decision.rule) == (Action.WAIT, PEOPLE)


# --- people's acts -----------------------------------------------------------------------------


def test_decide__closed_unmerged__is_a_person_s_stop() -> None:
    decision = landing_decided(waiting_record(), sight=sight(pull(state=PullState.CLOSED)))

    assert (decision.action, decision.reason) == (Action.END_STOPPED, Reason.PULL_CLOSED)


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
    assert decision.detail == NEXT[:10]


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


# --- what must never be ------------------------------------------------------------------------

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
