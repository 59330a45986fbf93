"""The happy path of one issue, and what must hold once it is over, whatever happened on it."""

from afk.record.codec import is_record
from afk.record.names import parse_title
from afk.types import IssueKey
from afk_sandbox.forge.records import Issue
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, World

MOST_WRITES = 14
"""At least as many as the happy path has writes on either forge and T3 together."""


def begin(here: World) -> Issue:
    """One repository, one issue, labelled by its owner."""
    repo = here.repository("shop", ci={"grace_seconds": 60})
    return here.issue(repo, "Add a till", "A till, please. [[push]]")


def labels(issue: Issue) -> set[str]:
    """Return afk's labels on the issue."""
    return {label.name for label in issue.labels} & {READY, IN_PROGRESS, HUMAN}


def tick_until_settled(here: World, issue: Issue, *, ticks: int = 8) -> None:
    """Tick cleanly until the issue is closed without a label, or the ticks are used up."""
    for _ in range(ticks):
        ticked = here.tick(after=120)
        assert ticked.exit_code == 0, ticked.output
        if issue.closed_at is not None and not labels(issue):
            break
    here.tick(after=120)


def user_messages(here: World, issue: Issue) -> list[str]:
    """Return the ids of all messages sent to agents about the issue, deleted threads included."""
    key = IssueKey(issue.repo.full_name, issue.number)
    found = []
    for thread in here.t3.snapshot()["threads"]:
        named = parse_title(thread["title"])
        if named is not None and named[1] == key:
            detail = here.t3.thread(thread["id"])
            messages = detail["thread"]["messages"] if detail else []
            found += [one["id"] for one in messages if one["role"] == "user"]
    return found


def records(here: World, issue: Issue) -> list[str]:
    """Return the comments on the issue that are run records."""
    mine = [one.body for one in issue.comments if one.author is here.bot]
    return [body for body in mine if is_record(body)]


def assert_one_done_run(here: World, issue: Issue) -> None:
    """One thread, one turn, one push, one record with one verdict, no label, issue closed."""
    found = records(here, issue)
    assert len(found) == 1
    assert '"stage":"ended"' in found[0]
    assert '"verdict":"done"' in found[0]
    assert len(user_messages(here, issue)) == 1
    pushed = [c for c in issue.repo.commits.values() if "AFK-Run:" in c.message]
    assert len(pushed) == 1
    assert labels(issue) == set()
    assert issue.closed_at is not None
    assert live_threads(here) == []


def live_threads(here: World) -> list[str]:
    """Return the threads in which a session is not stopped."""
    shown = here.t3.shell()["threads"]
    return [
        one["id"]
        for one in shown
        if one["session"] and one["session"]["status"] not in ("stopped", "interrupted", "error")
    ]
