"""What people do on the pages: each form's act, done with their rights, or why it cannot be."""

from collections.abc import Callable, Mapping
from typing import Final

from afk_sandbox.agents.learner import WAYS
from afk_sandbox.forge.issues import Blocked
from afk_sandbox.forge.merging import MergeRefused
from afk_sandbox.forge.pull_records import Pull
from afk_sandbox.forge.pulls import NotPossible
from afk_sandbox.forge.records import Account, Issue, Label, Repository
from afk_sandbox.forge.reviews import OwnPull
from afk_sandbox.page.checks import obstacles
from afk_sandbox.page.desk import Desk

Form = Mapping[str, str]
LONGEST: Final = 65_536
"""Characters of a text: GitHub's bound of a comment."""


class Refused(Exception):
    """An act that cannot be done; the text says why, to whoever pressed the button."""


def act(desk: Desk, issue: Issue, form: Form) -> None:
    """Do what a form on an issue's or a pull request's page asks for. Raises `Refused`."""
    does = _ACTS.get(form.get("act", ""))
    if does is None:
        raise Refused("There is no such button.")
    try:
        does(desk, issue, form)
    except Blocked:
        raise Refused("It cannot be closed while what blocks it is open.") from None
    except OwnPull:
        raise Refused("Nobody reviews a pull request of their own.") from None
    except NotPossible:
        raise Refused("It cannot be reopened any more.") from None
    except MergeRefused:
        assert issue.pull is not None  # noqa: S101  only a pull request's merge is refused so
        reasons = "; ".join(obstacles(desk.forge, issue.pull, desk.you))
        raise Refused(f"It cannot be merged: {reasons}.") from None


def open_issue(desk: Desk, repo: Repository, form: Form) -> Issue:
    """Open an issue; the way the agent is to take stands in its text. Raises `Refused`."""
    title = " ".join(form.get("title", "").split())
    if not title:
        raise Refused("An issue needs a title.")
    way = WAYS.get(form.get("way", ""), "")
    body = _text(form)
    if way:
        body = f"{body}\n\nFor the sandbox's agent: `{way}`".strip()
    return desk.forge.open_issue(repo, title[:256], _who(desk, form), body=body)


def _who(desk: Desk, form: Form) -> Account:
    return desk.stranger if form.get("as") == desk.stranger.login else desk.you


def _text(form: Form) -> str:
    """Return what was written; a browser ends its lines with both characters."""
    return form.get("body", "").replace("\r\n", "\n").strip()[:LONGEST]


def _comment(desk: Desk, issue: Issue, form: Form) -> None:
    if not (text := _text(form)):
        raise Refused("There is nothing in the box to comment.")
    desk.forge.comment(issue, _who(desk, form), text)


def _label(desk: Desk, issue: Issue, form: Form) -> None:
    desk.forge.add_label(issue, _named(desk, issue, form), desk.you)


def _unlabel(desk: Desk, issue: Issue, form: Form) -> None:
    desk.forge.remove_label(issue, _named(desk, issue, form), desk.you)


def _named(desk: Desk, issue: Issue, form: Form) -> Label:
    found = desk.forge.labels_named(issue.repo, [form.get("label", "")])
    if not found:
        raise Refused("There is no such label.")
    return found[0]


def _edit(desk: Desk, issue: Issue, form: Form) -> None:
    desk.forge.edit_body(issue, desk.you, _text(form))


def _close(desk: Desk, issue: Issue, form: Form) -> None:
    del form
    desk.forge.close(issue, desk.you)


def _reopen(desk: Desk, issue: Issue, form: Form) -> None:
    del form
    desk.forge.reopen(issue, desk.you)


def _merge(desk: Desk, issue: Issue, form: Form) -> None:
    """Merge the head that was looked at; a newer one is looked at first."""
    pull = _pull(issue)
    if form.get("head", "") != pull.head_sha:
        raise Refused("It was pushed to meanwhile: look at it again.")
    desk.people.merge(pull, desk.you)


def _approve(desk: Desk, issue: Issue, form: Form) -> None:
    desk.people.approve(_pull(issue), desk.you, _text(form))


def _ask_for_changes(desk: Desk, issue: Issue, form: Form) -> None:
    if not (text := _text(form)):
        raise Refused("Say in the box what is to be changed.")
    desk.people.request_changes(_pull(issue), desk.you, text)


def _pull(issue: Issue) -> Pull:
    if issue.pull is None or not issue.pull.open:
        raise Refused("This is no open pull request.")
    return issue.pull


_ACTS: Final[Mapping[str, Callable[[Desk, Issue, Form], None]]] = {
    "comment": _comment,
    "label": _label,
    "unlabel": _unlabel,
    "edit": _edit,
    "close": _close,
    "reopen": _reopen,
    "merge": _merge,
    "approve": _approve,
    "changes": _ask_for_changes,
}
