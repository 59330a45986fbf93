"""A record made again from what T3 shows, where it was deleted while its agent works.

Pure. Every id is computed from the run, so the thread's messages say which turns there were.
"""

from dataclasses import replace

from afk.decide.sight import Sight
from afk.record import names
from afk.record.groups import Commits, ThreadState
from afk.record.names import MAX_ATTEMPTS
from afk.record.state import Dialogue, Purpose, RunRecord, Stage, Turn


def rebuild(sight: Sight, blank: RunRecord) -> RunRecord | None:
    """Return a record made from what T3 shows, None when the thread is not this approval's.

    It gets no further turns: how many there were, and what was approved, is not certain.
    """
    stray = sight.strays[-1]
    attempts = {names.thread_id(blank.run_id, one): one for one in range(1, MAX_ATTEMPTS + 1)}
    attempt = attempts.get(stray.thread.id)
    if attempt is None or stray.detail is None:
        return None
    asked = {message.id: message.created_at for message in stray.detail.messages}
    turns = [
        Turn(
            number=number,
            purpose=Purpose.FIRST if number == 1 else Purpose.FIX_FORWARD,
            message_id=message,
            attempt=again,
            thread=attempt,
            sent_at=sight.now,
            requested_at=asked[message],
        )
        for number in range(1, len(asked) + 1)
        for again in range(1, MAX_ATTEMPTS + 1)
        if (message := names.message_id(blank.run_id, number, again)) in asked
    ]
    if not turns:
        return None
    return replace(
        blank,
        stage=Stage.RUNNING,
        thread=ThreadState(
            environment_id=sight.environment_id,
            id=stray.thread.id,
            attempt=attempt,
            claimed_at=sight.now,
            started_at=sight.now,
            rebuilt=True,
        ),
        dialogue=Dialogue(turns=tuple(turns)),
        commits=Commits(branch=sight.branch),
    )
