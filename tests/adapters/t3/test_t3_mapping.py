"""T3's threads, as recorded on two versions, in afk's words."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import strategies as st
from support.cassettes import RECORDINGS
from support.t3_rig import NOW, VERSIONS, names, recorded, thread_of

from afk.adapters.t3.mapping import agent_thread, detail, snapshot
from afk.adapters.t3.wire import Overview, Thread, parse
from afk.model.agent import AgentThread, Presence, ThreadDetail


def shown(name: str) -> AgentThread:
    return agent_thread(parse(Thread, thread_of(name), "thread"))


def detailed(data: dict[str, Any]) -> ThreadDetail:
    found = detail(parse(Thread, data, "thread"))
    assert found is not None
    return found


PAIRS = names("*-shell-thread.json")


def test_agent_thread__running_shell_thread__every_field() -> None:
    assert shown("0.0.28/33-2-pending-approval-shell-thread") == AgentThread(
        id="thr-6d5d4eea-ee9a-40d3-8672-38d30ecefeb9",
        project_id="proj-64130895-075e-467b-83cf-69aa4c492ee4",
        title="life",
        instance="codex",
        created_at=datetime(2026, 11, 22, 17, 59, 26, 3000, tzinfo=UTC),
        updated_at=datetime(2026, 11, 22, 17, 59, 26, 470000, tzinfo=UTC),
        session_status="running",
        session_error=None,
        session_updated_at=datetime(2026, 11, 22, 17, 59, 26, 372000, tzinfo=UTC),
        turn_state="running",
        turn_requested_at=datetime(2026, 11, 22, 17, 59, 26, 18000, tzinfo=UTC),
        latest_user_message_at=datetime(2026, 11, 22, 17, 59, 26, 18000, tzinfo=UTC),
        pending_approval=True,
        pending_input=False,
        presence=Presence.PRESENT,
    )


@pytest.mark.parametrize(
    ("name", "status", "error", "turn"),
    [
        ("0.0.28/30-3-completed", "ready", None, "completed"),
        ("0.0.32/30-3-completed", "ready", None, "completed"),
        ("0.0.28/31-2-failed", "error", "You've hit your usage limit. Try again later.", "error"),
        ("0.0.32/31-2-failed", "error", "You've hit your usage limit. Try again later.", "error"),
        ("0.0.28/35-2-crash", "stopped", None, None),
        ("0.0.32/35-2-crash", "stopped", None, "interrupted"),
        ("0.0.28/38-2-start-failed", None, None, None),
        ("0.0.28/50-2-completed-nongit", "ready", None, None),
        ("0.0.32/50-2-completed-nongit", "ready", None, "completed"),
        ("0.0.28/42-3-stopped", "stopped", None, None),
        ("0.0.32/42-3-stopped", "stopped", None, "interrupted"),
    ],
)
def test_agent_thread__recorded_end__words_of_the_server(
    name: str, status: str | None, error: str | None, turn: str | None
) -> None:
    found = shown(f"{name}-shell-thread")

    assert (found.session_status, found.session_error, found.turn_state) == (status, error, turn)


def test_agent_thread__start_failed_on_0_0_32__error_kept() -> None:
    found = shown("0.0.32/38-2-start-failed-shell-thread")

    assert found.session_status == "error"
    assert "unknown provider instance 'nope'" in str(found.session_error)


@pytest.mark.parametrize("name", PAIRS)
def test_agent_thread__shell_and_detail_of_one_moment__agree(name: str) -> None:
    """What only the shell says is derived from the bodies exactly as the server derives it."""
    shell, whole = shown(name), shown(name.replace("-shell-thread", "-thread"))
    moving = ("updated_at", "session_status", "session_updated_at", "turn_state", "session_error")

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
        found = agent_thread(parse(Thread, state["shell"], "thread"))
        assert found.session_status == state["key"]["ses"]
        assert found.turn_state == state["key"]["lt"]
        assert found.pending_approval is state["key"]["appr"]
        assert found.pending_input is state["key"]["inp"]


def test_agent_thread__legacy_and_absent_model__instance() -> None:
    data = thread_of("0.0.28/22-thread-fresh")

    def instance() -> str:
        return agent_thread(parse(Thread, data, "thread")).instance

    assert instance() == "codex"
    data["modelSelection"] = {"provider": "claudeAgent", "model": "m"}
    assert instance() == "claudeAgent"
    data["modelSelection"] = None
    assert instance() == ""


def test_agent_thread__unknown_words_and_absent_fields__kept_or_none() -> None:
    data = thread_of("0.0.32/30-2-running-shell-thread")
    data["session"] = {"status": "hibernating", "updatedAt": "soon"}
    data["latestTurn"] = {"state": "paused", "requestedAt": None}
    data["latestUserMessageAt"] = "yesterday"
    data["somethingNew"] = {"deep": [1]}
    for key in ("hasPendingApprovals", "hasPendingUserInput", "archivedAt"):
        del data[key]

    found = agent_thread(parse(Thread, data, "thread"))

    assert (found.session_status, found.session_updated_at) == ("hibernating", None)
    assert (found.turn_state, found.turn_requested_at) == ("paused", None)
    assert found.latest_user_message_at is None
    assert (found.pending_approval, found.pending_input) == (False, False)
    assert found.presence is Presence.PRESENT


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
    assert json.dumps(data).count("provider.turn.start.failed") == len(found.start_failures)


def test_detail__completed__messages_with_turn_and_time() -> None:
    user, *_, last = detailed(thread_of("0.0.28/30-3-completed-thread")).messages

    assert (user.role, user.turn_id) == ("user", None)
    assert user.id == "msg-93ea6190-7e98-4b0c-ad28-09251d88b511"
    assert user.text == "say hello [[sleep=1]] [[write=out/a.txt]]"
    assert (last.role, last.streaming) == ("assistant", False)
    assert last.turn_id is not None
    assert last.created_at > user.created_at


@pytest.mark.parametrize("version", VERSIONS)
def test_detail__start_failed__time_of_the_message_and_text(version: str) -> None:
    """The failure's time equals that of the message whose turn did not start."""
    found = detailed(thread_of(f"{version}/38-2-start-failed-thread"))
    ((at, text),) = found.start_failures

    assert at == found.messages[0].created_at
    assert "references unknown provider instance 'nope'" in text


def test_detail__start_failure_without_time_or_text__left_out_or_empty() -> None:
    data = thread_of("0.0.28/38-2-start-failed-thread")
    failed = data["activities"][0]
    data["activities"] = [failed | {"createdAt": "?"}, failed | {"payload": None}]

    found = detailed(data)

    assert found.start_failures == ((found.messages[0].created_at, ""),)


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
def test_presence__archived_and_deleted__left_out(
    fields: dict[str, Any], presence: Presence
) -> None:
    body = copy.deepcopy(recorded("0.0.28/30-2-running-snapshot"))
    body["threads"][0] |= fields
    overview = parse(Overview, body, "snapshot")
    there = presence is Presence.PRESENT

    assert overview.threads[0].presence is presence
    assert agent_thread(overview.threads[0]).presence is presence
    assert (detail(overview.threads[0]) is not None) is there
    assert len(snapshot(overview, "env", NOW).threads) == (5 if there else 4)


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
