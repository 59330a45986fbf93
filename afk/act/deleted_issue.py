"""Issues that are gone while an agent works on them: deleted, or transferred elsewhere.

Nothing can be written on the forge any more, so nothing is remembered: the doorbell rings in the
tick that sees the session stopped, and a stopped thread is not looked at again. So the tick that
asks for the stop looks for longer than T3 was ever seen to take.
"""

from typing import Final

from afk.act.doorbell import ring_gone
from afk.errors import one_of_many
from afk.model.agent import AgentThread
from afk.observe.tick import Tick
from afk.record import names
from afk.types import IssueKey

_LOOKS: Final = (0.3, 1.0, 1.0, 1.0, 1.0)
"""Seconds before each look at a session that was asked to stop; observed: within 0.2 s."""


def stop_threads_of_gone(tick: Tick, key: IssueKey) -> None:
    """Stop the threads of an issue that is gone, and ring for each that is seen stopped.

    One that is not is asked again by the next tick. A title is nothing to go by, and the runs of
    such an issue are not known: what is left to tell is whether afk can have made the thread.
    """
    for thread in tick.t3.titled(key):
        if not (names.is_computed(thread.id) and tick.t3.live(thread)):
            continue
        with one_of_many(tick.deps.report, key, doing="stop: the issue is gone"):
            tick.deps.agent.stop(thread.id, tick.deps.new_id())
            if not _seen_stopped(tick, key, thread):
                tick.deps.report.event("asked to stop: the issue is gone", key=key)
                continue
            ring_gone(tick, key, thread)
            tick.deps.report.event("stopped: the issue is gone", key=key)


def stop_threads_of_unread(tick: Tick, key: IssueKey) -> bool:
    """Stop the agents of an issue that the forge does not show now; says whether all are stopped.

    A person asked for it. Nothing is concluded, written or rung: a later tick finds the run.
    """
    stopped = True
    for thread in [one for one in tick.t3.titled(key) if tick.t3.live(one)]:
        tick.deps.agent.stop(thread.id, tick.deps.new_id())
        stopped = _seen_stopped(tick, key, thread) and stopped
    if stopped:
        tick.deps.report.event("agent stopped; the forge does not show its issue", key=key)
    return stopped


def _seen_stopped(tick: Tick, key: IssueKey, thread: AgentThread) -> bool:
    """Look a few times whether the session has stopped."""
    for pause in _LOOKS:
        tick.deps.sleep(pause)
        with one_of_many(tick.deps.report, key) as looking:
            tick.t3.read_again()
        shown = tick.t3.snapshot.thread(thread.id) if tick.t3.snapshot is not None else None
        if looking.done and (shown is None or not tick.t3.live(shown)):
            return True
    return False
