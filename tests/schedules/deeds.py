"""What people and the world do in a schedule, each by its word; what makes no sense is left out.

Acts on the models behind the servers, as people would through the forge's pages and T3's window.
"""

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Final

from support.loops import record_comments, threads

from afk.types import Forge
from afk_sandbox.forge.ci import FINAL
from afk_sandbox.forge.records import Access, Account, Comment, Issue, Repository
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World
from schedules.changes import CHANGES, Kind
from schedules.pull_deeds import PULL_DEEDS, STRANGERS_WORD

COLLEAGUE: Final = "colleague"


def has(issue: Issue, label: str) -> bool:
    """Say whether a label is on an issue."""
    return any(one.name == label for one in issue.labels)


def _label(here: World, issue: Issue) -> None:
    if has(issue, READY):
        here.forge.remove_label(issue, READY, here.owner)
        here.clock.sleep(2)
    here.forge.add_label(issue, READY, here.owner)


def colleague(here: World, repo: Repository) -> Account:
    """Return somebody beside the owner who may write to a repository, unless they have left it."""
    account = here.forge.account(COLLEAGUE) or here.forge.add_account(COLLEAGUE)
    if account.id not in repo.access:
        here.forge.set_access(repo, account, "write")
    return account


def may(here: World, repo: Repository, account: Account) -> bool:
    """Say whether an account may write to a repository."""
    return here.forge.rights(repo, account) >= Access.WRITE


def _colleague_labels(here: World, issue: Issue) -> None:
    who = colleague(here, issue.repo)
    if not may(here, issue.repo, who):
        return
    if has(issue, READY):
        here.forge.remove_label(issue, READY, who)
        here.clock.sleep(2)
    here.forge.add_label(issue, READY, who)


def _leave(here: World, issue: Issue) -> None:
    """Take the colleague's rights, or give them back."""
    who = colleague(here, issue.repo)
    here.forge.set_access(issue.repo, who, "none" if may(here, issue.repo, who) else "write")


def _unlabel(here: World, issue: Issue) -> None:
    if has(issue, READY):
        here.forge.remove_label(issue, READY, here.owner)


def _hand_over(here: World, issue: Issue) -> None:
    here.forge.add_label(issue, HUMAN, here.owner)


def _unlock(here: World, issue: Issue) -> None:
    if has(issue, IN_PROGRESS):
        here.forge.remove_label(issue, IN_PROGRESS, here.owner)


def _lock(here: World, issue: Issue) -> None:
    here.forge.add_label(issue, IN_PROGRESS, here.owner)


def _stranger_labels(here: World, issue: Issue) -> None:
    if has(issue, READY):
        here.forge.remove_label(issue, READY, here.owner)
        here.clock.sleep(2)
    here.forge.add_label(issue, READY, here.stranger)


def _stranger_locks(here: World, issue: Issue) -> None:
    if not has(issue, IN_PROGRESS):
        here.forge.add_label(issue, IN_PROGRESS, here.stranger)


def _edit(here: World, issue: Issue) -> None:
    here.forge.edit_body(issue, here.owner, f"{issue.body}\nAnd more.")


def _retitle(here: World, issue: Issue) -> None:
    here.forge.edit_title(issue, here.owner, f"{issue.title}!")


def _close(here: World, issue: Issue) -> None:
    blocked = any(one.open for one in issue.blockers) and here.kind is Forge.FORGEJO
    if issue.open and not blocked:
        here.forge.close(issue, here.owner)


def _reopen(here: World, issue: Issue) -> None:
    if not issue.open:
        here.forge.reopen(issue, here.owner)


def _lock_talk(here: World, issue: Issue) -> None:
    """Lock the conversation, or unlock it."""
    (here.forge.unlock if issue.locked else here.forge.lock)(issue, here.owner)


def _run_again(here: World, issue: Issue) -> None:
    """Run the newest of CI's runs again that has ended."""
    ended = [one for one in issue.repo.runs if one.state(here.forge.now()) in FINAL]
    for one in ended[-1:]:
        here.forge.rerun(issue.repo, one)


def _talk(here: World, issue: Issue) -> None:
    here.forge.comment(issue, here.owner, "How is it going?")


def _say(here: World, issue: Issue, word: str) -> None:
    """Tell afk something; the event of the comment names the issue to the ticks that follow."""
    here.forge.comment(issue, here.owner, f"/afk {word}")
    _name(here, issue)


def _stranger_says(here: World, issue: Issue, word: str) -> None:
    here.forge.comment(issue, here.stranger, f"/afk {word}")
    _name(here, issue)


def _name(here: World, issue: Issue) -> None:
    here.environ["AFK_COMMENTED"] = str(issue.number)
    here.environ["GITHUB_REPOSITORY"] = issue.repo.full_name


def _stranger_copies_word(here: World, issue: Issue) -> None:
    """Repeat what the owner said last, as a comment of one's own and as a quotation."""
    for one in _said(here, issue)[-1:]:
        here.forge.comment(issue, here.stranger, one.body)
        here.forge.comment(issue, here.stranger, f"> {one.body}")


