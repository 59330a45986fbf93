"""Issues that are gone while an agent works on them: deleted, or transferred elsewhere.

Nothing can be written on the forge any more, so nothing is remembered: the doorbell rings in the
tick that sees the session stopped, and a stopped thread is not looked at again. So the tick that
asks for the stop looks for longer than T3 was ever seen to take.
"""

from typing import Final

from afk.act.doorbell import ring_missing
from afk.errors import AfkError
from afk.model.agent import AgentThread
from afk.observe.tick import Tick
from afk.ports import Loudness, Ring
from afk.types import IssueKey

_LOOKS: Final = (0.3, 1.0, 1.0, 1.0, 1.0)
"""Seconds before each look at a session that was asked to stop; observed: within 0.2 s."""


def stop_threads_of_gone(tick: Tick, key: IssueKey) -> None:
    """Stop the threads of an issue that is gone, and ring for each that is seen stopped.

    One that is not is asked again by the next tick.
    """
    if tick.deps.dry_run:
        tick.deps.report.event("would stop: the issue is gone", key=key)
        return
    for thread in tick.titled(key):
        if not tick.live(thread):
            continue
        try:
            tick.deps.agent.stop(thread.id, tick.deps.new_id())
        except AfkError as error:
            tick.deps.report.error(error, key=key)
            continue
        if not _seen_stopped(tick, key, thread):
            tick.deps.report.event("asked to stop: the issue is gone", key=key)
            continue
        _, failures = ring_missing(tick.deps.notifiers, _ring(key, thread))
        for failure in failures:
            tick.deps.report.warn(f"the doorbell failed: {failure}", key=key)
        tick.deps.report.event("stopped: the issue is gone", key=key)


def _seen_stopped(tick: Tick, key: IssueKey, thread: AgentThread) -> bool:
    """Look a few times whether the session has stopped."""
    for pause in _LOOKS:
        tick.deps.sleep(pause)
        try:
            tick.reread_agent()
        except AfkError as error:
            tick.deps.report.error(error, key=key)
            continue
        shown = tick.snapshot.thread(thread.id) if tick.snapshot is not None else None
        if shown is None or not tick.live(shown):
            return True
    return False


def _ring(key: IssueKey, thread: AgentThread) -> Ring:
    return Ring(
        id=f"{thread.id}:gone",
        title=f"Stopped: {key} is gone",
        text="The issue was deleted or transferred while an agent was at work on it.",
        link="",
        loudness=Loudness.LOUD,
    )
