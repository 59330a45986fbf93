"""Whether title and body are still what the label approved."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import LABELLED, MARA, NOW, STRANGER, config, event, issue

from afk.decide.approval import (
    Standing,
    dated_ahead,
    digest,
    expired,
    pin,
    same_application,
    unchanged_since,
)
from afk.types import EventKind

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("edits", "standing"),
    [
        ([], Standing.APPROVED),
        ([LABELLED - SECOND], Standing.APPROVED),
        ([LABELLED - timedelta(microseconds=1)], Standing.APPROVED),
        ([LABELLED], Standing.EDITED),
        ([LABELLED + timedelta(milliseconds=999)], Standing.EDITED),
        ([LABELLED + SECOND], Standing.EDITED),
        ([LABELLED - SECOND, LABELLED + timedelta(days=1)], Standing.EDITED),
    ],
)
def test_unchanged_since__edit_times_known__all_lie_before_the_label_s_second(
    edits: list[datetime], standing: Standing
) -> None:
    """Within the second the order cannot be told, and an attacker did edit within it."""
    assert unchanged_since(issue(), event(), edits, author_may_write=False) is standing
    late = event(at=LABELLED + timedelta(milliseconds=700))
    assert unchanged_since(issue(), late, edits, author_may_write=True) is standing


@given(
    gaps=st.lists(st.timedeltas(timedelta(seconds=-5), timedelta(seconds=5)), max_size=4),
    offset=st.timedeltas(timedelta(0), timedelta(seconds=3)),
    may=st.booleans(),
)
def test_unchanged_since__any_edit_at_or_after_the_second__is_never_approved(
    gaps: list[timedelta], offset: timedelta, *, may: bool
) -> None:
    at = LABELLED + offset
    edits = [at + gap for gap in gaps]
    standing = unchanged_since(issue(), event(at=at), edits, author_may_write=may)
    late = any(edit >= at.replace(microsecond=0) for edit in edits)
    assert standing is (Standing.EDITED if late else Standing.APPROVED)


@pytest.mark.parametrize(
    ("order", "at", "standing"),
    [
        (0, LABELLED - SECOND, Standing.APPROVED),
        (1, LABELLED - SECOND, Standing.APPROVED),
        (0, LABELLED, Standing.EDITED),
        (2, LABELLED - timedelta(days=9), Standing.EDITED),
        (2, LABELLED + SECOND, Standing.EDITED),
    ],
)
@pytest.mark.parametrize("edits", [None, []])
def test_unchanged_since__renamed__only_before_the_approval_is_fine(
    order: int, at: datetime, standing: Standing, edits: list[datetime] | None
) -> None:
    """Neither a backdated time nor an order within the same second is proof."""
    renamed = event(EventKind.RENAMED, order=order, at=at)
    seen = issue(events=(renamed, event()))
    assert unchanged_since(seen, event(), edits, author_may_write=True) is standing


def test_unchanged_since__edits_not_told__an_author_who_may_write_is_believed() -> None:
    assert unchanged_since(issue(), event(), None, author_may_write=True) is Standing.APPROVED
    assert unchanged_since(issue(), event(), None, author_may_write=False) is Standing.UNPROVEN


@pytest.mark.parametrize(("seconds", "old"), [(0, False), (3600, False), (3599, True)])
def test_expired__an_hour_old_approval__is_too_old_past_the_bound(
    seconds: int, *, old: bool
) -> None:
    if seconds == 0:
        assert not expired(event(at=NOW), NOW, config(approval_max_age=0))
    else:
        assert expired(event(), NOW, config(approval_max_age=seconds)) is old


def test_expired__longest_age_that_can_be_configured__can_be_reckoned_with() -> None:
    assert not expired(event(), NOW, config(approval_max_age=3650 * 86_400))


def test_pin__an_approval__holds_actor_time_event_and_digest() -> None:
    pinned = pin(issue(), event(key="4711"))
    assert (pinned.actor_id, pinned.at, pinned.event) == (MARA.id, LABELLED, "4711")
    assert pinned.digest == digest(issue())


def test_same_application__the_event_it_was_pinned_from__and_no_other() -> None:
    pinned = pin(issue(), event(key="4711"))
    assert same_application(pinned, event(key="4711", order=99))
    assert not same_application(pinned, None)
    assert not same_application(pinned, event(key="4712"))
    assert not same_application(pinned, event(key="4711", actor=STRANGER))
    assert not same_application(pinned, event(key="4711", at=LABELLED + SECOND))


@pytest.mark.parametrize(("seconds", "ahead"), [(-1, False), (0, False), (300, False), (301, True)])
def test_dated_ahead__further_than_clocks_disagree__is_not_believed(
    seconds: int, ahead: bool
) -> None:
    assert dated_ahead(event(at=NOW + timedelta(seconds=seconds)), NOW) is ahead
