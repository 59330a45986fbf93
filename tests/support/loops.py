"""Driving a run in a sandbox world and looking at what became of it, for tests of the watcher.

Everything here reads the models behind the servers, never afk's own memory: what a test asserts
is what a person would see on the forge and in T3.
"""

import json
import uuid
from typing import Any, Final

import pytest
from support.overheard import Mark

from afk.record.codec import is_record
from afk.record.names import parse_title
from afk.types import Forge, IssueKey
from afk_sandbox.faults import Fault, FaultHook
from afk_sandbox.forge.event_kinds import EventKind
from afk_sandbox.forge.records import Comment, Issue
from afk_sandbox.t3.state import Thread
from afk_sandbox.world import HUMAN, IN_PROGRESS, READY, TRACKED, World

both = pytest.mark.parametrize("kind", list(Forge))
"""Every rule holds on either forge."""

CI_GRACE: Final = {"ci": {"grace_seconds": 60}}
HOUR: Final = 3600
BROKEN: Final = Fault("before")


def start(here: World, body: str, *, title: str = "Add a till", **settings: Any) -> Issue:
    """One repository, one approved issue, and the tick that starts it."""
    repo = here.repository("shop", **(CI_GRACE | settings))
    issue = here.issue(repo, title, body)
    tick(here)
    assert record(here, issue)["stage"] == "running"
    return issue


def tick(here: World, *, after: float = 60, code: int = 0) -> str:
    """Tick after a while, then let agents begin what it sent them; returns what it said."""
    ticked = here.tick(after=after)
    here.t3.advance()
    assert ticked.exit_code == code, ticked.output
    return ticked.output


def until(
    here: World, issue: Issue, stage: str = "ended", *, ticks: int = 12, after: float = 120
) -> dict[str, Any]:
    """Tick until the newest record is at this stage; returns it."""
    for _ in range(ticks):
        if record(here, issue).get("stage") == stage:
            break
        tick(here, after=after)
    found = record(here, issue)
    assert found["stage"] == stage, found
    return found


def record_comments(here: World, issue: Issue) -> list[Comment]:
    """Return the comments of our account that claim to be records, oldest first."""
    return [one for one in issue.comments if one.author is here.bot and is_record(one.body)]


def parse(body: str) -> dict[str, Any]:
    """Return a record's JSON, whoever wrote it."""
    line = body.split("\n", 1)[0]
    data: dict[str, Any] = json.loads(line[line.index("{") : line.rindex("}") + 1])
    return {"stage": "approved", **data}


def records(here: World, issue: Issue) -> list[dict[str, Any]]:
    """Return every record on the issue, oldest first."""
    return [parse(one.body) for one in record_comments(here, issue)]


def record(here: World, issue: Issue) -> dict[str, Any]:
    """Return the newest record; empty without one."""
    found = records(here, issue)
    return found[-1] if found else {}


def comment(here: World, issue: Issue) -> str:
    """Return what people read in the newest record's comment."""
    return record_comments(here, issue)[-1].body.split("\n", 1)[1]


def labels(issue: Issue) -> set[str]:
    """Return afk's labels on the issue."""
    return {label.name for label in issue.labels} & {READY, IN_PROGRESS, HUMAN}


def reopened(issue: Issue) -> int:
    """Return how often the issue was reopened."""
    return sum(event.kind is EventKind.REOPENED for event in issue.events)


# --- T3 --------------------------------------------------------------------------------------


def threads(here: World, issue: Issue) -> list[Thread]:
    """Return the issue's threads, archived and deleted ones included, oldest first."""
    here.t3.advance()
    key = IssueKey(issue.repo.full_name, issue.number)
    named = [(parse_title(one.title), one) for one in here.t3.state.threads.values()]
    found = [one for title, one in named if title is not None and title[1] == key]
    return sorted(found, key=lambda one: one.created_at)


