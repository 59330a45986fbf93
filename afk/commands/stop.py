"""``afk stop``: ends one run or all of them, because a person says so."""

import argparse
from collections.abc import Mapping, Sequence

from afk.act.deleted_issue import stop_threads_of_gone, stop_threads_of_unread
from afk.act.ending import end, go_on_ending
from afk.commands.chosen import chosen, key_of, watched
from afk.deps import Deps
from afk.errors import ConfigError, OutsideFailure, RateLimited, one_of_many
from afk.observe.opening import open_tick
from afk.observe.tick import Focus, Tick
from afk.record.codec import Found
from afk.record.names import is_computed
from afk.record.state import Stage
from afk.types import Issue, IssueKey, Reason, Verdict
from afk.watcher import in_flight


def run(options: argparse.Namespace, deps: Deps, environ: Mapping[str, str]) -> dict[str, object]:
    """Stop the issue's run that the command line names, else the environment; or all."""
    named = "" if options.all else chosen(environ)
    return stop_runs(deps, options.issue or named, everything=options.all)


def stop_runs(deps: Deps, issue: str, *, everything: bool) -> dict[str, object]:
    """End one run, or all, as stopped: sessions are stopped, labels come off.

    Where the forge does not show an issue, its agent is stopped through T3 all the same; what goes
    with it on the forge is left to the tick that can read it again. In the end T3 is looked at
    once more: an agent that it still shows at work is named, whatever was heard of it before.
    """
    if bool(issue) == everything:
        raise ConfigError(
            "afk stop takes either OWNER/REPO#N or --all",
            cause="both were given, or neither",
            next_step="give one of them",
        )
    wanted = None if everything else watched(key_of(issue), deps.config)
    deps.progress("looking for what is in flight")
    focus = Focus(wanted.repo, wanted.number) if wanted else Focus()
    tick = open_tick(deps, focus, everything=True)
    runs = [run for run in in_flight(tick) if wanted in (None, run[0].key)]
    unread = [key for key in sorted(tick.ledger.unread, key=str) if wanted in (None, key)]
    gone = [key for key in tick.gone if wanted in (None, key)]
    if not runs and not unread and not gone:
        deps.report.event("nothing to stop: no agent is at work there")
    stopped: list[str] = []
    left = [str(issue.key) for issue, _ in runs] + [str(key) for key in unread]
    try:
        _stop_threads(tick, unread, gone, left)
        for one, found in runs:
            with one_of_many(deps.report, one.key, doing="stop"):
                deps.progress(f"stopping {one.key}")
                by_us = _stop(tick, one, found)
                if by_us:
                    stopped.append(str(one.key))
                if by_us or _ended_meanwhile(tick, one, found):
                    left.remove(str(one.key))
    except RateLimited as error:
        deps.report.error(error)
    if not deps.reads_only:
        left += [one for one in _seen_at_work(tick, wanted) if one not in left]
        if left:
            deps.report.error(_still_at_work(left))
    return {"stopped": stopped, "still_at_work": left}


def _stop_threads(
    tick: Tick, unread: Sequence[IssueKey], gone: Sequence[IssueKey], left: list[str]
) -> None:
    """Stop agents whose issues the forge does not show now, or any more.

    Who is seen stopped is taken out of ``left``.
    """
    for key in unread:
        with one_of_many(tick.deps.report, key, doing="stop the agent"):
            if stop_threads_of_unread(tick, key):
                left.remove(str(key))
    for key in gone:
        stop_threads_of_gone(tick, key)


def _seen_at_work(tick: Tick, wanted: IssueKey | None) -> list[str]:
    """Return the issues for which T3 shows an agent at work: now, or when it was last read."""
    if tick.t3.snapshot is None:
        return []  # its trouble was told, and nobody was seen to begin with
    with one_of_many(tick.deps.report):
        tick.t3.read_again()
    found: dict[str, None] = {}
    for thread in tick.t3.snapshot.threads:
        key = tick.t3.issue_of(thread)
        if key is None or not (is_computed(thread.id) and tick.t3.live(thread)):
            continue
        if key.repo in tick.config.watched and wanted in (None, key):
            found[str(key)] = None
    return list(found)


def _stop(tick: Tick, issue: Issue, found: Found) -> bool:
    """End a run; says whether its session was seen stopped."""
    record, thread = found.record, tick.t3.facts(found.record)
    if record.stage is Stage.ENDING:
        stands = go_on_ending(tick, issue, found, thread)
    else:
        verdict, reason = Verdict.STOPPED, Reason.STOP_COMMAND
        stands = end(tick, issue, found, record, thread, verdict, reason)
    return stands is not None and stands.record.stage is Stage.ENDED


def _ended_meanwhile(tick: Tick, issue: Issue, found: Found) -> bool:
    """Say whether another tick, or somebody else's stop, has ended the run by now."""
    fresh = tick.deps.tracker.reread(issue.key)
    stands = tick.forge.records(fresh).of(found.record.run_id) if fresh is not None else None
    return stands is not None and stands.record.stage is Stage.ENDED


def _still_at_work(left: list[str]) -> OutsideFailure:
    """Return what says which agents were not seen stopped."""
    return OutsideFailure(
        f"not seen stopped, so an agent may still be at work: {', '.join(left)}",
        cause="a server did not take the stop, or does not show yet that it was taken",
        next_step="run afk stop again; what was begun is ended by the next ticks, too",
    )
