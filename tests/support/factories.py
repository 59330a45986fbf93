"""Healthy values of afk's nouns: a test names only what it changes.

The story behind the defaults: MARA, who may write, put the ready label on issue 7 of ``acme/app``
an hour before NOW; afk started the run half an hour before NOW and its first turn is under way.
Every factory takes the changed fields by name and returns a frozen value.
"""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from afk.config import Config, RepositoryConfig, T3Config
from afk.model.agent import AgentSnapshot, AgentThread, Session, Start
from afk.record import names as identity
from afk.record.groups import Commits, Ending, ThreadState
from afk.record.pauses import Pauses
from afk.record.state import Approval, Dialogue, Keys, Purpose, RunRecord, Stage, Turn
from afk.types import Account, AccountKind, Comment, Event, EventKind, Issue, Label, Repository

NOW: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CREATED: Final = NOW - timedelta(days=1)
LABELLED: Final = NOW - timedelta(hours=1)
STARTED: Final = NOW - timedelta(minutes=30)

MARA: Final = Account(10, "mara")
STRANGER: Final = Account(66, "stranger")
AFK: Final = Account(1, "afk", AccountKind.BOT)
OWN: Final = frozenset({AFK.id})

READY: Final = "ready-for-agent"
IN_PROGRESS: Final = "agent-in-progress"
HUMAN: Final = "ready-for-human"

REPO: Final = "acme/app"
KEYS: Final = Keys(current=b"a state key of this test", previous=b"the one before")
ENVIRONMENT: Final = "c7e723ed-433b-4e97-8e0a-7ce84995b53b"
BASE: Final = "b" * 40
PUSHED: Final = "c" * 40
RUN_ID: Final = identity.run_id(
    host="github.com", repository_id=100, issue=7, at=LABELLED, actor_id=MARA.id, event=""
)

_RENAMED: Final = {
    "thread_id": ("thread", "id"),
    "base_commit": ("commits", "base"),
    "ending_at": ("ending", "at"),
}
IN_GROUP: Final = _RENAMED | {
    item.name: (name, item.name)
    for name, group in (
        ("thread", ThreadState),
        ("dialogue", Dialogue),
        ("commits", Commits),
        ("pauses", Pauses),
        ("ending", Ending),
    )
    for item in fields(group)
    if (name, item.name) not in _RENAMED.values()
}
"""Where a record keeps what tests name flatly: the field's group, and its name in there."""


def config(**changes: Any) -> Config:
    """Return an armed configuration with one repository."""
    armed = Config(
        kill_switch=False,
        allowlist=(REPO,),
        repositories={REPO: RepositoryConfig(workspace="/srv/app")},
        t3=T3Config(url="http://t3.test:3773"),
    )
    return replace(armed, **changes)


def repository(**changes: Any) -> Repository:
    """Return ``acme/app``."""
    return replace(Repository(100, REPO, "main"), **changes)


def labels(*names: str) -> tuple[Label, ...]:
    """Return labels."""
    return tuple(Label(name) for name in names)


def event(kind: EventKind = EventKind.LABELED, **changes: Any) -> Event:
    """Return MARA's application of the ready label, or another event of hers."""
    label = READY if kind in (EventKind.LABELED, EventKind.UNLABELED) else ""
    base = Event(kind=kind, order=1, at=LABELLED, actor=MARA, label=label)
    return replace(base, **changes)


def comment(**changes: Any) -> Comment:
    """Return MARA's comment, older than her approval and never edited."""
    base = Comment(
        id=500,
        author=MARA,
        body="Please keep it small.",
        created_at=CREATED,
        updated_at=CREATED,
    )
    return replace(base, **changes)


def issue(**changes: Any) -> Issue:
    """Return an open issue that MARA approved and nobody edited."""
    base = Issue(
        repo=repository(),
        number=7,
        title="Add a greeting",
        body="The page should greet people.",
        open=True,
        author=MARA,
        labels=labels(READY),
        created_at=CREATED,
        updated_at=LABELLED,
        events=(event(),),
        body_edits_known=True,
    )
    return replace(base, **changes)


def approval(**changes: Any) -> Approval:
    """Return what MARA's label event is recorded as."""
    return replace(Approval(actor_id=MARA.id, at=LABELLED, digest="d" * 64), **changes)


def turn(number: int = 1, purpose: Purpose = Purpose.FIRST, **changes: Any) -> Turn:
    """Return a turn that was sent and is under way."""
    base = Turn(
        number=number,
        purpose=purpose,
        message_id=identity.message_id(RUN_ID, number, 1),
        sent_at=STARTED,
        requested_at=STARTED,
    )
    return replace(base, **changes)


def changed(run: RunRecord, **changes: Any) -> RunRecord:
    """Return the record with these fields changed; those of a group go by `IN_GROUP`'s names."""
    groups: dict[str, dict[str, Any]] = {}
    for name in [name for name in changes if name in IN_GROUP]:
        group, field = IN_GROUP[name]
        groups.setdefault(group, {})[field] = changes.pop(name)
    filled = {group: replace(getattr(run, group), **some) for group, some in groups.items()}
    return replace(run, **filled, **changes)


def record(**changes: Any) -> RunRecord:
    """Return the record of a run whose first turn is under way, nothing pushed yet.

    The fields of its groups are named as for `changed`.
    """
    base = RunRecord(
        forge="github",
        repository_id=100,
        repository=REPO,
        issue=7,
        run_id=RUN_ID,
        approval=approval(),
        sequence=3,
        stage=Stage.RUNNING,
        thread=ThreadState(
            environment_id=ENVIRONMENT,
            id=identity.thread_id(RUN_ID, 1),
            claimed_at=STARTED,
            started_at=STARTED,
        ),
        dialogue=Dialogue(turns=(turn(),)),
        commits=Commits(base=BASE, branch="main"),
    )
    return changed(base, **changes)


def thread(**changes: Any) -> AgentThread:
    """Return the run's thread as T3 shows it while the first turn runs."""
    base = AgentThread(
        id=identity.thread_id(RUN_ID, 1),
        project_id="project-1",
        title=identity.title(RUN_ID, issue().key),
        instance="codex",
        created_at=STARTED,
        updated_at=STARTED,
        session=Session.LIVE,
        session_at=STARTED,
        asked_at=STARTED,
        start=Start.WORKED,
    )
    return replace(base, **changes)


def snapshot(*threads: AgentThread, **changes: Any) -> AgentSnapshot:
    """Return T3 showing these threads, its clock in step with afk's."""
    base = AgentSnapshot(
        environment_id=ENVIRONMENT, sequence=9, server_now=NOW, threads=tuple(threads)
    )
    return replace(base, **changes)
