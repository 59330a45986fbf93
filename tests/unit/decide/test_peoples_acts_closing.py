"""Closing and reverting: what is a person's act and what is the run's own commit."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.factories import AFK, NOW, OWN, PUSHED, config, issue, record
from support.run_factories import commit, happened, observed, on, pushed

from afk.decide.peoples_acts import (
    closed_by_own_commit,
    closed_by_person,
    closing_event,
    opened_again,
    reverted,
    stopping_act,
)
from afk.model.forge import Branch
from afk.record.state import Outcome, RunRecord
from afk.types import Event, EventKind, Issue, Reason

OTHER = "d" * 40


def act(shown: Issue, before: RunRecord | None = None, **changes: Any) -> Reason | None:
    before = before or record()
    return stopping_act(observed(before, issue=shown, **changes), before, config())


# --- closing -----------------------------------------------------------------------------------


def closed(*more: Event, **changes: Any) -> Issue:
    return happened(*more, on(EventKind.CLOSED, **changes), open=False)


def test_stopping_act__closed_by_a_person__closed_by_person() -> None:
    assert act(closed()) is Reason.CLOSED_BY_PERSON


def test_stopping_act__closed_by_another_commit__closed_by_person() -> None:
    """Somebody else's ``Fixes #7`` is that person's act."""
    assert act(closed(commit=OTHER), pushed()) is Reason.CLOSED_BY_PERSON


def test_stopping_act__closed_by_the_runs_commit_on_github__no_act() -> None:
    assert act(closed(commit=PUSHED), pushed()) is None


def test_stopping_act__closed_by_afk__no_act() -> None:
    assert act(closed(actor=AFK)) is None


def test_stopping_act__closed_and_reopened__no_act() -> None:
    assert act(happened(on(EventKind.CLOSED), on(EventKind.REOPENED, 10))) is None


def test_stopping_act__closed_without_a_visible_event__closed_by_person() -> None:
    assert act(issue(open=False)) is Reason.CLOSED_BY_PERSON


def test_closed_by_own_commit__reopened_then_closed_by_hand__newest_close_counts() -> None:
    shown = happened(
        on(EventKind.CLOSED, 9, commit=PUSHED),
        on(EventKind.REOPENED, 10, actor=AFK),
        on(EventKind.CLOSED, 11),
        open=False,
    )

    assert not closed_by_own_commit(shown, pushed())
    assert closed_by_person(shown, pushed(), OWN)
    newest = closing_event(shown)
    assert newest is not None
    assert newest.order == 11


def test_closing_event__open_issue__none_though_it_was_closed_once() -> None:
    assert closing_event(happened(on(EventKind.CLOSED))) is None


@pytest.mark.parametrize(
    ("changes", "own"),
    [
        ({}, True),
        ({"at": NOW - timedelta(minutes=3, milliseconds=-999)}, True),
        ({"at": NOW - timedelta(minutes=3, seconds=-1)}, False),
        ({"at": NOW - timedelta(minutes=3, seconds=1)}, False),
        ({"actor": AFK}, False),
        ({"commit": OTHER}, False),
        ({"kind": EventKind.RENAMED}, False),
    ],
)
def test_closed_by_own_commit__on_forgejo__reference_of_same_second_and_user(
    *, changes: dict[str, Any], own: bool
) -> None:
    """Forgejo's close does not name the commit (forgejo/14.0.0/133-timeline-closed-by-commit)."""
    reference = replace(on(EventKind.REFERENCED, 7, commit=PUSHED, label=""), **changes)
    shown = closed(reference, on(EventKind.RENAMED, 8, label=""))

    assert closed_by_own_commit(shown, pushed()) is own
    assert closed_by_person(shown, pushed(), OWN) is not own


@pytest.mark.parametrize(
    ("changes", "own"),
    [
        ({"at": NOW - timedelta(minutes=3, seconds=1)}, True),
        ({"at": NOW - timedelta(minutes=3, seconds=4)}, True),
        ({"at": NOW - timedelta(minutes=3, seconds=5)}, False),
        ({"at": NOW - timedelta(minutes=3, seconds=1), "order": 10}, False),
        ({"at": NOW - timedelta(minutes=3, seconds=1), "actor": AFK}, False),
        ({"at": NOW - timedelta(minutes=3, seconds=1), "commit": OTHER}, False),
    ],
)
def test_closed_by_own_commit__on_forgejo_over_a_second__reference_directly_before(
    *, changes: dict[str, Any], own: bool
) -> None:
    """A second may end between the two entries; then only the one right before the close counts."""
    reference = replace(on(EventKind.REFERENCED, 8, commit=PUSHED, label=""), **changes)
    shown = closed(on(EventKind.RENAMED, 7, label=""), reference)

    assert closed_by_own_commit(shown, pushed()) is own
    assert closed_by_person(shown, pushed(), OWN) is not own


