"""T3's threads, as recorded on two versions, in afk's words."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import strategies as st
from support.cassettes import RECORDINGS
from support.t3_rig import NOW, VERSIONS, names, recorded, thread_of

from afk.adapters.t3 import status
from afk.adapters.t3.mapping import agent_thread, detail, snapshot
from afk.adapters.t3.wire import Overview, Thread, parse
from afk.model.agent import AgentThread, Presence, Session, Speaker, Start, ThreadDetail


def shown(name: str) -> AgentThread:
    return agent_thread(parse(Thread, thread_of(name), "thread"))


def detailed(data: dict[str, Any]) -> ThreadDetail:
    found = detail(parse(Thread, data, "thread"), NOW)
    assert found is not None
    return found


LIMIT = "You've hit your usage limit. Try again later."
PAIRS = names("*-shell-thread.json")


def test_agent_thread__running_shell_thread__every_field() -> None:
    assert shown("0.0.28/33-2-pending-approval-shell-thread") == AgentThread(
        id="thr-6d5d4eea-ee9a-40d3-8672-38d30ecefeb9",
        project_id="proj-64130895-075e-467b-83cf-69aa4c492ee4",
        title="life",
        instance="codex",
        created_at=datetime(2026, 11, 22, 17, 59, 26, 3000, tzinfo=UTC),
        updated_at=datetime(2026, 11, 22, 17, 59, 26, 470000, tzinfo=UTC),
        session=Session.LIVE,
        session_at=datetime(2026, 11, 22, 17, 59, 26, 372000, tzinfo=UTC),
        asked_at=datetime(2026, 11, 22, 17, 59, 26, 18000, tzinfo=UTC),
        start=Start.WORKED,
        error="",
        presence=Presence.PRESENT,
    )


@pytest.mark.parametrize(
    ("name", "session", "error", "start"),
    [
        ("0.0.28/30-3-completed", Session.LIVE, "", Start.WORKED),
        ("0.0.32/30-3-completed", Session.LIVE, "", Start.WORKED),
        ("0.0.28/31-2-failed", Session.STOPPED, LIMIT, Start.WORKED),
        ("0.0.32/31-2-failed", Session.STOPPED, LIMIT, Start.WORKED),
        ("0.0.28/35-2-crash", Session.STOPPED, "", Start.WORKED),
        ("0.0.32/35-2-crash", Session.STOPPED, "", Start.WORKED),
        ("0.0.28/38-2-start-failed", Session.NONE, "", Start.UNTOLD),
        ("0.0.28/50-2-completed-nongit", Session.LIVE, "", Start.WORKED),
        ("0.0.32/50-2-completed-nongit", Session.LIVE, "", Start.WORKED),
        ("0.0.28/42-3-stopped", Session.STOPPED, "", Start.WORKED),
        ("0.0.32/42-3-stopped", Session.STOPPED, "", Start.WORKED),
    ],
)
def test_agent_thread__recorded_end__in_afks_words(
    name: str, session: Session, error: str, start: Start
) -> None:
    found = shown(f"{name}-shell-thread")

    assert (found.session, found.error, found.start) == (session, error, start)


def test_agent_thread__start_failed_on_0_0_32__error_kept() -> None:
    found = shown("0.0.32/38-2-start-failed-shell-thread")

    assert (found.session, found.start) == (Session.STOPPED, Start.REFUSED)
    assert "unknown provider instance 'nope'" in found.error


@pytest.mark.parametrize("name", PAIRS)
def test_agent_thread__shell_and_detail_of_one_moment__agree(name: str) -> None:
    """What only the shell says is derived from the bodies exactly as the server derives it."""
    shell, whole = shown(name), shown(name.replace("-shell-thread", "-thread"))
    moving = ("updated_at", "session", "session_at", "start", "error")

    for field in AgentThread.__dataclass_fields__:
        if field not in moving or shell.updated_at == whole.updated_at:
            assert getattr(shell, field) == getattr(whole, field), field


@pytest.mark.parametrize("version", VERSIONS)
def test_agent_thread__every_state_seen_while_turns_ran__read(version: str) -> None:
    """The timelines hold what a client polling each 20 ms saw, session or turn often null."""
    states = [
        state
        for path in sorted((RECORDINGS / "t3" / version).glob("*-timeline.json"))
        for state in json.loads(path.read_text(encoding="utf-8"))
        if state["shell"] is not None
    ]

    assert len(states) > 90
    for state in states:
        found = parse(Thread, state["shell"], "thread")
        assert (found.session.status if found.session else None) == state["key"]["ses"]
        assert (found.latest_turn.state if found.latest_turn else None) == state["key"]["lt"]
        assert found.has_pending_approvals is state["key"]["appr"]
        assert found.has_pending_user_input is state["key"]["inp"]
        over = state["key"]["ses"] in ("stopped", "interrupted", "error")
        absent = Session.NONE if state["key"]["ses"] is None else Session.LIVE
        assert agent_thread(found).session is (Session.STOPPED if over else absent)


def test_agent_thread__legacy_and_absent_model__instance() -> None:
    data = thread_of("0.0.28/22-thread-fresh")

    def instance() -> str:
        return agent_thread(parse(Thread, data, "thread")).instance

    assert instance() == "codex"
    data["modelSelection"] = {"provider": "claudeAgent", "model": "m"}
    assert instance() == "claudeAgent"
    data["modelSelection"] = None
    assert instance() == ""


def test_agent_thread__unknown_words_and_absent_fields__live_and_none() -> None:
    data = thread_of("0.0.32/30-2-running-shell-thread")
    data["session"] = {"status": "hibernating", "updatedAt": "soon"}
    data["latestTurn"] = {"state": "paused", "requestedAt": None}
    data["latestUserMessageAt"] = "yesterday"
    data["somethingNew"] = {"deep": [1]}
    for key in ("hasPendingApprovals", "hasPendingUserInput", "archivedAt"):
        del data[key]

    found = agent_thread(parse(Thread, data, "thread"))

    assert (found.session, found.session_at) == (Session.LIVE, None)
    assert (found.start, found.error) == (Start.WORKED, "")
    assert found.asked_at is None
    assert found.presence is Presence.PRESENT


LONG_AGO = datetime.min.replace(tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@pytest.mark.parametrize("name", names("*-thread.json"))
def test_detail__every_recorded_thread__read(name: str) -> None:
    data = thread_of(name)

    found = detailed(data)

    assert [message.id for message in found.messages] == [
        message["id"] for message in data.get("messages", [])
    ]
    failures = status.start_failures(parse(Thread, data, "thread"), LONG_AGO)
    assert json.dumps(data).count("provider.turn.start.failed") == len(failures)


def test_detail__completed__messages_with_speaker_and_time() -> None:
    user, *_, last = detailed(thread_of("0.0.28/30-3-completed-thread")).messages

    assert user.speaker is Speaker.ASKING
    assert user.id == "msg-93ea6190-7e98-4b0c-ad28-09251d88b511"
    assert user.text == "say hello [[sleep=1]] [[write=out/a.txt]]"
    assert last.speaker is Speaker.AGENT
    assert last.created_at > user.created_at


@pytest.mark.parametrize("version", VERSIONS)
def test_detail__start_failed__time_of_the_message_and_text(version: str) -> None:
    """The failure's time equals that of the message whose turn did not start."""
    found = detailed(thread_of(f"{version}/38-2-start-failed-thread"))

    assert found.start_failed
    assert found.error_at is not None
    assert found.error_at >= found.messages[0].created_at
    assert "references unknown provider instance 'nope'" in found.error


