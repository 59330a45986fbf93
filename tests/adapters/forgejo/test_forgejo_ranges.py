"""One comparison that tells several bases: exactly what git would say, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.forgejo import VERSIONS, body_of, exchange

from afk.adapters.forgejo.ranges import beyond
from afk.adapters.forgejo.wire import COMPARE, WireCommit, WireMessage, WireParent

History = dict[str, tuple[str, ...]]


def _wire(sha: str, parents: tuple[str, ...] | None) -> WireCommit:
    named = None if parents is None else tuple(WireParent(sha=one) for one in parents)
    return WireCommit(sha=sha, commit=WireMessage(message=""), parents=named)


def _reach(history: History, sha: str) -> set[str]:
    """Every commit that one contains, itself included."""
    found: set[str] = set()
    ahead = [sha]
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += history[one]
    return found


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Commits by number, each on one or two earlier ones; the last is the branch's tip."""
    count = draw(st.integers(2, 9))
    made: History = {"0": ()}
    for number in range(1, count):
        earlier = st.integers(0, number - 1).map(str)
        parents = draw(st.lists(earlier, min_size=1, max_size=2, unique=True))
        made[str(number)] = tuple(parents)
    return made


@given(histories(), st.data())
def test_beyond__any_history__as_git_tells_it_or_not_at_all(
    history: History, data: st.DataObject
) -> None:
    tip = max(history, key=int)
    contained = _reach(history, tip)
    base = data.draw(st.sampled_from(sorted(contained)))
    other = data.draw(st.sampled_from(sorted(contained)))
    shown = [_wire(one, history[one]) for one in sorted(contained - _reach(history, base))]

    found = beyond(shown, base, other)

    expected = contained - _reach(history, other)
    told = base in _reach(history, other)
    assert (found is not None) is told, "it is told exactly where one contains the other"
    if found is not None:
        assert {one.sha for one in found} == expected


def test_beyond__straight_line__the_newer_part_in_the_same_order() -> None:
    shown = [_wire("d", ("c",)), _wire("c", ("b",)), _wire("b", ("a",))]

    found = beyond(shown, "a", "b")

    assert found == tuple(shown[:2])
    assert beyond(shown, "a", "d") == ()
    assert beyond(shown, "a", "a") == tuple(shown)


@pytest.mark.parametrize("other", ["b", "x"])
def test_beyond__parents_not_said_or_commit_not_listed__nothing(other: str) -> None:
    assert beyond([_wire("c", ("b",)), _wire("b", None)], "a", other) is None


@pytest.mark.parametrize("version", VERSIONS)
def test_beyond__recorded_comparison__parents_lead_to_its_base(version: str) -> None:
    path: str = exchange(version, "138-compare-slim")["request"]["path"]
    base = path.rpartition("/")[2].partition("...")[0]
    shown = COMPARE.validate_python(body_of(version, "138-compare-slim")).commits or ()

    newest, oldest = shown[0].sha, shown[-1].sha

    assert beyond(shown, base, newest) == ()
    assert beyond(shown, base, oldest) == tuple(shown[:-1])
