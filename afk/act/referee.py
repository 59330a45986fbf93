"""T3's part in a start: the project of a workspace, and which of two threads goes on.

Two ticks on two machines may claim different issues of one repository at the same moment; no
forge can refuse the second. T3 sees both threads, so what it shows decides for both ticks alike.
"""

from datetime import timedelta
from typing import Final

from afk.errors import AfkError, OutsideFailure, Refused, RepositoryMoved, answer_or_error
from afk.model.agent import AgentThread
from afk.observe.tick import Tick
from afk.record import names
from afk.record.codec import decode
from afk.record.state import IN_FLIGHT, RunRecord, Stage
from afk.types import Issue, IssueKey

MAX_DISPATCH_FAILURES: Final = 3
BAD_REQUEST: Final = 400
_PROJECT_IDS: Final = 5
_LOOKS: Final = 5
_PAUSE: Final = 0.2


def ensure_project(tick: Tick, record: RunRecord) -> str:
    """Return the T3 project of the repository's workspace, created when there is none.

    T3's answer does not tell whether there is a project now, so T3 is read again after each try: a
    taken id or folder is answered by a 500 that says nothing, and the command that once made a
    project which a person has deleted since is answered by 200 for ever. Then the next id is tried.
    """
    workspace = tick.config.repository(record.repository).workspace
    refusals: list[Refused] = []
    for attempt in range(1, _PROJECT_IDS + 1):
        if existing := _project_of(tick, workspace):
            return existing
        identifier = names.project_id(workspace, attempt)
        command = names.command_id(identifier, "project", attempt)
        try:
            tick.deps.agent.create_project(identifier, record.repository, workspace, command)
        except Refused as error:
            if error.status == BAD_REQUEST:
                raise
            refusals.append(error)
            tick.deps.sleep(_PAUSE)
        tick.t3.read_again()
    if existing := _project_of(tick, workspace):
        return existing
    if len(refusals) == _PROJECT_IDS:
        raise refusals[-1]
    raise OutsideFailure(
        f"T3 does not show a project for {workspace}",
        cause="its projection lags behind, or projects of this folder were deleted too often",
        next_step="create a project for the folder in T3",
    )


def _project_of(tick: Tick, workspace: str) -> str:
    projects = tick.t3.snapshot.projects if tick.t3.snapshot is not None else ()
    return next((one.id for one in projects if one.workspace == workspace), "")


def goes_on(tick: Tick, record: RunRecord, project: str, sequence: int) -> bool:
    """Say whether the run may start: of a project's threads at work or about to be, the oldest may.

    ``sequence`` is the one from which on T3 shows the run's own thread; it is waited for.
    """
    for _ in range(_LOOKS):
        tick.t3.read_again()
        if tick.t3.snapshot is not None and tick.t3.snapshot.sequence >= sequence:
            break
        tick.deps.sleep(_PAUSE)
    else:
        raise OutsideFailure(
            "T3 does not show the thread it created",
            cause="its projection lags behind",
            next_step="nothing to do: the next tick goes on",
        )
    rivals = _contenders(tick, record, project)
    oldest_first = sorted(rivals, key=lambda thread: (thread.created_at, thread.id))
    room = tick.config.room(record.repository) - _awakened(tick, record)
    return not rivals or record.thread.id in [thread.id for thread in oldest_first[: max(room, 0)]]


def still_room(tick: Tick, record: RunRecord) -> bool:
    """Say whether a run that held no place may take one: who else is at work, or is being woken.

    Its intended turn stands in the record by now, which whoever starts or wakes a run beside it
    reads after showing a sign of its own: of the two at least one sees the other.
    """
    tick.t3.read_again()
    project = _project_of(tick, tick.config.repository(record.repository).workspace)
    others = [one for one in _contenders(tick, record, project) if one.id != record.thread.id]
    return len(others) + _awakened(tick, record) < tick.config.room(record.repository)


def _contenders(tick: Tick, record: RunRecord, project: str) -> list[AgentThread]:
    threads = tick.t3.snapshot.threads if tick.t3.snapshot is not None else ()
    return [thread for thread in threads if contends(tick, record, project, thread)]


def _awakened(tick: Tick, record: RunRecord) -> int:
    """Return how many others of the repository held no place and are being sent a turn now."""
    woken = 0
    for issue in tick.issues.values():
        for found in tick.forge.records(issue).runs if issue.repo.name == record.repository else ():
            known = tick.ledger.runs.get(found.record.run_id)
            waited = known is not None and known.waits_for_people
            if not waited or found.record.run_id == record.run_id:
                continue
            comment = tick.deps.tracker.read_comment(issue, found.comment)
            now = decode(comment.body, tick.deps.keys) if comment is not None else None
            woken += isinstance(now, RunRecord) and _takes_a_place(now)
    return woken


def _takes_a_place(record: RunRecord) -> bool:
    return record.stage in IN_FLIGHT and not record.waits_for_people


def contends(tick: Tick, record: RunRecord, project: str, thread: AgentThread) -> bool:
    """Say whether a thread of the project is live, may be started any moment, or is new.

    A new one is there since this tick looked for runs: its agent may have pushed and come to rest
    by now, and its run is in flight all the same. Behind one whose run waits for people nobody is
    at work; whether it is being woken, its record tells (`_awakened`).
    """
    if thread.id == record.thread.id:
        return True
    named = names.parse_title(thread.title)
    if thread.project_id != project or named is None:
        return False
    shown = tick.t3.live(thread) or tick.t3.unstarted(thread) or tick.t3.is_new(thread)
    if not shown or _waits(tick, named[0]):
        return False
    return not _has_ended(tick, *named) and not _is_nobodys(tick, thread, named[0])


def _waits(tick: Tick, short: str) -> bool:
    """Say whether the run a thread belongs to waits for people."""
    known = [run for run_id, run in tick.ledger.runs.items() if run_id.startswith(short)]
    return any(run.waits_for_people for run in known)


def _is_nobodys(tick: Tick, thread: AgentThread, short: str) -> bool:
    """Say whether no run of this installation can be behind a thread; it is named if so.

    A run in flight is known by its record, and a start under way is younger than a tick can live.
    """
    snapshot = tick.t3.snapshot
    if snapshot is None or any(run_id.startswith(short) for run_id in tick.ledger.runs):
        return False
    began = max(one for one in (thread.created_at, thread.asked_at) if one is not None)
    old = snapshot.server_now - began >= timedelta(seconds=tick.config.tick_seconds)
    if old:
        tick.deps.report.warn(f"{thread.title} is at work in {thread.id} and no run is known of it")
    return old


def _has_ended(tick: Tick, short: str, key: IssueKey) -> bool:
    """Say whether the run a thread belongs to is on record as ended."""
    issue = tick.issues.get(key) or _asked(tick, key)
    if issue is None:
        return False
    runs = [found.record for found in tick.forge.records(issue).runs]
    return any(run.run_id.startswith(short) and run.stage is Stage.ENDED for run in runs)


def _asked(tick: Tick, key: IssueKey) -> Issue | None:
    """Return an issue asked for by the name in a title, under which it may be no more."""
    found = answer_or_error(lambda: tick.deps.tracker.reread(key))
    if isinstance(found, RepositoryMoved) and found.new in tick.config.watched:
        moved = IssueKey(found.new, key.number)
        found = answer_or_error(lambda: tick.deps.tracker.reread(moved))
    return None if isinstance(found, AfkError) else found
