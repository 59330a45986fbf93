"""What every agent server refuses, and what afk makes of it."""

import pytest
from support.agent_bench import AgentBench

from afk.errors import Refused, TokenError
from afk.model.agent import RequestKind
from afk.ports import ThreadSpec
from afk.types import ThreadStatus


def test_agent_approval__declined__goes_on(agent_bench: AgentBench) -> None:
    thread = agent_bench.thread()
    agent_bench.say(thread, "[[approval]]")
    agent_bench.until(thread, lambda one: one.approval)
    agent = agent_bench.agent()
    detail = agent.detail(thread)
    assert detail is not None
    (request,) = detail.pending
    assert request.kind is RequestKind.APPROVAL

    agent.decline(thread, request, agent_bench.id())

    agent_bench.until(thread, lambda one: not one.approval)
    after = agent.detail(thread)
    assert after is not None
    assert after.pending == ()
    agent.stop(thread, agent_bench.id())


def test_agent_archive__as_it_is_already__refused(agent_bench: AgentBench) -> None:
    thread = agent_bench.thread()
    agent = agent_bench.agent()
    agent.set_archived(thread, agent_bench.id(), archived=True)

    with pytest.raises(Refused) as again:
        agent.set_archived(thread, agent_bench.id(), archived=True)
    agent.set_archived(thread, agent_bench.id(), archived=False)
    with pytest.raises(Refused) as back:
        agent.set_archived(thread, agent_bench.id(), archived=False)

    assert (again.value.status, back.value.status) == (500, 500)
    assert agent.read().thread(thread) is not None


def test_agent_stop__unknown_thread__refused(agent_bench: AgentBench) -> None:
    with pytest.raises(Refused) as caught:
        agent_bench.agent().stop(agent_bench.id(), agent_bench.id())

    assert caught.value.status == 500


def test_agent_delete__unknown_thread__is_gone_already(agent_bench: AgentBench) -> None:
    agent = agent_bench.agent()
    thread = agent_bench.id()

    agent.delete_thread(thread, agent_bench.id())

    assert agent.read().thread(thread) is None


def test_agent_answer__request_that_nobody_made__changes_nothing(agent_bench: AgentBench) -> None:
    thread = agent_bench.thread()
    agent_bench.say(thread, "[[ask]]")
    agent_bench.until(thread, lambda one: one.question)
    agent = agent_bench.agent()
    detail = agent.detail(thread)
    assert detail is not None
    agent.stop(thread, agent_bench.id())
    agent_bench.until_session(thread, *agent_bench.over)

    agent.answer(thread, detail.pending[0], "too late", agent_bench.id())

    after = agent.detail(thread)
    assert after is not None
    assert after.pending == ()


def test_agent_turn__text_past_the_limit__fails_to_start(agent_bench: AgentBench) -> None:
    """T3 takes 120,000 characters; it accepts more, and tells in the thread's activities.

    Protocol 2 has no such bound.
    """
    thread = agent_bench.thread()
    agent = agent_bench.agent()
    message = agent_bench.say(thread, "x" * 120_001)
    if agent_bench.protocol == 2:
        agent_bench.until_session(thread, "ready")
        assert agent_bench.status(thread) is ThreadStatus.IDLE
        return

    agent_bench.until(
        thread, lambda one: bool((found := agent.detail(one.id)) and found.start_failed)
    )

    detail = agent.detail(thread)
    assert detail is not None
    assert [one.id for one in detail.messages] == [message]
    assert detail.status is ThreadStatus.ERROR
    assert "120000" in detail.error


def test_agent_token__read_only__reads_and_may_not_operate(agent_bench: AgentBench) -> None:
    project = agent_bench.project()
    agent = agent_bench.agent(token=agent_bench.read_only())
    spec = ThreadSpec(
        id=agent_bench.id(), project_id=project, title="t", instance="codex", model="gpt-fake"
    )

    assert project in [one.id for one in agent.read().projects]
    with pytest.raises(TokenError, match="orchestration:operate"):
        agent.create_thread(spec, agent_bench.id())

    assert agent.read().thread(spec.id) is None


def test_agent_token__unknown__commands_are_a_token_error(agent_bench: AgentBench) -> None:
    agent = agent_bench.agent(token="not-a-token-of-this-server")

    with pytest.raises(TokenError) as caught:
        agent.stop(agent_bench.id(), agent_bench.id())

    assert "not-a-token" not in str(caught.value)