def said(here: World, issue: Issue) -> list[str]:
    """Return every message sent to agents about the issue, threads that vanished left out."""
    messages = [
        message
        for thread in threads(here, issue)
        for message in thread.messages.values()
        if message.role == "user"
    ]
    return [message.text for message in sorted(messages, key=lambda one: one.created_at)]


def at_work(here: World) -> list[str]:
    """Return the threads in which an agent is or may be at work, archived ones included."""
    here.t3.advance()
    over = ("stopped", "interrupted", "error")
    return [
        one.id
        for one in here.t3.state.threads.values()
        if one.session and one.session.status not in over and one.deleted_at is None
    ]


def command(here: World, kind: str, thread: Thread, **fields: Any) -> None:
    """Let a person do something in T3's own window."""
    envelope = {"type": kind, "commandId": str(uuid.uuid4()), "threadId": thread.id}
    here.t3.dispatch({**envelope, "createdAt": "now", **fields})
    here.t3.advance()


def write_in_thread(here: World, thread: Thread, text: str) -> None:
    """Let a person send the agent a message."""
    message = {"messageId": str(uuid.uuid4()), "role": "user", "text": text, "attachments": []}
    modes = {"runtimeMode": "full-access", "interactionMode": "default"}
    command(here, "thread.turn.start", thread, message=message, **modes)


def another_thread(here: World, like: Thread, title: str, made: str = "") -> Thread:
    """Let somebody open a thread of this title beside another one, and set its agent to work.

    ``made``: its id, if not one of T3's window's own.
    """
    made = made or str(uuid.uuid4())
    here.t3.dispatch(
        {
            "type": "thread.create",
            "commandId": str(uuid.uuid4()),
            "threadId": made,
            "projectId": like.project_id,
            "title": title,
            "modelSelection": {"instanceId": "codex", "model": "gpt-fake"},
            "runtimeMode": "full-access",
            "interactionMode": "default",
            "branch": None,
            "worktreePath": None,
            "createdAt": "now",
        }
    )
    thread = here.t3.state.threads[made]
    write_in_thread(here, thread, "[[slow=40000]] [[push]]")
    return thread


def lose_thread(here: World, thread: Thread) -> None:
    """Let T3 forget a thread without anybody's act, agent and all."""
    command(here, "thread.session.stop", thread)
    del here.t3.state.threads[thread.id]
    here.t3.state.sequence += 1


def come_to_rest(here: World, *issues: Issue) -> None:
    """Let an hour pass since the end: the label by which afk finds a run goes, nothing else."""
    before = [set(issue.labels) for issue in issues]
    mark = Mark(here)
    tick(here, after=HOUR)
    for issue, labelled in zip(issues, before, strict=True):
        assert {label.name for label in labelled - set(issue.labels)} == {TRACKED}
        assert set(issue.labels) <= labelled
    assert [one.method for one in mark.writes] == ["DELETE"] * len(issues)
    assert mark.commands == []


def t3_down(here: World) -> None:
    """Let nothing reach T3 from now on."""
    here.faults["t3"] = lambda _method, _path: BROKEN


def only(method: str, part: str, fault: Fault) -> FaultHook:
    """Return a hook that strikes requests of a method whose path contains a text."""
    return lambda verb, path: fault if verb == method and part in path else None


# --- how it ended ----------------------------------------------------------------------------


def assert_ended(
    here: World,
    issue: Issue,
    verdict: str,
    reason: str,
    *,
    turns: int = 1,
    closed: bool | None = None,
    marked: set[str] | None = None,
) -> None:
    """One record with this verdict, what goes with it on the forge, nobody at work."""
    found = records(here, issue)
    assert len(found) == 1
    assert (found[0]["stage"], found[0]["verdict"]) == ("ended", verdict)
    assert found[0]["reason"] == reason
    assert len(said(here, issue)) == turns
    handed_over = {HUMAN} if verdict in ("needs-human", "frozen") else set()
    assert labels(issue) == (handed_over if marked is None else marked)
    assert (issue.closed_at is not None) == (verdict == "done" if closed is None else closed)
    assert at_work(here) == []
