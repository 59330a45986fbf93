"""The exception tree: exit codes, and messages that say what to do next."""

import ast
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.heard import Heard

from afk import errors
from afk.errors import (
    AfkError,
    Attempt,
    Bug,
    ConfigError,
    NoBranch,
    NoRepository,
    NotFound,
    OutsideFailure,
    RateLimited,
    Refused,
    RepositoryMoved,
    ServerFault,
    TokenError,
    TooLarge,
    Unreachable,
    UnsupportedServer,
    UserMustFix,
    WouldWrite,
    answer_or_error,
    one_of_many,
)
from afk.types import IssueKey

FIXABLE = (ConfigError, TokenError, RepositoryMoved, UnsupportedServer)
OUTSIDE = (
    *(Unreachable, ServerFault, RateLimited, NotFound, NoRepository, NoBranch, Refused),
    TooLarge,
)


@pytest.mark.parametrize("kind", FIXABLE)
def test_user_must_fix__each_kind__ends_with_2(kind: type[AfkError]) -> None:
    assert issubclass(kind, UserMustFix)
    assert not issubclass(kind, OutsideFailure)
    assert kind.exit_code == 2


@pytest.mark.parametrize("kind", OUTSIDE)
def test_outside_failure__each_kind__ends_with_1(kind: type[AfkError]) -> None:
    assert issubclass(kind, OutsideFailure)
    assert not issubclass(kind, UserMustFix)
    assert kind.exit_code == 1


def test_tree__in_the_docstring__names_every_exception_there_is() -> None:
    kinds = [
        one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Exception)
    ]
    tree = errors.__doc__ or ""
    assert [one.__name__ for one in kinds if f" {one.__name__} " not in tree] == []
    assert set(kinds) == {
        AfkError,
        Bug,
        UserMustFix,
        OutsideFailure,
        WouldWrite,
        *FIXABLE,
        *OUTSIDE,
    }


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (AfkError("it broke"), "it broke."),
        (AfkError("it broke!"), "it broke!"),
        (AfkError("it broke", cause="rain"), "it broke. Likely cause: rain."),
        (AfkError("it broke", next_step="wait?"), "it broke. Next step: wait?"),
        (
            AfkError("it broke.", cause="rain.", next_step="wait"),
            "it broke. Likely cause: rain. Next step: wait.",
        ),
        (
            AfkError("it\nbroke", cause="a\r\n  b", next_step="c\td"),
            "it broke. Likely cause: a b. Next step: c d.",
        ),
    ],
)
def test_str__an_error__is_what_cause_and_next_step(error: AfkError, text: str) -> None:
    assert str(error) == text


@given(st.text(), st.text(), st.text())
def test_str__any_parts__is_one_line(what: str, cause: str, next_step: str) -> None:
    """A server's own text may stand in an error, and lines have a meaning in a runner's log."""
    error = AfkError(what, cause=cause, next_step=next_step)
    assert len(str(error).splitlines()) == 1
    assert (error.what, error.cause, error.next_step) == (what, cause, next_step)


def test_repository_moved__both_names__stand_in_the_message() -> None:
    error = RepositoryMoved("acme/old", "acme/new")
    assert (error.old, error.new) == ("acme/old", "acme/new")
    assert "repository acme/old is now acme/new" in str(error)
    assert "replace acme/old by acme/new" in error.next_step


def test_repository_moved__new_name_unknown__says_so() -> None:
    error = RepositoryMoved("acme/old", "")
    assert "acme/old is now somewhere else" in str(error)
    assert "by its new name" in error.next_step


def test_rate_limited__time_known__says_when_it_resumes() -> None:
    at = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    error = RateLimited("GitHub refused", retry_at=at)
    assert error.retry_at == at
    assert "a later tick resumes not before 2026-11-23T12:00:00+00:00" in error.next_step


def test_rate_limited__time_unknown__names_none() -> None:
    error = RateLimited("GitHub refused")
    assert error.retry_at is None
    assert error.next_step == "nothing to do: a later tick resumes"


def test_refused__status_and_body__are_kept() -> None:
    error = Refused("closing acme/app#7", status=412, body="blocked", next_step="close #3")
    assert (error.status, error.body) == (412, "blocked")
    assert str(error) == "closing acme/app#7. Likely cause: blocked. Next step: close #3."


