"""Mistakes told at once: a run of the desk says all that is wrong, and each of it once."""

import pytest

from afk.errors import ConfigError, OutsideFailure, TokenError, UserMustFix
from afk.findings import MOST_SHOWN, Collected, Findings


def collected(*errors: UserMustFix) -> Collected:
    """Return what was collected of these errors, raised one after the other."""
    found = Collected()
    for error in errors:
        with found.one():
            raise error
    return found


def test_collected__nothing__raises_nothing() -> None:
    found = Collected()
    with found.one():
        pass
    found.finish()
    assert found.errors == []


def test_collected__one__is_raised_as_it_is() -> None:
    error = TokenError("no token")
    with pytest.raises(TokenError) as caught:
        collected(error).finish()
    assert caught.value is error


def test_collected__several__are_raised_together_in_their_order() -> None:
    inner = collected(ConfigError("b"), TokenError("c"))
    with pytest.raises(Findings) as caught:
        collected(ConfigError("a"), inner.all(), ConfigError("d")).finish()
    assert [one.what for one in caught.value.errors] == ["a", "b", "c", "d"]
    assert str(caught.value) == "a. b. c. d."
    assert caught.value.exit_code == 2


def test_collected__the_same_twice__is_told_once() -> None:
    with pytest.raises(ConfigError) as caught:
        collected(ConfigError("a"), ConfigError("a")).finish()
    assert not isinstance(caught.value, Findings)


def test_collected__more_than_anybody_reads__are_bounded() -> None:
    error = collected(*(ConfigError(f"{number}") for number in range(50))).all()
    assert isinstance(error, Findings)
    assert len(error.errors) == MOST_SHOWN


def test_collected__what_no_person_mends__goes_through() -> None:
    with pytest.raises(OutsideFailure, match="down"), Collected().one():
        raise OutsideFailure("down")
