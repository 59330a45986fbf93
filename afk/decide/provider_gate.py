"""Whether a provider instance takes new work.

Pure. As long as a run waits out a usage limit of an instance, no other starts on it: that run
finds out when the limit is over. And after two afk threads in a row that failed to start or ran
into a limit, one an hour is let through to find out.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from afk.config import Config
from afk.decide import usage_limit
from afk.model.agent import AgentThread, Session, Start
from afk.record.names import parse_title
from afk.record.state import Purpose, RunRecord, Stage
from afk.text.waits import limited_by, until

PROBE_EVERY: Final = timedelta(hours=1)
_IN_A_ROW: Final = 2


def instance_of(repo: str, config: Config, agent: str = "") -> str:
    """Return the provider instance that a repository's runs use; ``agent``: the one picked."""
    return config.agent_of(repo, agent).instance


def why_shut(
    repo: str,
    runs: Iterable[RunRecord],
    threads: Sequence[AgentThread],
    config: Config,
    *,
    now: datetime,
    server_now: datetime,
    apart_from: str = "",
    agent: str = "",
) -> str:
    """Return why a run of the repository may start no turn, "" where it may.

    ``apart_from`` is the run's own id.

    ``agent`` is the one that a label picked for it. ``now`` is afk's clock, ``server_now`` T3's.
    """
    instance = instance_of(repo, config, agent)
    for limited, run in sentinels(runs, config, now):
        if limited == instance and run.run_id != apart_from:
            return limited_by(run, repo)
    last = _last_bounced(instance, threads, config, server_now)
    if last is None or server_now - last >= PROBE_EVERY:
        return ""
    again = until(last + PROBE_EVERY, last)
    return f"the last two runs failed to start or met a usage limit: none is tried {again}"


def is_probed(
    instance: str, threads: Sequence[AgentThread], config: Config, *, server_now: datetime
) -> bool:
    """Say whether what starts on an instance only finds out whether it works again."""
    return _last_bounced(instance, threads, config, server_now) is not None


def _last_bounced(
    instance: str, threads: Sequence[AgentThread], config: Config, server_now: datetime
) -> datetime | None:
    """Return when afk last created a thread, if the two newest that tell of themselves bounced."""
    ours = [one for one in threads if one.instance == instance and parse_title(one.title)]
    newest = sorted(ours, key=lambda one: one.created_at, reverse=True)
    told = [one for one in newest if not _untold(one, server_now, config)][:_IN_A_ROW]
    shut = len(told) == _IN_A_ROW and all(_bounced(one, server_now, config) for one in told)
    return newest[0].created_at if shut else None


def sentinels(
    runs: Iterable[RunRecord], config: Config, now: datetime
) -> list[tuple[str, RunRecord]]:
    """Return the runs that wait for a usage limit, or try whether it is over, each with whose."""
    return [
        (instance_of(run.repository, config, run.thread.agent), run)
        for run in runs
        if run.repository in config.repositories and _stands_sentinel(run, now, config)
    ]


def _stands_sentinel(run: RunRecord, now: datetime, config: Config) -> bool:
    """Say whether a run waits for a limit, or its "go on" after one has only just been sent.

    A run that is ending sends none any more, so it would keep the provider shut for ever.
    """
    if run.stage is Stage.ENDING:
        return False
    if run.pauses.limited_at is not None:
        return True
    turn = run.turn
    if turn is None or turn.purpose is not Purpose.RESUME or turn.outcome is not None:
        return False
    probing = timedelta(seconds=config.start_seconds)
    return bool(run.pauses.times_limited) and (turn.sent_at is None or now - turn.sent_at < probing)


def _untold(thread: AgentThread, server_now: datetime, config: Config) -> bool:
    """Say whether a thread has only just been started: a probe proves nothing until it works."""
    return thread.start is Start.UNTOLD and not _bounced(thread, server_now, config)


def _bounced(thread: AgentThread, server_now: datetime, config: Config) -> bool:
    """Say whether a thread ended by start failure or limit, by what the shell alone shows.

    A start may fail without a session (recordings/t3/0.0.28/38-2-start-failed-thread.json).
    """
    if thread.start is Start.REFUSED:
        return True
    if thread.limit is not None or (thread.error and usage_limit.read(thread.error, server_now)):
        return True
    asked_at = thread.asked_at
    late = timedelta(seconds=config.start_seconds)
    return thread.session is Session.NONE and asked_at is not None and server_now - asked_at >= late


def started_today(threads: Sequence[AgentThread], server_now: datetime) -> int:
    """Return how many afk threads were created in the last 24 hours."""
    day = timedelta(days=1)
    return sum(
        parse_title(one.title) is not None and server_now - one.created_at < day for one in threads
    )
