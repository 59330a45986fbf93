"""T3 answering as another server: a reset, or a wrong address. Runs are held, a bell rings once.

Nothing starts while a claimed or running record names the former server; held runs end at
``unseen_seconds``.
"""

from dataclasses import replace

from afk.act.doorbell import ring_missing
from afk.model.agent import Presence
from afk.observe.run_in_flight import Followed
from afk.observe.tick import Tick
from afk.ports import Loudness, Ring
from afk.record.state import RunRecord
from afk.types import IssueKey


def hold(tick: Tick, run: Followed) -> RunRecord:
    """Return the record to keep, after ringing once if T3 is another server."""
    if run.observed.thread.presence is not Presence.OTHER_SERVER:
        return run.record
    return ring_once(tick, run.issue.key, run.record)


def ring_once(tick: Tick, key: IssueKey, record: RunRecord) -> RunRecord:
    """Return the record of a run held for another server, after ringing unless it rang before."""
    if record.pauses.rang_other_server:
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
    if failures and not rung:
        return record
    return replace(record, pauses=replace(record.pauses, rang_other_server=True))