def raised() -> Iterator[tuple[str, type[AfkError], set[str]]]:
    """Yield every error made anywhere in afk: where, its kind, the parts it is given by name."""
    classes: list[type[AfkError]] = [UserMustFix, OutsideFailure, *FIXABLE, *OUTSIDE]
    always_the_same = (RepositoryMoved, RateLimited, NoBranch, NoRepository)
    kinds = {one.__name__: one for one in classes if one not in always_the_same}
    for path in sorted(Path(errors.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                kind = kinds.get(node.func.id)
                if kind is not None:
                    given = {one.arg for one in node.keywords if one.arg}
                    yield f"{path.name}:{node.lineno}", kind, given


def test_errors__wherever_they_are_made__have_a_cause_and_a_next_step() -> None:
    """Its own, or what is usual for its kind; a refusal's cause is what the server answered."""
    found = list(raised())
    silent = [
        where
        for where, kind, given in found
        if not ("next_step" in given or kind.usual_next_step)
        or not ("cause" in given or kind.usual_cause or "body" in given)
    ]
    assert len(found) > 50
    assert silent == []


KEY = IssueKey("acme/app", 7)
OTHERS = [
    ConfigError("no"),
    TokenError("no"),
    UnsupportedServer("no"),
    RepositoryMoved("acme/old", "acme/new"),
    Unreachable("no"),
    ServerFault("no"),
    NotFound("no"),
    NoBranch("acme/app", "main"),
    NoRepository("acme/app", "acme/map"),
    Refused("no", status=403),
    TooLarge("no"),
]


def of_their_kind(error: BaseException) -> str:
    return type(error).__name__


def test_others__with_the_two_that_have_a_way_of_their_own__are_all_there_are() -> None:
    assert {type(one) for one in OTHERS} | {RateLimited} == {*FIXABLE, *OUTSIDE}


def test_one_of_many__nothing_fails__done_and_nothing_told() -> None:
    heard = Heard()

    with one_of_many(heard, KEY, doing="start") as attempt:
        assert not attempt.done

    assert attempt == Attempt(done=True)
    assert heard == Heard()


@pytest.mark.parametrize("error", OTHERS, ids=of_their_kind)
def test_one_of_many__a_failure__is_reported_and_the_next_one_goes_on(error: AfkError) -> None:
    heard = Heard()

    with one_of_many(heard, KEY, doing="start") as attempt:
        raise error

    assert attempt == Attempt(error=error)
    assert heard == Heard(errors=[(error, KEY)])


@pytest.mark.parametrize(("doing", "said"), [("start", "would start"), ("", "would comment")])
def test_one_of_many__a_write_in_a_dry_run__is_told_in_the_words_of_what_was_tried(
    doing: str, said: str
) -> None:
    heard = Heard()

    with one_of_many(heard, KEY, doing=doing) as attempt:
        raise WouldWrite("comment")

    assert attempt == Attempt(told=True)
    assert heard == Heard(events=[(said, KEY)])


@pytest.mark.parametrize(
    "error",
    [RateLimited("spent"), KeyboardInterrupt()],
    ids=of_their_kind,
)
def test_one_of_many__rate_limit_or_interrupt__goes_through_unreported(
    error: BaseException,
) -> None:
    heard = Heard()

    with pytest.raises(type(error)) as raised_error, one_of_many(heard, KEY):
        raise error

    assert raised_error.value is error
    assert heard == Heard()


def test_one_of_many__bug__is_reported_without_its_values_and_the_others_go_on() -> None:
    heard = Heard()

    with one_of_many(heard, KEY) as attempt:
        raise KeyError("Bearer t3-sicret")

    assert isinstance(attempt.error, Bug)
    assert attempt.error.exit_code == 3
    assert "this is a bug in afk: KeyError" in str(attempt.error)
    assert "test_errors.py:" in str(attempt.error)
    assert "sicret" not in str(attempt.error)
    assert not attempt.done


def test_answer_or_error__bug__is_a_value_like_any_failure() -> None:
    assert isinstance(answer_or_error(raising(KeyError("sicret"))), Bug)


def raising(error: BaseException) -> Callable[[], str]:
    def read() -> str:
        raise error

    return read


def test_answer_or_error__an_answer__is_returned() -> None:
    assert answer_or_error(lambda: "answer") == "answer"


@pytest.mark.parametrize("error", [*OTHERS, WouldWrite("comment")], ids=of_their_kind)
def test_answer_or_error__a_failure__is_a_value(error: AfkError) -> None:
    assert answer_or_error(raising(error)) is error


@pytest.mark.parametrize(
    "error",
    [RateLimited("spent"), KeyboardInterrupt()],
    ids=of_their_kind,
)
def test_answer_or_error__rate_limit_or_interrupt__goes_through(error: BaseException) -> None:
    with pytest.raises(type(error)) as raised_error:
        answer_or_error(raising(error))

    assert raised_error.value is error