def test_detail__start_failure_without_time_or_text__left_out_or_empty() -> None:
    data = thread_of("0.0.28/38-2-start-failed-thread")
    failed = data["activities"][0]
    data["activities"] = [failed | {"createdAt": "?"}, failed | {"payload": None}]

    found = detailed(data)
    failures = status.start_failures(parse(Thread, data, "thread"), LONG_AGO)

    assert failures == ((found.messages[0].created_at, ""),)
    assert (found.start_failed, found.error) == (True, "")


@pytest.mark.parametrize(
    ("fields", "presence"),
    [
        ({}, Presence.PRESENT),
        ({"archivedAt": "2026-11-22T18:00:12.000Z"}, Presence.ARCHIVED),
        ({"archivedAt": "unreadable"}, Presence.ARCHIVED),
        ({"deletedAt": "2026-11-22T18:00:12.000Z"}, Presence.DELETED),
        ({"archivedAt": "x", "deletedAt": "x"}, Presence.DELETED),
    ],
)
def test_presence__archived_and_deleted__said_of_each(
    fields: dict[str, Any], presence: Presence
) -> None:
    body = copy.deepcopy(recorded("0.0.28/30-2-running-snapshot"))
    body["threads"][0] |= fields
    overview = parse(Overview, body, "snapshot")
    there = presence is Presence.PRESENT

    assert overview.threads[0].presence is presence
    assert agent_thread(overview.threads[0]).presence is presence
    assert (detail(overview.threads[0], NOW) is not None) is there
    assert len(snapshot(overview, "env", NOW).threads) == 5


@pytest.mark.parametrize("version", VERSIONS)
def test_snapshot__shell__projects_threads_sequence(version: str) -> None:
    body = recorded(f"{version}/22-shell-fresh")

    found = snapshot(parse(Overview, body, "shell"), "env", NOW)

    assert (found.environment_id, found.server_now) == ("env", NOW)
    assert found.sequence == body["snapshotSequence"]
    assert [project.workspace for project in found.projects] == [
        "/srv/data/repo1",
        "/srv/data/made",
    ]
    assert [thread.id for thread in found.threads] == [thread["id"] for thread in body["threads"]]


def test_snapshot__deleted_project__left_out() -> None:
    body = copy.deepcopy(recorded("0.0.28/30-2-running-snapshot"))
    body["projects"][0]["deletedAt"] = "2026-11-22T18:00:12.000Z"

    found = snapshot(parse(Overview, body, "snapshot"), "env", NOW)

    assert [project.id for project in found.projects] == ["proj-m"]
