"""What must hold, in the very tick, before a run gets another turn."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import (
    AFK,
    LABELLED,
    MARA,
    OWN,
    approval,
    config,
    event,
    issue,
    record,
)

from afk.config import Config
from afk.decide.approval import Standing, digest
from afk.decide.later_turn_gate import Gate, Passage, later_turn
from afk.types import GHOST, Account, AccountKind, Issue, Permission, Reason

APPROVED = approval(digest=digest(issue()))
APP = Account(900, "deploy[bot]", AccountKind.BOT)


def passage(shown: Issue | None = None, settings: Config | None = None, **changes: Any) -> Passage:
    fields = {"permission": Permission.WRITE, "own": OWN, "provider_shut": "", **changes}
    pinned = fields.pop("approval", APPROVED)
    return later_turn(shown or issue(), record(approval=pinned), settings or config(), **fields)


def by(actor: Account) -> dict[str, Any]:
    """Return an issue and a record approved by somebody."""
    return {
        "shown": issue(events=(event(actor=actor),)),
        "approval": replace(APPROVED, actor_id=actor.id),
    }


def test_later_turn__everything_holds__go() -> None:
    assert passage() == Passage(Gate.GO)


@pytest.mark.parametrize(
    "changed", [{"title": "Add a farewell"}, {"body": "The page should greet people!"}]
)
@pytest.mark.parametrize("permission", Permission)
def test_later_turn__content_drifted__parked(
    permission: Permission, changed: dict[str, str]
) -> None:
    result = passage(issue(**changed), permission=permission)

    assert (result.gate, result.reason) == (Gate.PARK, Reason.EDITED)


def test_later_turn__title_and_body_swapped_at_their_border__drifted() -> None:
    moved = issue(title="Add a greetingT", body="he page should greet people.")

    assert passage(moved).gate is Gate.PARK


@pytest.mark.parametrize(
    "shown",
    [
        issue(labels=()),
        issue(events=()),
        issue(events=(event(at=LABELLED + timedelta(seconds=1)),)),
        issue(events=(event(), event(order=2, key="9"))),
    ],
    ids=["ready off", "no event", "another time", "newer application"],
)
def test_later_turn__approval_is_not_the_recorded_one__waits(shown: Issue) -> None:
    """What it means is decided as a person's act, by the next look."""
    assert passage(shown) == Passage(Gate.WAIT, detail="the approval, which has changed")


@pytest.mark.parametrize(
    ("permission", "gate"),
    [
        (Permission.WRITE, Gate.GO),
        (Permission.UNKNOWN, Gate.WAIT),
        (Permission.NO_WRITE, Gate.PARK),
    ],
)
def test_later_turn__approvers_rights__revoked_parks_and_unreadable_waits(
    permission: Permission, gate: Gate
) -> None:
    result = passage(permission=permission)

    assert result.gate is gate
    assert (result.reason is Reason.AUTHORITY_REVOKED) is (gate is Gate.PARK)
    assert result.detail == (Standing.UNKNOWN.value if gate is Gate.WAIT else "")


@pytest.mark.parametrize("permission", Permission)
def test_later_turn__approver_is_listed__go_whatever_the_forge_says(
    permission: Permission,
) -> None:
    for trusted in (MARA.id, MARA.login):
        settings = config(trusted=(trusted,))
        assert passage(settings=settings, permission=permission).gate is Gate.GO


def test_later_turn__app__only_while_it_is_listed() -> None:
    assert passage(settings=config(trusted=(APP.id,)), **by(APP)).gate is Gate.GO
    result = passage(**by(APP))
    assert (result.gate, result.reason) == (Gate.PARK, Reason.AUTHORITY_REVOKED)


@pytest.mark.parametrize("actor", [GHOST, AFK])
def test_later_turn__approver_deleted_or_become_afks_own__parked(actor: Account) -> None:
    result = passage(**by(actor))

    assert (result.gate, result.reason) == (Gate.PARK, Reason.AUTHORITY_REVOKED)


def test_later_turn__provider_shut__waits() -> None:
    result = passage(provider_shut="limited")

    assert result == Passage(Gate.WAIT, detail="limited", provider_closed=True)


@pytest.mark.parametrize(
    "others",
    [{"provider_shut": "limited"}, {"permission": Permission.UNKNOWN}],
    ids=["provider shut", "rights unreadable"],
)
def test_later_turn__drifted_and_something_to_wait_for__parked(others: dict[str, Any]) -> None:
    assert passage(issue(title="Other"), **others).gate is Gate.PARK


@given(
    title=st.text(max_size=3),
    body=st.text(max_size=3),
    permission=st.sampled_from(Permission),
    is_open=st.booleans(),
    actor=st.sampled_from([MARA, APP, GHOST, AFK]),
)
def test_later_turn__anything__goes_only_with_the_approved_text_and_a_person_who_may(
    *, title: str, body: str, permission: Permission, is_open: bool, actor: Account
) -> None:
    shown = issue(title=title, body=body, events=(event(actor=actor),))
    pinned = replace(APPROVED, actor_id=actor.id)

    result = passage(
        shown, approval=pinned, permission=permission, provider_shut="" if is_open else "limited"
    )

    if result.gate is Gate.GO:
        assert digest(shown) == pinned.digest
        assert (permission, is_open, actor) == (Permission.WRITE, True, MARA)
