"""What every agent server has to do: threads, turns, questions, stops, and what it refuses."""

import pytest
from support.agent_bench import AgentBench

from afk.decide.thread_liveness import is_stopped
from afk.errors import ConfigError, Refused, TokenError
from afk.model.agent import Presence, RequestKind, Session, Speaker
from afk.ports import ThreadSpec
from afk.types import ThreadStatus


def test_agent_read__names_the_server_and_its_projects(agent_bench: AgentBench) -> None:
    project = agent_bench.project()
    agent = agent_bench.agent()

    first, second = agent.read(), agent.read()

    assert first.environment_id
    assert first.environment_id == second.environment_id
    assert (project, agent_bench.workspace) in [(p.id, p.workspace) for p in first.projects]
    assert agent.http.requests == 3


def test_agent_create_project__missing_folder__is_a_400(agent_bench: AgentBench) -> None:
    with pytest.raises(Refused) as caught:
        agent_bench.agent().create_project(
            agent_bench.id(), "x", "/no/such/folder", agent_bench.id()
        )

    assert caught.value.status == 400


def test_agent_create_project__folder_taken__is_a_500(agent_bench: AgentBench) -> None:
    agent_bench.project()

    with pytest.raises(Refused) as caught:
        agent_bench.agent().create_project(
            agent_bench.id(), "x", agent_bench.workspace, agent_bench.id()
        )

    assert caught.value.status == 500


def test_agent_create_thread__twice__is_one_thread(agent_bench: AgentBench) -> None:
    """The same command does nothing twice; another command for the same id finds it there."""
    spec = ThreadSpec(
        id=agent_bench.id(),
        project_id=agent_bench.project(),
        title="[afk 00000000] owner/shop#1",
        instance="codex",
        model="gpt-fake",
    )
    command, agent = agent_bench.id(), agent_bench.agent()

    first = agent.create_thread(spec, command)
    again = agent.create_thread(spec, command)
    other = agent.create_thread(spec, agent_bench.id())

    assert first == again <= other
    snapshot = agent.read()
    assert snapshot.sequence >= first
    assert [one.title for one in snapshot.threads if one.id == spec.id] == [spec.title]
    fresh = snapshot.thread(spec.id)
    assert fresh is not None
    assert (fresh.session, fresh.asked_at) == (Session.NONE, None)


def test_agent_create_thread__unknown_project__refused(agent_bench: AgentBench) -> None:
    spec = ThreadSpec(
        id=agent_bench.id(),
        project_id=agent_bench.id(),
        title="t",
        instance="codex",
        model="gpt-fake",
    )

    agent = agent_bench.agent()

    def begin() -> None:
        agent.create_thread(spec, agent_bench.id())
        # Protocol 2 takes the thread, and refuses the first message to it.
        agent.start_turn(spec.id, agent_bench.id(), "hello", agent_bench.id())

    with pytest.raises(Refused) as caught:
        begin()

    assert caught.value.status == 500


def test_agent_turn__succeeds__ends_idle(agent_bench: AgentBench) -> None:
    thread = agent_bench.thread()
    message = agent_bench.say(thread, "say hello [[sleep=1]]")

    agent_bench.until_session(thread, "running")
    agent_bench.until_session(thread, "ready")
    agent_bench.until(thread, lambda one: one.turn in (None, "completed"))

    detail = agent_bench.agent().detail(thread)
    assert detail is not None
    assert [one.id for one in detail.asked] == [message]
    assert any(one.speaker is Speaker.AGENT for one in detail.messages)
    assert agent_bench.status(thread) is ThreadStatus.IDLE


def test_agent_turn__same_command_twice__is_one_turn(agent_bench: AgentBench) -> None:
    thread = agent_bench.thread()
    message, command = agent_bench.id(), agent_bench.id()
    agent = agent_bench.agent()

    agent.start_turn(thread, message, "say hello", command)
    agent.start_turn(thread, message, "say hello", command)

    agent_bench.until_session(thread, "ready")
    detail = agent.detail(thread)
    assert detail is not None
    assert len(detail.asked) == 1


def test_agent_turn__unknown_thread__refused(agent_bench: AgentBench) -> None:
    with pytest.raises(Refused) as caught:
        agent_bench.agent().start_turn(agent_bench.id(), agent_bench.id(), "x", agent_bench.id())

    assert caught.value.status == 500


def test_agent_turn__fails__ends_as_error_with_its_text(agent_bench: AgentBench) -> None:
    thread = agent_bench.thread()
    agent_bench.say(thread, "[[fail]]")

    _, found = agent_bench.until_session(thread, "error")

    settled = agent_bench.settled(thread)
    assert settled.status is ThreadStatus.ERROR
    # The shell of protocol 2 before its merge shows no error at all, its bodies do.
    assert "usage limit" in (found.error if agent_bench.protocol == 1 else settled.error)


