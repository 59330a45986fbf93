"""Every recorded thread and moment of protocol 2, in afk's words."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.cassettes import RECORDINGS

from afk.adapters.t3 import runs
from afk.adapters.t3.projection import Detail, Projection, Shell, ShellThread
from afk.adapters.t3.wire import parse
from afk.model.agent import RequestKind, Session, Start
from afk.types import ThreadStatus

FOLDER = RECORDINGS / "t3" / "v2-0.0.33"
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def projection(name: str) -> Projection:
    return parse(Detail, load(name)["response"]["body"], "thread").projection


THREADS = [
    ("30-3-completed-thread", ThreadStatus.IDLE, Session.STOPPED, ""),
    ("32-2-running-thread", ThreadStatus.RUNNING, Session.LIVE, ""),
    ("32-4-interrupted-thread", ThreadStatus.INTERRUPTED, Session.STOPPED, ""),
    ("35-fail-thread", ThreadStatus.ERROR, Session.STOPPED, "usage limit"),
    ("36-crash-thread", ThreadStatus.RUNNING, Session.LIVE, ""),
    ("38-starterror-thread", ThreadStatus.ERROR, Session.STOPPED, "Failed to start run"),
    ("39-nostart-thread", None, Session.LIVE, ""),
    ("41-nongit-thread", ThreadStatus.IDLE, Session.STOPPED, ""),
    ("43-retry-thread", ThreadStatus.IDLE, Session.STOPPED, ""),
    ("50-2-pending-approval-thread", ThreadStatus.NEEDS_HUMAN, Session.LIVE, ""),
    ("52-2-pending-question-thread", ThreadStatus.NEEDS_HUMAN, Session.LIVE, ""),
]


@pytest.mark.parametrize(("name", "status", "session", "error"), THREADS)
def test_detail__recorded_thread__what_became_of_it(
    name: str, status: ThreadStatus | None, session: Session, error: str
) -> None:
    found = runs.detail(projection(name), NOW)

    assert found is not None
    assert (found.status, found.thread.session) == (status, session)
    assert error in found.error
    assert bool(found.error) is bool(error)
    assert found.limit is None
    assert found.spent.tokens == {}


@pytest.mark.parametrize("name", ["43-2-get-archived", "43-8-get-deleted"])
def test_detail__archived_or_deleted__none(name: str) -> None:
    assert runs.detail(projection(name), NOW) is None


def test_detail__recorded_requests__kind_and_questions() -> None:
    approval = runs.detail(projection("50-2-pending-approval-thread"), NOW)
    question = runs.detail(projection("52-2-pending-question-thread"), NOW)

    assert approval is not None
    assert question is not None
    assert [(one.kind, one.questions) for one in approval.pending] == [(RequestKind.APPROVAL, ())]
    assert [(one.kind, one.questions) for one in question.pending] == [
        (RequestKind.QUESTION, ("color",))
    ]
    assert approval.pending[0].text == "May it (command)? needs approval"
    assert question.pending[0].text == "Which color?\n- red\n- blue"


def test_detail__what_is_asked_with_a_secret_in_it__is_masked() -> None:
    asked = projection("52-2-pending-question-thread")
    found = runs.detail(asked, NOW, lambda text: text.replace("color", "***"))

    assert found is not None
    assert found.pending[0].text.startswith("Which ***?")


SHELLS = [
    ("30-3-completed-shell", Session.STOPPED, Start.WORKED),
    ("32-2-running-shell-thread", Session.LIVE, Start.WORKED),
    ("32-4-interrupted-shell-thread", Session.STOPPED, Start.WORKED),
    ("35-fail-shell-thread", Session.STOPPED, Start.WORKED),
    ("36-crash-shell-thread", Session.LIVE, Start.WORKED),
    ("39-nostart-shell-thread", Session.LIVE, Start.UNTOLD),
    ("40-unknown-instance-shell-thread", Session.NONE, Start.UNTOLD),
    ("50-2-pending-approval-shell-thread", Session.LIVE, Start.WORKED),
]


def in_shell(name: str) -> ShellThread:
    data = load(name)
    if "response" in data:
        threads = data["response"]["body"]["threads"]
        data = next(one for one in threads if one["id"] == "thr-ok")
    return parse(ShellThread, data, "shell")


@pytest.mark.parametrize(("name", "session", "start"), SHELLS)
def test_snapshot__recorded_thread_of_the_shell__session_and_start(
    name: str, session: Session, start: Start
) -> None:
    shell = Shell.model_construct(
        schema_version=2,
        snapshot_sequence=7,
        projects=(),
        threads=(in_shell(name),),
        archived_threads=(),
    )

    [found] = runs.snapshot(shell, "env", NOW).threads

    assert (found.session, found.start) == (session, start)
    assert found.instance in ("codex", "nosuch")


WORDS = {
    "preparing": None,
    "starting": None,
    "queued": ThreadStatus.RUNNING,
    "running": ThreadStatus.RUNNING,
    "waiting": ThreadStatus.RUNNING,
    "completed": ThreadStatus.IDLE,
    "failed": ThreadStatus.ERROR,
    "interrupted": ThreadStatus.INTERRUPTED,
    "cancelled": ThreadStatus.INTERRUPTED,
}
TIMELINES = sorted(path.stem for path in FOLDER.glob("*-timeline.json"))


@pytest.mark.parametrize("name", TIMELINES)
def test_detail__every_recorded_moment__the_newest_messages_run_by_its_word(name: str) -> None:
    """A queue is work in the thread; what is over is only believed once nothing goes on."""
    for moment in load(name):
        if "runs" not in moment or not moment["runs"]:
            continue
        found = runs.detail(_of(moment), NOW)
        assert found is not None
        newest = max(moment["runs"], key=lambda one: one["ordinal"])
        going_on = [
            one["status"]
            for one in moment["runs"]
            if WORDS[one["status"]] in (None, ThreadStatus.RUNNING)
        ]
        pending = any(one["status"] == "pending" for one in moment["runtimeRequests"])
        expected = WORDS[newest["status"]]
        if pending and "running" in going_on:
            expected = ThreadStatus.NEEDS_HUMAN
        elif any(one not in ("preparing", "starting") for one in going_on):
            expected = ThreadStatus.RUNNING
        assert found.status is expected, moment["t_ms"]
        live = found.thread.session is Session.LIVE
        assert live is bool(going_on), moment["t_ms"]


def _of(moment: dict[str, Any]) -> Projection:
    """Return the projection that a recorded moment was cut from."""
    shown = moment["shell"] or {}
    at = "2026-11-23T04:00:00.000Z"
    times = {"createdAt": at, "updatedAt": at}
    thread: dict[str, Any] = {"id": "t", "projectId": "p", "title": "job", **times}
    thread |= {"archivedAt": shown.get("archivedAt"), "deletedAt": None}
    newest = max(moment["runs"], key=lambda one: one["ordinal"])
    asked = {"id": newest["userMessageId"], "role": "user", "createdAt": at}
    requests = [dict(one, id=f"r{number}") for number, one in enumerate(moment["runtimeRequests"])]
    return parse(
        Projection,
        {
            "thread": thread,
            "runs": [{"requestedAt": at, **one} for one in moment["runs"]],
            "runtimeRequests": requests,
            "messages": [asked],
            "updatedAt": at,
        },
        "thread",
    )


def test_detail__waiting_for_a_checkpoint_that_never_comes__is_done() -> None:
    found = projection("30-3-completed-thread")
    waiting = found.runs[0].model_copy(update={"status": "waiting"})
    still = found.model_copy(update={"runs": (waiting,)})
    moved = found.updated_at
    assert moved is not None

    early = runs.detail(still, moved + timedelta(seconds=29))
    late = runs.detail(still, moved + timedelta(seconds=30))

    assert early is not None
    assert late is not None
    assert (early.status, early.thread.session) == (ThreadStatus.RUNNING, Session.LIVE)
    assert (late.status, late.thread.session) == (ThreadStatus.IDLE, Session.STOPPED)


def test_detail__nobody_asked_anything__nothing_became_of_it() -> None:
    found = runs.detail(projection("21-thread-idle-new"), NOW)
    assert found is not None
    assert (found.status, found.thread.session, found.asked) == (None, Session.NONE, ())


@pytest.mark.parametrize(
    ("origin", "status", "session"),
    [
        ("v1_import", ThreadStatus.INTERRUPTED, Session.STOPPED),
        ("native", None, Session.NONE),
    ],
)
def test_detail__messages_without_runs__brought_over_from_protocol_1_or_not_answered_yet(
    origin: str, status: ThreadStatus | None, session: Session
) -> None:
    """As an upgraded server has them (source, LegacyV1ThreadImporter.ts)."""
    data = load("30-3-completed-thread")["response"]["body"]
    data["projection"]["runs"] = []
    data["projection"]["thread"]["historyOrigin"] = origin
    for message in data["projection"]["messages"]:
        message["runId"] = None

    found = runs.detail(parse(Detail, data, "thread").projection, NOW)

    assert found is not None
    assert (found.status, found.thread.session) == (status, session)
    assert found.cut_off is (origin == "v1_import")
    assert [one.id for one in found.asked] == ["msg-ok-1"]
