"""Commits of a run of which a message takes back some: ranges, lists, merges and titles."""

from typing import Final

import pytest
from support.factories import RUN_ID

from afk.decide.commit_messages import taken_back
from afk.model.forge import Branch, Commit

REVERT: Final = "d" * 40
MAINLINE: Final = "b" * 40
BASE: Final = "a1" * 20
FIRST: Final = "1" * 40
SECOND: Final = "2" * 40
THIRD: Final = "3" * 40
THREE: Final = (THIRD, SECOND, FIRST)


def three(message: str, *, own: bool = True) -> frozenset[str]:
    """Say which of three commits of the run a newer one takes back."""
    text = f"AFK-Run: {RUN_ID}" if own else "by hand"
    commits = [Commit(sha, f"feat: {sha[0]}\n\n{text}") for sha in THREE]
    branch = Branch(REVERT, (Commit(REVERT, message), *commits, Commit(BASE, "before")))
    return taken_back(branch, THREE if own else (), THREE)


@pytest.mark.parametrize(
    ("listed", "gone"),
    [
        (f"{FIRST}..{THIRD}", {SECOND, THIRD}),
        (f"{FIRST}^..{THIRD}", {FIRST, SECOND, THIRD}),
        (f"{SECOND}...{THIRD}", {THIRD}),
        (f"{FIRST}..{SECOND}", {SECOND}),
        (f"{'7' * 40}..{SECOND}", {FIRST, SECOND}),
        (f"{FIRST}..{'7' * 40}", set()),
        (f"{SECOND}, {FIRST}", {FIRST, SECOND}),
        (f"{SECOND}\n- {FIRST}", {FIRST, SECOND}),
    ],
)
def test_taken_back__a_range_or_a_list__is_what_git_means_by_it(
    listed: str, gone: set[str]
) -> None:
    assert three(f"Revert commits {listed}") == gone


@pytest.mark.parametrize(
    ("mainline", "gone"),
    [(BASE, {FIRST, SECOND}), (FIRST, {SECOND}), (THIRD, set()), ("7" * 40, set())],
)
def test_merge_reverted__what_stands_between_it_and_its_parent_is_taken_back(
    mainline: str, gone: set[str]
) -> None:
    message = f"This reverts commit {SECOND}, reversing changes made to {mainline}."
    assert three(message) - {SECOND} == gone - {SECOND}


@pytest.mark.parametrize(
    ("merged", "own", "gone"),
    [
        ("Merge pull request #9 from a/b", True, {FIRST, SECOND}),
        ("feat: squashed (#9)", True, set()),
        ("feat: squashed (!9)", True, set()),
        ("Merge pull request #9 from a/b", False, set()),
        ("Merge pull request #8 from a/b", True, set()),
    ],
)
def test_pull_request_reverted__a_merge_brought_the_runs_commits_below_it(
    merged: str, own: bool, gone: set[str]
) -> None:
    """All there are, where nothing stands below them."""
    commits = (
        Commit(REVERT, "Reverts acme/app#9"),
        Commit(THIRD, "another (#12)"),
        Commit(MAINLINE, merged),
        Commit(SECOND, "two"),
        Commit(FIRST, "one"),
    )
    for below in ((), (Commit(BASE, "before"),)):
        branch = Branch(REVERT, (*commits, *below))
        assert taken_back(branch, (SECOND, FIRST) if own else (), THREE) == gone


@pytest.mark.parametrize(
    ("subject", "own", "gone"),
    [
        ('"till (#12)"', ("till", "till (#12)"), "till (#12)"),
        ('"till"', ("till (#12)", "till"), "till"),
        ('"till"', ("till (#12)", "other"), "till (#12)"),
        ('"till"', ("till #12", "other"), ""),
        ("till (#12)", ("till", "other"), "till"),
        ("till (!12)", ("other", "till"), "till"),
        ("till (#12)", ("till", "till (#12)"), "till (#12)"),
    ],
)
def test_taken_back__a_title__means_the_one_that_is_just_so_first(
    subject: str, own: tuple[str, str], gone: str
) -> None:
    shas = (SECOND, FIRST)
    commits = [Commit(sha, title) for sha, title in zip(shas, own, strict=True)]
    branch = Branch(REVERT, (Commit(REVERT, f"Revert {subject}"), *commits))
    found = taken_back(branch, shas, shas)
    assert found == {one.sha for one in commits if one.message == gone}