def test_agent_turn__process_dies__ends_interrupted(agent_bench: AgentBench) -> None:
    """On protocol 2 nothing shows it: the run goes on for ever, and only its silence tells."""
    thread = agent_bench.thread()
    agent_bench.say(thread, "[[crash]]")

    if agent_bench.protocol == 1:
        agent_bench.until_session(thread, "stopped")
        assert agent_bench.status(thread) is ThreadStatus.INTERRUPTED
        return
    _, found = agent_bench.until_session(thread, "running")
    assert found.session is Session.LIVE
    assert agent_bench.status(thread) is ThreadStatus.RUNNING


def test_agent_turn__provider_refuses_the_thread__is_an_error(agent_bench: AgentBench) -> None:
    """Accepted is not started: only the thread's activities or its session tell.

    Protocol 2 takes the thread too, but not the message.
    """
    thread = agent_bench.thread(instance="no-such-instance")
    if agent_bench.protocol == 2:
        with pytest.raises(Refused, match="no-such-instance"):
            agent_bench.say(thread, "hello")
        agent = agent_bench.agent()
        agent.read()
        agent.check_provider("codex", "gpt-fake")
        with pytest.raises(ConfigError, match="codex"):
            agent.check_provider("no-such-instance", "gpt-fake")
        with pytest.raises(ConfigError, match="gpt-fake"):
            agent.check_provider("codex", "no-such-model")
        return
    agent_bench.say(thread, "hello")

    agent = agent_bench.agent()
    agent_bench.until(
        thread,
        lambda one: (
            one.session == "error" or bool((detail := agent.detail(one.id)) and detail.start_failed)
        ),
    )

    assert agent_bench.status(thread) is ThreadStatus.ERROR


def test_agent_question__answered__goes_on(agent_bench: AgentBench) -> None:
    thread = agent_bench.thread()
    agent_bench.say(thread, "[[ask]]")
    agent_bench.until(thread, lambda one: one.question)
    agent = agent_bench.agent()
    detail = agent.detail(thread)
    assert detail is not None
    (request,) = detail.pending
    assert (request.kind, request.questions) == (RequestKind.QUESTION, ("color",))
    assert agent_bench.status(thread) is ThreadStatus.NEEDS_HUMAN

    agent.answer(thread, request, "decide yourself", agent_bench.id())

    agent_bench.until_session(thread, "ready")
    after = agent.detail(thread)
    assert after is not None
    assert after.pending == ()


def test_agent_question__declined_and_stopped__is_stopped(agent_bench: AgentBench) -> None:
    thread = agent_bench.thread()
    agent_bench.say(thread, "[[ask]]")
    agent_bench.until(thread, lambda one: one.question)
    agent = agent_bench.agent()
    detail = agent.detail(thread)
    assert detail is not None

    agent.decline(thread, detail.pending[0], agent_bench.id())
    agent.stop(thread, agent_bench.id())

    agent_bench.until_session(thread, *agent_bench.over)


def test_agent_stop__running__is_seen_stopped(agent_bench: AgentBench) -> None:
    thread = agent_bench.thread()
    agent_bench.say(thread, "[[hang]]")
    agent_bench.until_session(thread, "running")

    agent_bench.agent().stop(thread, agent_bench.id())

    snapshot, found = agent_bench.until_session(thread, "stopped")
    assert is_stopped(
        found,
        Presence.PRESENT,
        start_failed=False,
        server_now=snapshot.server_now,
        start_seconds=300,
    )
    assert agent_bench.status(thread) is ThreadStatus.INTERRUPTED


def test_agent_archive__running__runs_on_until_taken_back(agent_bench: AgentBench) -> None:
    """A stop does not reach an archived thread on protocol 1; taken back, it does."""
    thread = agent_bench.thread()
    agent_bench.say(thread, "[[hang]]")
    agent_bench.until_session(thread, "running")
    agent = agent_bench.agent()

    agent.set_archived(thread, agent_bench.id(), archived=True)
    agent.stop(thread, agent_bench.id())

    assert agent.read().thread(thread) is None
    assert agent.detail(thread) is None
    hidden = agent.whole(thread).thread(thread)
    assert hidden is not None
    assert hidden.presence is Presence.ARCHIVED
    assert hidden.session is Session.LIVE or agent_bench.protocol == 2
    agent.set_archived(thread, agent_bench.id(), archived=False)
    agent.stop(thread, agent_bench.id())
    agent_bench.until_session(thread, "stopped")


def test_agent_delete__thread_is_gone_for_good(agent_bench: AgentBench) -> None:
    thread = agent_bench.thread()
    agent = agent_bench.agent()

    agent.delete_thread(thread, agent_bench.id())
    agent.delete_thread(thread, agent_bench.id())

    assert agent.read().thread(thread) is None
    assert agent.detail(thread) is None
    hidden = agent.whole(thread).thread(thread)
    assert hidden is not None
    assert hidden.presence is Presence.DELETED


def test_agent_detail__unknown_thread__none(agent_bench: AgentBench) -> None:
    assert agent_bench.agent().detail(agent_bench.id()) is None


def test_agent_token__unknown__is_a_token_error(agent_bench: AgentBench) -> None:
    agent = agent_bench.agent(token="not-a-token-of-this-server")

    with pytest.raises(TokenError) as caught:
        agent.read()

    assert "not-a-token" not in str(caught.value)
