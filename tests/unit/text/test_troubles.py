"""What is wrong with whole repositories, in words."""

from datetime import UTC, datetime

import pytest
from support.factories import config

from afk.errors import (
    AfkError,
    NotFound,
    OutsideFailure,
    RateLimited,
    Refused,
    RepositoryMoved,
    ServerFault,
    TokenError,
    UserMustFix,
)
from afk.model.forge import RepositoryTrouble, Trouble
from afk.text.troubles import other_spelling, trouble_error, trouble_errors

NAMED = config(ready_label="go", human_label="mine", in_progress_label="busy")
UNREADABLE = RepositoryTrouble.UNREADABLE


@pytest.mark.parametrize("kind", [one for one in RepositoryTrouble if one is not UNREADABLE])
def test_trouble_error__each_kind__is_for_a_person_to_fix_and_says_how(
    kind: RepositoryTrouble,
) -> None:
    error = trouble_error(Trouble("acme/app", kind), NAMED)
    assert isinstance(error, UserMustFix)
    assert "acme/app" in error.what
    assert error.cause
    assert error.next_step


def test_trouble_error__renamed__names_both_names() -> None:
    error = trouble_error(Trouble("acme/app", RepositoryTrouble.RENAMED, "acme/new"), NAMED)
    assert isinstance(error, RepositoryMoved)
    assert (error.old, error.new) == ("acme/app", "acme/new")


@pytest.mark.parametrize(
    ("like", "begins"),
    [("acme/apt", "did you mean acme/apt? If not, compare the name "), ("", "compare the name ")],
)
def test_trouble_error__missing__asks_whether_a_like_one_was_meant(like: str, begins: str) -> None:
    error = trouble_error(Trouble("acme/app", RepositoryTrouble.MISSING, like=like), NAMED)
    assert error.next_step.startswith(begins)


@pytest.mark.parametrize(("detail", "label"), [("", "go"), ("busy", "busy")])
def test_trouble_error__label_missing__names_the_label(detail: str, label: str) -> None:
    error = trouble_error(Trouble("acme/app", RepositoryTrouble.NO_LABEL, detail), NAMED)
    assert error.what == f"acme/app has no label '{label}'"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Refused("no", status=403, body="an IP allow list"), UserMustFix),
        (TokenError("no"), UserMustFix),
        (NotFound("no"), UserMustFix),
        (ServerFault("no"), OutsideFailure),
        (OutsideFailure("no"), OutsideFailure),
    ],
)
def test_trouble_errors__unreadable__is_a_persons_to_mend_or_a_servers(
    error: AfkError, kind: type[AfkError]
) -> None:
    (told,) = trouble_errors([Trouble("acme/app", UNREADABLE, error=error)], NAMED)
    assert type(told) is kind
    assert told.what == "acme/app cannot be read: no"
    assert told.next_step
    assert "an IP allow list" in told.cause or not isinstance(error, Refused)


def test_trouble_errors__a_limit__resumes_next_tick() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    (told,) = trouble_errors(
        [Trouble("a/b", UNREADABLE, error=RateLimited("no", retry_at=at))], NAMED
    )
    assert isinstance(told, RateLimited)
    assert told.retry_at == at


def test_trouble_errors__one_answer_for_many__is_told_once() -> None:
    """One refusing owner is one trouble, however many repositories it has."""
    one, other = ServerFault("no"), ServerFault("no")
    troubles = [Trouble(f"big/r{n}", UNREADABLE, error=one) for n in range(7)]
    troubles += [
        *(Trouble(f"a/b{n}", UNREADABLE, error=other) for n in range(5)),
        Trouble("c/d", RepositoryTrouble.ARCHIVED),
    ]
    told = [error.what for error in trouble_errors(troubles, NAMED)]
    assert told == [
        "c/d is archived",
        "big/r0, big/r1, big/r2, big/r3, big/r4 and 2 more cannot be read: no",
        "a/b0, a/b1, a/b2, a/b3, a/b4 cannot be read: no",
    ]


def test_trouble_error__unreadable_for_a_reason_nobody_gave__is_said() -> None:
    assert "a/b cannot be read" in trouble_error(Trouble("a/b", UNREADABLE), NAMED).what


def test_other_spelling__says_both_and_where_each_is_changed() -> None:
    error = other_spelling("acme/app", "go", "Go")
    assert isinstance(error, UserMustFix)
    assert error.what == "acme/app has the label 'Go', but not 'go'"
    assert error.next_step == "rename the label to 'go', or write 'Go' into afk's configuration"
    assert "letter by letter" in error.cause
    trouble = Trouble("acme/app", RepositoryTrouble.NO_LABEL, "busy", like="Busy")
    assert trouble_error(trouble, NAMED).what == "acme/app has the label 'Busy', but not 'busy'"