# --- a revert ----------------------------------------------------------------------------------

REVERT = f'Revert "Greet people"\n\nThis reverts commit {PUSHED}.\n'


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (REVERT, True),
        (f"Revert it\n\nThis reverts commit {PUSHED[:7]}.", True),
        (f"Revert it\n\nThis reverts commit {PUSHED}, reversing\nchanges made to {OTHER}.", True),
        (f"Revert another\n\nThis reverts commit {OTHER}.", False),
        (f"Why this reverts commit {PUSHED} I cannot say", False),
        (f"Mention {PUSHED}", False),
        ("This reverts commit cccccc.", False),
    ],
)
def test_stopping_act__a_commit_takes_the_runs_commit_back__reverted(
    *, message: str, found: bool
) -> None:
    there = Branch(OTHER, (commit(OTHER, message), commit()))

    assert reverted(observed(branch=there), pushed()) is found
    assert (act(issue(), pushed(), branch=there) is Reason.REVERTED) is found


@pytest.mark.parametrize(
    ("outcome", "complete", "head", "found"),
    [
        (Outcome.COMPLETED, True, OTHER, True),
        (Outcome.ERROR, True, OTHER, True),
        (None, True, OTHER, False),
        (Outcome.COMPLETED, False, OTHER, False),
        (Outcome.COMPLETED, True, "", False),
    ],
)
def test_stopping_act__the_runs_commits_are_off_the_branch__reverted(
    *, outcome: Outcome | None, complete: bool, head: str, found: bool
) -> None:
    """A reset, a rebase or a forced push; while a turn runs it may be the agent's own."""
    there = Branch(head, (commit(OTHER, "somebody else's"),), complete=complete)
    before = with_outcome(pushed(), outcome)

    assert reverted(observed(branch=there), before) is found


def with_outcome(before: RunRecord, outcome: Outcome | None) -> RunRecord:
    assert before.turn is not None
    return before.with_turn(replace(before.turn, outcome=outcome))


def test_stopping_act__the_agent_reverts_its_own_commit__no_act() -> None:
    """A corrective turn may take a commit back: its commit carries the run's trailer."""
    message = f"{REVERT}\nAFK-Run: {record().run_id}\n"
    there = Branch(OTHER, (commit(OTHER, message), commit()))

    assert act(issue(), pushed(pushed=(PUSHED, OTHER)), branch=there) is None


def test_stopping_act__a_revert_of_what_was_never_pushed__no_act() -> None:
    assert act(issue(), branch=Branch(OTHER, (commit(OTHER, REVERT),))) is None


# --- opened again ------------------------------------------------------------------------------


def again(*events: Event, before: RunRecord | None = None) -> bool:
    return opened_again(happened(*events), before or pushed(), OWN)


@pytest.mark.parametrize("closes", [{"actor": AFK}, {"commit": PUSHED}, {"head": PUSHED}])
def test_opened_again__what_the_run_had_closed__stays_open(closes: dict[str, Any]) -> None:
    close, reopen = on(EventKind.CLOSED, **closes), on(EventKind.REOPENED, 10)

    assert again(close, reopen)
    assert not again(close)
    assert not again(close, reopen, on(EventKind.CLOSED, 20))
    assert not again(close, on(EventKind.REOPENED, 10, actor=AFK)), "CI was red"


def test_opened_again__nothing_or_what_a_person_had_closed__is_closed() -> None:
    assert not again()
    assert not again(on(EventKind.REOPENED))
    assert not again(on(EventKind.CLOSED), on(EventKind.REOPENED, 10))
    assert not again(on(EventKind.CLOSED, commit=OTHER), on(EventKind.REOPENED, 10))


def test_opened_again__once_its_pull_request_was_merged__stays_open_whoever_closed_it() -> None:
    run = pushed()
    run = replace(run, landing=replace(run.landing, merged=OTHER))

    assert again(on(EventKind.CLOSED), on(EventKind.REOPENED, 10), before=run)


def test_opened_again__after_a_former_run__is_closed() -> None:
    """What that one closed was opened again to be done again."""
    events = on(EventKind.CLOSED, actor=AFK), on(EventKind.REOPENED, 10)
    started = pushed()
    for asked_at, stays in ((events[0].at, False), (events[0].at - timedelta(seconds=1), True)):
        later = replace(started, approval=replace(started.approval, at=asked_at))
        assert again(*events, before=later) is stays
