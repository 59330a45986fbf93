"""What protocol 2 does not refuse and afk does, on a sandbox's server."""

from collections.abc import Iterator

import pytest
from support.agent_bench import READ_ONLY, AgentBench, sandbox_agent

from afk.adapters.t3_client import T3Client
from afk.errors import OutsideFailure, Refused, TokenError
from afk.model.agent import PendingRequest, Presence, RequestKind


@pytest.fixture
def here() -> Iterator[AgentBench]:
    with sandbox_agent("0.0.33") as found:
        yield found


def agent(here: AgentBench, token: str | None = None) -> T3Client:
    made = here.agent(token)
    made.read()
    return made


def sent(here: AgentBench) -> list[str]:
    return [one.command for one, _ in here.sent.exchanges if one.path == "/ws"]


@pytest.mark.parametrize("how", ["archived", "deleted"])
def test_start_turn__thread_that_is_hidden__refused_and_nothing_sent(
    here: AgentBench, how: str
) -> None:
    thread = here.thread()
    client = agent(here)
    if how == "archived":
        client.set_archived(thread, here.id(), archived=True)
    else:
        client.delete_thread(thread, here.id())

    with pytest.raises(Refused, match=f"the thread is {how}"):
        client.start_turn(thread, here.id(), "x", here.id())

    assert "message.dispatch" not in sent(here)


def test_start_turn__an_agent_is_at_work__not_sent_beside_it(here: AgentBench) -> None:
    thread = here.thread()
    here.say(thread, "[[hang]]")
    with pytest.raises(OutsideFailure, match="beside another"):
        agent(here).start_turn(thread, here.id(), "x", here.id())
    assert sent(here).count("message.dispatch") == 1


def test_start_turn__the_message_is_there__nothing_sent(here: AgentBench) -> None:
    """Whatever its command was: a message id with another command would start another run."""
    thread = here.thread()
    message = here.say(thread, "[[hang]]")
    agent(here).start_turn(thread, message, "x", here.id())
    assert sent(here).count("message.dispatch") == 1


def test_start_turn__refused__asked_once_more_under_the_same_id(here: AgentBench) -> None:
    thread = here.thread(instance="no-such-instance")
    with pytest.raises(Refused, match="no-such-instance") as caught:
        agent(here).start_turn(thread, here.id(), "x", here.id())
    assert "previously rejected" not in str(caught.value)
    assert sent(here).count("message.dispatch") == 2


@pytest.mark.parametrize("ends", ["stop", "delete"])
@pytest.mark.parametrize("asks", ["[[ask]]", "[[approval]]"])
def test_end__while_a_request_is_open__answered_first(
    here: AgentBench, ends: str, asks: str
) -> None:
    """Else the provider is wedged for every thread of its instance."""
    thread = here.thread()
    here.say(thread, asks)
    here.until(thread, lambda one: one.question or one.approval)
    client = agent(here)

    if ends == "stop":
        client.stop(thread, here.id())
    else:
        client.delete_thread(thread, here.id())

    order = [one for one in sent(here) if one in ("runtime-request.respond", "thread.delete")]
    assert order[0] == "runtime-request.respond"
    follower = here.thread()
    here.say(follower, "hello")
    here.until_session(follower, "ready")


def test_stop__nothing_runs__nothing_sent_and_no_socket_opened(here: AgentBench) -> None:
    thread = here.thread()
    before = len(here.sent.exchanges)
    agent(here).stop(thread, here.id())
    assert [one.path for one, _ in here.sent.exchanges[before:] if one.path == "/ws"] == []


def test_whole__of_a_deleted_thread__says_so_and_of_nobody__says_nothing(
    here: AgentBench,
) -> None:
    thread = here.thread()
    client = agent(here)
    client.delete_thread(thread, here.id())

    gone, unknown = client.whole(thread), client.whole("nobody")

    found = gone.thread(thread)
    assert found is not None
    assert (found.presence, gone.only) == (Presence.DELETED, thread)
    assert unknown.thread("nobody") is None
    assert unknown.sequence >= gone.sequence


def test_answer__request_that_nobody_made__no_error(here: AgentBench) -> None:
    thread = here.thread()
    agent(here).answer(thread, PendingRequest("nope", RequestKind.QUESTION, ("q",)), "x", here.id())
    assert sent(here)[-1] == "runtime-request.respond"


def test_check_provider__token_that_may_only_read__may_ask(here: AgentBench) -> None:
    agent(here, READ_ONLY).check_provider("codex", "gpt-fake")


def test_create_project__token_that_may_only_read__a_token_error(here: AgentBench) -> None:
    with pytest.raises(TokenError, match="orchestration:operate"):
        agent(here, READ_ONLY).create_project(here.id(), "x", "/srv/work", here.id())
