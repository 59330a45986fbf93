"""Who approved what, and whether it is still that."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.factories import (
    AFK,
    HUMAN,
    LABELLED,
    MARA,
    OWN,
    READY,
    STRANGER,
    config,
    event,
    issue,
    labels,
)

from afk.decide.approval import (
    Standing,
    by_whom,
    digest,
    handed_back,
    is_trusted,
    label_event,
    may_write,
    newest_application,
)
from afk.types import GHOST, Account, AccountKind, Event, EventKind, Permission

SECOND = timedelta(seconds=1)
APP = Account(77, "helper[bot]", AccountKind.BOT)


def human(order: int, **changes: Any) -> Event:
    return event(order=order, label=HUMAN, **changes)


# --- the digest --------------------------------------------------------------------------------


def test_digest__of_title_and_body__is_pinned() -> None:
    """The value itself: another one would park every approval at an upgrade."""
    assert digest(issue()) == "f050c91dd4900694435a812613c33ea916b147d9407cd8dd619ee2e5e5892ee0"


@given(st.text(), st.text(), st.text(), st.text())
def test_digest__other_title_or_body__is_another(a: str, b: str, c: str, d: str) -> None:
    same = digest(issue(title=a, body=b)) == digest(issue(title=c, body=d))
    assert same == ((a, b) == (c, d)) or "\0" in a + c


def test_digest__text_moved_from_body_to_title__is_another() -> None:
    assert digest(issue(title="ab", body="c")) != digest(issue(title="a", body="bc"))


def test_digest__half_a_character__is_hashed_all_the_same() -> None:
    """JSON can carry lone surrogates; one issue must not end the tick."""
    assert digest(issue(body="\ud83d")) != digest(issue(body="\ud83e"))


# --- which application -------------------------------------------------------------------------


def test_newest_application__label_off__is_none_whatever_happened() -> None:
    assert newest_application(issue(labels=()), config()) is None


def test_newest_application__label_without_an_event__is_none() -> None:
    """An issue opened with labels through Forgejo's web form, by anybody."""
    assert newest_application(issue(events=()), config()) is None


def test_newest_application__backdated_event__order_decides() -> None:
    late = event(order=2, at=LABELLED - timedelta(days=300), actor=STRANGER)
    assert newest_application(issue(events=(event(), late)), config()) == late
    assert newest_application(issue(events=(late, event())), config()) == late


def test_label_event__other_kinds_and_labels__do_not_count() -> None:
    others = (
        event(EventKind.UNLABELED, order=5),
        event(order=6, label="bug"),
        event(order=7, label=READY.upper()),
        event(EventKind.RENAMED, order=8),
    )
    assert label_event(issue(events=(event(), *others)), READY) == event()
    assert label_event(issue(events=others), READY) is None
    removed = label_event(issue(events=others), READY, EventKind.UNLABELED)
    assert removed == others[0]


def test_label_event__another_label_of_that_name__does_not_count() -> None:
    """Renaming a label renames its old events."""
    mine, other = event(order=1), event(order=2, of_other_label=True)
    assert label_event(issue(events=(mine, other)), READY) == mine
    assert label_event(issue(events=(other,)), READY) is None


def test_label_event__label_off__the_name_decides() -> None:
    old = event()
    assert label_event(issue(labels=(), events=(old,)), READY) == old


@pytest.mark.parametrize(
    ("on", "events", "handed"),
    [
        ((READY,), (event(),), False),
        ((READY,), (event(), human(2)), False),
        ((READY, HUMAN), (event(), human(2)), True),
        ((READY, HUMAN), (human(1), event(order=2)), False),
        ((READY, HUMAN), (human(1), event(order=2), human(3)), True),
        ((READY, HUMAN), (event(),), True),
        ((READY, HUMAN), (human(1),), True),
        ((HUMAN,), (event(), human(2)), True),
    ],
)
def test_handed_back__human_label_on__unless_ready_is_newer(
    on: tuple[str, ...], events: tuple[Event, ...], *, handed: bool
) -> None:
    """Putting ready on again, after ready-for-human, is the way back."""
    assert handed_back(issue(labels=labels(*on), events=events), config()) is handed


# --- by whom -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("account", "trusted", "vouched"),
    [
        (MARA, (), False),
        (MARA, (10,), True),
        (MARA, ("mara",), True),
        (MARA, ("Mara",), True),
        (MARA, ("mara:10",), True),
        (MARA, ("formerly:10",), True),
        (MARA, ("mara:11",), False),
        (MARA, (11, "tom"), False),
        (APP, (77,), True),
        (GHOST, (-1, "ghost"), False),
        (Account(10, "x", AccountKind.GHOST), (10,), False),
    ],
)
def test_is_trusted__an_account__by_id_or_a_person_by_login(
    account: Account, trusted: tuple[int | str, ...], *, vouched: bool
) -> None:
    """An app's login is anybody's to choose; a deleted account is nobody."""
    assert is_trusted(account, config(trusted=trusted)) is vouched


@pytest.mark.parametrize(
    ("actor", "permission", "trusted", "standing"),
    [
        (MARA, Permission.WRITE, (), Standing.APPROVED),
        (MARA, Permission.NO_WRITE, (), Standing.REFUSED),
        (MARA, Permission.UNKNOWN, (), Standing.UNKNOWN),
        (MARA, Permission.NO_WRITE, (10,), Standing.APPROVED),
        (MARA, Permission.UNKNOWN, ("mara",), Standing.APPROVED),
        (APP, Permission.WRITE, (), Standing.UNLISTED_APP),
        (APP, Permission.NO_WRITE, (), Standing.UNLISTED_APP),
        (APP, Permission.UNKNOWN, (77,), Standing.APPROVED),
        (GHOST, Permission.WRITE, (), Standing.REFUSED),
        (GHOST, Permission.UNKNOWN, (-1,), Standing.REFUSED),
        (AFK, Permission.WRITE, (), Standing.OWN),
        (AFK, Permission.WRITE, (AFK.id,), Standing.OWN),
        (replace(MARA, id=AFK.id), Permission.WRITE, (), Standing.OWN),
    ],
)
def test_by_whom__an_application__is_worth_what_its_actor_may_do(
    actor: Account, permission: Permission, trusted: tuple[int | str, ...], standing: Standing
) -> None:
    shown = by_whom(event(actor=actor), permission, config(trusted=trusted), OWN)
    assert shown is standing


def test_by_whom__no_event__is_missing() -> None:
    assert by_whom(None, Permission.WRITE, config(), OWN) is Standing.MISSING


ACCOUNTS = st.builds(
    Account, st.integers(-2, 5), st.sampled_from(["mara", "x"]), st.sampled_from(AccountKind)
)
TRUSTED = st.lists(
    st.integers(-2, 5).filter(bool) | st.sampled_from(["mara", "x"]), max_size=3
).map(tuple)


@given(ACCOUNTS, st.sampled_from(Permission), TRUSTED)
def test_by_whom__anybody__approves_only_as_a_writing_person_or_listed(
    actor: Account, permission: Permission, trusted: tuple[int | str, ...]
) -> None:
    settings = config(trusted=trusted)
    standing = by_whom(event(actor=actor), permission, settings, OWN)
    may = may_write(actor, permission, settings)
    assert (standing is Standing.APPROVED) == (may and actor.id not in OWN)
    if standing is Standing.APPROVED:
        assert actor.kind is not AccountKind.GHOST
        listed = actor.id in trusted or actor.login in trusted
        assert listed or (actor.kind is AccountKind.USER and permission is Permission.WRITE)
