"""What the errors of the forge and of afk itself say, and how to go on."""

from datetime import UTC, datetime

import pytest

from afk.errors import Bug, NoBranch, NoRepository, RateLimited, Refused, why_not

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_no_repository__with_and_without_one_that_is_meant() -> None:
    bare, like = NoRepository("acme/app"), NoRepository("acme/app", "acme/apps")
    assert (bare.like, like.like) == ("", "acme/apps")
    assert bare.what == like.what == "acme/app cannot be found"
    assert bare.cause == like.cause == "the name is misspelt, or the token has no access to it"
    assert bare.next_step.startswith("compare the name with the forge")
    assert like.next_step == f"did you mean acme/apps? If not, {bare.next_step}"


def test_no_branch__names_both() -> None:
    error = NoBranch("acme/app", "main")
    assert "acme/app has no branch main" in error.what
    assert "set the branch of acme/app" in error.next_step


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (FileNotFoundError(2, "No such file or directory", "afk.yml"), "no such file or directory"),
        (PermissionError(13, "Permission denied"), "permission denied"),
        (OSError("no number"), "OSError"),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "a secret"), "UnicodeDecodeError"),
    ],
)
def test_why_not__in_the_system_s_words__or_only_by_the_kind(error: Exception, told: str) -> None:
    assert why_not(error) == told


def test_rate_limited__whose_cause_is_known__says_that_one() -> None:
    assert RateLimited("no more", cause="another tick spent it").cause == "another tick spent it"


@pytest.mark.parametrize(
    ("at", "when"), [(None, ""), (AT, " not before 2026-11-23T12:00:00+00:00")]
)
def test_rate_limited__says_when_where_it_was_told(at: datetime | None, when: str) -> None:
    error = RateLimited("no more", retry_at=at)
    assert error.retry_at == at
    assert error.cause.startswith("the token's request budget is spent")
    assert error.next_step == f"nothing to do: a later tick resumes{when}"


def test_refused__without_more__has_no_words_of_its_own() -> None:
    plain = Refused("no", status=403)
    assert (plain.status, plain.body) == (403, "")
    told = Refused("no", status=422, body="because", next_step="do it")
    assert (told.status, told.body, told.cause, told.next_step) == (
        422,
        "because",
        "because",
        "do it",
    )


def bug(module: str, deep: int) -> Bug:
    """Return a bug that came up so deep within a file of that name."""
    code = compile("def f(n):\n    return f(n - 1) if n else {}['sicret']\n", module, "exec")
    space: dict[str, object] = {}
    exec(code, space)  # noqa: S102  a file that is not there
    found = space["f"]
    assert callable(found)
    try:
        found(deep)
    except KeyError as error:
        return Bug(error)
    raise AssertionError


def test_bug__says_the_last_places_in_afk_and_where_it_broke() -> None:
    own, other = bug("/srv/afk/x/deep.py", 9), bug("/srv/lib/deep.py", 9)
    place = "deep.py:2 in f"
    assert f"KeyError ({'; '.join([place] * 7)})" in own.what
    assert f"KeyError ({place})" in other.what
    assert f"KeyError ({place}; {place})" in bug("/srv/afk/x/deep.py", 1).what
    assert "report it with this line" in own.next_step
    assert "sicret" not in str(own)
