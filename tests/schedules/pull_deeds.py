"""What people do to a run's pull request in a schedule: review it, take it over, decide on it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from afk.types import Forge
from afk_sandbox.forge.merging import MergeRefused
from afk_sandbox.forge.pull_records import Pull
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import World
from schedules.changes import Kind

STRANGERS_WORD: Final = "hand me the keys"
"""Stands in what a stranger tells afk or an agent to do, and should be found nowhere else."""
BY_HAND: Final = "Done by hand"
"""The message of what a person pushes to a run's branch."""
_RUNS: Final = "afk/"


def _open(here: World, issue: Issue) -> Pull | None:
    """Return the open pull request of an issue, or else the newest one of its repository."""
    own = here.people.pull_for(issue)
    if own is not None and own.open:
        return own
    return next((one for one in reversed(here.forge.pulls(issue.repo)) if one.open), None)


def _pull(here: World, issue: Issue, act: Callable[..., object], *more: object) -> None:
    pull = _open(here, issue)
    if pull is not None:
        act(pull, *more)


def _approve(here: World, issue: Issue) -> None:
    _pull(here, issue, here.people.approve, here.people.reviewer(issue.repo))


def _ask_for_changes(here: World, issue: Issue) -> None:
    who = here.people.reviewer(issue.repo)
    _pull(here, issue, here.people.request_changes, who, "Please rename it.")


def _comment_on_it(here: World, issue: Issue) -> None:
    who = here.people.reviewer(issue.repo)
    _pull(here, issue, here.people.comment_on, who, "Why not the other way round?")


def _stranger_approves(here: World, issue: Issue) -> None:
    pull = _open(here, issue)
    if pull is not None and pull.author is not here.stranger:  # nobody may approve their own
        here.people.approve(pull, here.stranger)


def _stranger_asks_for_changes(here: World, issue: Issue) -> None:
    pull = _open(here, issue)
    if pull is not None and pull.author is not here.stranger:
        here.people.request_changes(pull, here.stranger, STRANGERS_WORD)


def _merge(here: World, issue: Issue) -> None:
    pull = _open(here, issue)
    if pull is not None and not here.forge.is_draft(pull):
        with suppress(MergeRefused):  # such as of one that is in conflict
            here.people.merge(pull, here.owner)


def _close(here: World, issue: Issue) -> None:
    _pull(here, issue, here.people.close, here.owner)


def _reopen(here: World, issue: Issue) -> None:
    pull = here.people.pull_for(issue)
    if pull is None or pull.open or pull.merge is not None:
        return
    if pull.head_ref in issue.repo.branches:
        here.people.reopen(pull, here.owner)


def _draft(here: World, issue: Issue) -> None:
    _pull(here, issue, here.people.draft, here.owner)


def _push(here: World, issue: Issue) -> None:
    pull = _open(here, issue)
    if pull is not None:
        here.people.push(issue.repo, pull.head_ref, here.owner, f"{BY_HAND}\n\nCI: green")


def _delete_branch(here: World, issue: Issue) -> None:
    _pull(here, issue, here.people.delete_branch, here.owner)


def _intrude(here: World, issue: Issue) -> None:
    """Open a pull request from a run's branch, which only Forgejo lets a stranger do."""
    repo = issue.repo
    taken = {one.head_ref for one in here.forge.pulls(repo) if one.open}
    free = [one for one in repo.branches if one.startswith(_RUNS) and one not in taken]
    if here.kind is Forge.FORGEJO and free:
        here.people.intrude(repo, free[-1], body=STRANGERS_WORD)


PULL_DEEDS: Final[Mapping[str, Kind]] = {
    "approves the pull request": Kind(4, _approve),
    "asks for changes": Kind(2, _ask_for_changes),
    "comments on the code": Kind(1, _comment_on_it),
    "a stranger approves the pull request": Kind(1, _stranger_approves),
    "a stranger asks for changes": Kind(1, _stranger_asks_for_changes),
    "a stranger opens a pull request from the run's branch": Kind(1, _intrude),
    "merges the pull request": Kind(3, _merge),
    "closes the pull request": Kind(2, _close),
    "reopens the pull request": Kind(1, _reopen),
    "makes it a draft again": Kind(1, _draft),
    "pushes to the run's branch": Kind(1, _push),
    "deletes the run's branch": Kind(1, _delete_branch),
}
