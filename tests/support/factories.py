"""Healthy values of afk's nouns: a test names only what it changes.

The story behind the defaults: MARA, who may write, put the ready label on issue 7 of ``acme/app``
an hour before NOW; afk started the run half an hour before NOW and its first turn is under way.
Every factory takes the changed fields by name and returns a frozen value.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from afk.config import Config, RepositoryConfig, T3Config
from afk.model.agent import AgentSnapshot, AgentThread, Session, Start
from afk.record import names as identity
from afk.record.state import Approval, Keys, Purpose, RunRecord, Stage, Turn
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


def record(**changes: Any) -> RunRecord:
    """Return the record of a run whose first turn is under way, nothing pushed yet."""
    base = RunRecord(
        forge="github",
        repository_id=100,
        repository=REPO,
        issue=7,
        run_id=RUN_ID,
        approval=approval(),
        sequence=3,
        stage=Stage.RUNNING,
        environment_id=ENVIRONMENT,
        thread_id=identity.thread_id(RUN_ID, 1),
        turns=(turn(),),
        base_commit=BASE,
        branch="main",
        claimed_at=STARTED,
        started_at=STARTED,
    )
    return replace(base, **changes)


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