def _said(here: World, issue: Issue) -> list[Comment]:
    owned = [one for one in issue.comments if one.author is here.owner]
    return [one for one in owned if one.body.startswith("/afk")]


def _edit_word(here: World, issue: Issue) -> None:
    for one in _said(here, issue)[-1:]:
        here.forge.edit_comment(one, here.owner, "/afk why")


def _delete_word(here: World, issue: Issue) -> None:
    for one in _said(here, issue)[-1:]:
        here.forge.delete_comment(one)


def _forge_record(here: World, issue: Issue) -> None:
    found = record_comments(here, issue)
    if found:
        here.forge.comment(issue, here.stranger, found[-1].body)


def _tamper(here: World, issue: Issue) -> None:
    found = record_comments(here, issue)
    if found:
        body = (
            found[-1].body.replace('"running"', '"ended"').replace('"attempts":0', '"attempts":9')
        )
        here.forge.edit_comment(found[-1], here.owner, body)


def _put_back(here: World, issue: Issue) -> None:
    found = record_comments(here, issue)
    if found and found[-1].history:
        here.forge.edit_comment(found[-1], here.owner, found[-1].history[0].text)


def _delete_record(here: World, issue: Issue) -> None:
    for one in record_comments(here, issue)[-1:]:
        here.forge.delete_comment(one)


def _block(here: World, issue: Issue) -> None:
    blocker = here.forge.open_issue(issue.repo, "First this", here.owner)
    here.forge.add_dependency(issue, blocker, here.owner)


def _unblock(here: World, issue: Issue) -> None:
    for one in issue.repo.issues.values():
        if one.title == "First this" and one.open:
            here.forge.close(one, here.owner)


def _send(here: World, kind: str, **more: object) -> None:
    given = {"commandId": str(uuid.UUID(int=here.requests()[0])), "createdAt": "now", **more}
    here.t3.dispatch({"type": kind, **given})


def _archive(here: World, issue: Issue) -> None:
    for one in threads(here, issue)[-1:]:
        if one.deleted_at is None and one.archived_at is None:
            _send(here, "thread.archive", threadId=one.id)


def _delete_thread(here: World, issue: Issue) -> None:
    for one in threads(here, issue)[-1:]:
        if one.deleted_at is None:
            _send(here, "thread.delete", threadId=one.id)


def _push_beside(here: World, issue: Issue) -> None:
    repo = issue.repo
    here.forge.push(repo, repo.default_branch, "Something else\n\nCI: green", here.owner)


DEEDS: Final[Mapping[str, Kind]] = {
    "labels it ready again": Kind(8, _label),
    "takes ready off": Kind(4, _unlabel),
    "puts ready-for-human on": Kind(2, _hand_over),
    "takes the lock off": Kind(2, _unlock),
    "puts a lock on": Kind(1, _lock),
    "a stranger labels it ready": Kind(2, _stranger_labels),
    "a stranger puts a lock on": Kind(1, _stranger_locks),
    "a colleague labels it ready": Kind(4, _colleague_labels),
    "the colleague leaves, or comes back": Kind(3, _leave),
    "edits the text": Kind(3, _edit),
    "edits the title": Kind(1, _retitle),
    "closes it": Kind(3, _close),
    "reopens it": Kind(3, _reopen),
    "locks the conversation, or unlocks it": Kind(1, _lock_talk),
    "runs CI again": Kind(2, _run_again),
    "talks": Kind(2, _talk),
    "says /afk stop": Kind(3, partial(_say, word="stop")),
    "says /afk retry": Kind(6, partial(_say, word="retry")),
    "says /afk answer": Kind(3, partial(_say, word="answer Take the blue one.")),
    "says /afk why": Kind(2, partial(_say, word="why")),
    "edits what was said": Kind(2, _edit_word),
    "deletes what was said": Kind(2, _delete_word),
    "a stranger says /afk stop": Kind(2, partial(_stranger_says, word="stop")),
    "a stranger says /afk retry": Kind(3, partial(_stranger_says, word="retry")),
    "a stranger says /afk answer": Kind(
        2, partial(_stranger_says, word=f"answer {STRANGERS_WORD}")
    ),
    "a stranger says /afk why": Kind(1, partial(_stranger_says, word="why")),
    "a stranger repeats what was said": Kind(1, _stranger_copies_word),
    "a stranger copies the record": Kind(1, _forge_record),
    "tampers with the record": Kind(1, _tamper),
    "puts an old record back": Kind(2, _put_back),
    "deletes the record": Kind(2, _delete_record),
    "blocks it": Kind(2, _block),
    "closes its blockers": Kind(2, _unblock),
    "archives the thread": Kind(2, _archive),
    "deletes the thread": Kind(2, _delete_thread),
    "pushes something else": Kind(3, _push_beside),
    **PULL_DEEDS,
    **CHANGES,
}
