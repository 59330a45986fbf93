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


@pytest.mark.parametrize(
    ("message", "gone"),
    [
        (f"Oops\n\nThis reverts commit {FIRST}.\nThis reverts commit {SECOND}.", {FIRST, SECOND}),
        (rf"Oops\n\nThis reverts commit {FIRST}.", {FIRST}),
        (f"revert: 3\n\nRefs: {FIRST}\nRefs: {SECOND}", {FIRST, SECOND}),
        (f"revert: feat: 3\n\nRefs: {FIRST}", {FIRST}),
        (f"revert: till {SECOND[:7]}\n\nRefs: {FIRST}", {FIRST}),
        ("revert: feat: 3\n\nRefs: TILL-12", {THIRD}),
        ("Revert what broke the till: 1111111 (and 2222222)", {FIRST, SECOND}),
    ],
)
def test_taken_back__named_more_than_once__is_all_that_is_named(
    message: str, gone: set[str]
) -> None:
    """And a title counts only where no commit is named."""
    assert three(message) == gone


def test_pull_requests_reverted__several_by_one_message__each_is_taken_back() -> None:
    commits = (Commit(THIRD, "till (#9)"), Commit(SECOND, "sink (#8)"), Commit(FIRST, "till"))
    for message, gone in (
        ("Oops\n\nReverts acme/app#9\nReverts acme/app#8", {THIRD, SECOND}),
        ('Revert "till"\n\nReverts acme/app#8', {SECOND}),
        (f"Revert till {THIRD[:7]}\n\nReverts acme/app#8", {SECOND}),
        ('Revert "till"\n\nReverts acme/app#8, reverts acme/app#77', {SECOND}),
    ):
        branch = Branch(REVERT, (Commit(REVERT, message), *commits))
        assert taken_back(branch, THREE, THREE) == gone


def test_taken_back__in_turns__what_was_restored_by_each_stays_restored() -> None:
    fifth, sixth = "5" * 40, "6" * 40
    own = [Commit(sha, f"feat: {sha[0]}") for sha in THREE]
    undone = (
        Commit(REVERT, f"This reverts commit {sixth}."),
        Commit(fifth, f"This reverts commit {THIRD}."),
        Commit(sixth, f"This reverts commit {FIRST}."),
    )
    assert taken_back(Branch(REVERT, (*undone, *own)), THREE, THREE) == {THIRD}
    picked = (
        Commit(REVERT, f"one again\n\n(cherry picked from commit {FIRST})"),
        Commit(fifth, f"two again\n\n(cherry picked from commit {SECOND})"),
        Commit(sixth, f"This reverts commits {FIRST}, {SECOND}, {THIRD}."),
    )
    assert taken_back(Branch(REVERT, (*picked, *own)), THREE, THREE) == {THIRD}


def test_taken_back__by_a_title__is_the_first_line_of_many() -> None:
    long = Commit(FIRST, "till\n\nIt rings.\nIt opens.")
    branch = Branch(REVERT, (Commit(REVERT, 'Revert "till"\n\nIt rings too loud.\nSorry.'), long))
    assert taken_back(branch, THREE, THREE) == {FIRST}
