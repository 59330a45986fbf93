"""T3 answering as another server: a reset, or a wrong address. Runs are held, a bell rings once.

Nothing starts while a claimed or running record names the former server; held runs end at
``unseen_seconds``.
"""

from dataclasses import replace

from afk.agent_types import Presence
from afk.doorbell import ring_missing
from afk.following import Followed
from afk.ports import Loudness, Ring
from afk.run import RunRecord, Stage
from afk.tick import Tick
from afk.types import IssueKey


def hold(tick: Tick, run: Followed) -> RunRecord:
    """Return the record to keep, after ringing once if T3 is another server."""
    if run.observed.thread.presence is not Presence.OTHER_SERVER:
        return run.record
    return ring_once(tick, run.issue.key, run.record)


def ring_once(tick: Tick, key: IssueKey, record: RunRecord) -> RunRecord:
    """Return the record of a run held for another server, after ringing unless it rang before."""
    if record.rang_other_server:
        return record
    ring = Ring(
        id=f"{record.run_id}:other-server",
        title=f"T3 is another server: {key}",
        text=(
            "T3 answers with another environment id than the one this run was started on, so "
            "the run is held and nothing starts. Was its data reset, or is the address wrong? "
            f"The run ends after unseen_seconds={tick.config.unseen_seconds}."
        ),
        link="",
        loudness=Loudness.LOUD,
    )
    rung, failures = ring_missing(tick.deps.notifiers, ring)
    for failure in failures:
        tick.deps.report.warn(f"the doorbell failed: {failure}", key=key)
    return replace(record, rang_other_server=True) if rung or not failures else record


def names_other_server(tick: Tick) -> bool:
    """Say whether a claimed or running run names a server that is not the one T3 answers as.

    One that is ending keeps its own repository only: it may wait for a person for ever.
    """
    if tick.snapshot is None:
        return False
    here = tick.snapshot.environment_id
    return any(
        record.stage is not Stage.ENDING and record.environment_id not in ("", here)
        for record in tick.runs.values()
    )
